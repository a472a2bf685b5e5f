"""Finds another Python, and runs the cells of a notebook with it."""

import asyncio
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook


def find_python(version):
    """Returns a Python of that version, on the PATH or in pyenv, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(f"python{version}"), *pyenv.glob(f"versions/{version}.*/bin/python")]
    for python in filter(None, found):
        asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(asked, capture_output=True, text=True).stdout.strip() == version:
            return str(python)
    return None


def run(cells, python, folder, **environment):
    """Returns what each cell printed. The kernel is `python`; the client is that of the book."""
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
