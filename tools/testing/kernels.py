"""Runs the cells of a notebook with the Python of another environment."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook


def run(cells, python, folder, **environment):
    """What each cell printed. The kernel is `python`; the client is the book's own."""
    command = [str(python), "-Xfrozen_modules=off", "-m", "ipykernel_launcher"]

    class Kernel(AsyncKernelManager):
        kernel_spec = KernelSpec(argv=[*command, "-f", "{connection_file}"], language="python")

    cells = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    notebook = new_notebook(cells=cells)
    client = NotebookClient(
        notebook,
        kernel_manager_class=Kernel,
        timeout=300,
        resources={"metadata": {"path": str(folder)}},
    )
    names = ("PYTHONPATH", "VIRTUAL_ENV", "CE_LIB_WHEEL")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    with ThreadPoolExecutor() as pool:  # this one may have the loop of a browser's test
        pool.submit(asyncio.run, client.async_execute(env=clean | environment)).result()
    return [
        "".join(output.get("text", "") for output in cell.get("outputs", []))
        for cell in notebook.cells
    ]
