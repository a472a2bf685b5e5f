"""Python in the page: what a page loads when a reader first presses Run.

Pyodide's core comes from npm. NumPy for it is the wheel that CE_NUMPY_WHEEL names, or the official
one, if it can be had. Without a wheel, or with CE_RUN=0, the site has no Run buttons.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import zipfile
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging

from ce_lib.exercises import exercises, starter
from engine import ROOT
from engine.assets import THEME, esbuild
from engine.compat import EXERCISES
from engine.made_once import kept
from engine.maths import NODE
from engine.outputs import digest
from engine.page_python import parsons

HERE = Path(__file__).parent
SCRIPTS = THEME / "js" / "python"
WIDGETS = ROOT / "ce_lib" / "widgets"
PYODIDE = ROOT / "node_modules" / "pyodide"
LOCK = PYODIDE / "pyodide-lock.json"
PACKER = [LOCK, HERE / "pack.mjs", HERE / "pack.py"]  # what is packed depends on these
PARTS = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.wasm.bin", "standard.bin", "numpy.bin"]
PATIENCE = 120  # seconds for the official wheel of NumPy
LEFT_OUT = ("test_", "torch_", "triton_")  # no torch in a page
WHY_NOT = "Drawn with matplotlib: this cell runs in the notebook."
log = logging.getLogger(__name__)


def pack(step, out, *source):
    """Pack one of the two parts into a folder."""
    command = [NODE, HERE / "pack.mjs", PYODIDE, step, out, *source]
    made = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", timeout=PATIENCE
    )
    if made.returncode:
        raise ExtensionError(made.stdout.strip()[-500:] or made.stderr[-500:])


@functools.cache
def python():
    """Return the folder with Python and NumPy, packed; None, with a line that says why, without."""
    named = os.environ.get("CE_NUMPY_WHEEL")
    if named and not Path(named).is_file():
        raise ExtensionError(f"CE_NUMPY_WHEEL must name the wheel of NumPy, got {named}")
    wheel = [Path(named)] if named else []

    name = f"page-python/python-{digest([*PACKER, *wheel])}"
    try:
        return kept(name, lambda folder: pack("python", folder, *wheel))
    except (ExtensionError, subprocess.TimeoutExpired, OSError) as error:
        if named:
            raise ExtensionError(f"{named} could not be packed: {error}") from error
        log.info(f"No Run buttons on the pages: {error}.")
        return None


def sources():
    """Return the files that Python in the page imports, by their place there."""
    found = {f"ce_lib/{f.relative_to(ROOT / 'ce_lib')}": f for f in (ROOT / "ce_lib").rglob("*.py")}
    found["ce_lib/station.txt"] = ROOT / "ce_lib" / "station.txt"
    traitlets = Path(find_spec("traitlets").origin).parent
    found |= {f"traitlets/{f.relative_to(traitlets)}": f for f in traitlets.rglob("*.py")}
    found |= {f.name: f for f in (HERE / "in_page").rglob("*.py")}
    return {
        place: file
        for place, file in sorted(found.items())
        if not file.name.startswith(LEFT_OUT) and "/tests/" not in place
    }


@functools.cache
def library():
    """Return the folder with ce_lib, packed."""
    files = sources()

    def make(folder):
        source = folder / "library.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for place, file in files.items():
                archive.writestr(zipfile.ZipInfo(place), file.read_bytes())
        pack("library", folder, source)
        source.unlink()

    name = digest([*PACKER, *files.values()], "\n".join(files))
    return kept(f"page-python/library-{name}", make)


def parts():
    """Return the files that the first Run loads, but for the runner itself."""
    return [*(python() / name for name in PARTS), library() / "library.bin"]


# ---- steps of the pipeline -----------------------------------------------------------------------


def configure(app, config):
    """Note the place of the parts, which is named by what is in them; "" without them."""
    config.ce_python = ""
    if os.environ.get("CE_RUN") != "0" and PYODIDE.exists() and python():
        config.ce_python = digest([*parts(), *sorted(SCRIPTS.parent.rglob("*.mjs"))])


def mark_cells(app, doctree, docname):
    """Mark the cells that run in the page, and those that draw with matplotlib."""
    if not app.config.ce_python:
        return
    for cell in doctree.findall(nodes.container):
        block = next(cell.findall(nodes.literal_block), None)  # none where its input is removed
        if cell.get("nb_element") == "cell_code" and block:
            code = block.astext()
            cell["classes"].append("draws" if draws(code) else "runs")
            if draws(code):
                cell.append(nodes.paragraph("", WHY_NOT, classes=["cell-why"]))


def draws(code):
    """Whether a cell draws with matplotlib, which is not in the page."""
    return "figures.show(" in code


def shown_cells(text):
    """Return the code of the cells that a page shows, from its Markdown."""
    cells = re.findall(r"^```\{code-cell\}.*?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [cell for cell in cells if not re.match(r":tags: \[remove-(cell|input)\]", cell)]


def add_answers(app, doctree, docname):
    """Add two things after each code exercise: lines to order, and an answer to be filled in."""
    if not app.config.ce_python:
        return
    for node in [n for n in doctree.findall() if type(n).__name__ in EXERCISES]:
        if node["label"] in exercises():
            code = starter(node["label"]).rpartition("\n\n")[0]
            block = nodes.literal_block(code, code, language="ipython3")
            cell = nodes.container("", nodes.container("", block, classes=["cell_input"]))
            cell["classes"], cell["ids"] = ["cell", "runs", "answer"], [f"answer-{node['label']}"]
            added = [nodes.raw("", parsons.step(node["label"]), format="html"), cell]
            if app.config.hide_solutions:  # the lines of a step are those of the solution
                added.pop(0)
            node.parent.insert(node.parent.index(node) + 1, added)


def runs_on(app, doctree):
    """Whether a page has a cell that runs."""
    cells = doctree.findall(nodes.container) if doctree and app.config.ce_python else ()
    return any("runs" in cell["classes"] for cell in cells)


def attributes(app, root, asset):
    """Return what the scripts of a page must know of Python, as attributes of the page."""
    told = {
        "python": f"{root}_static/python/{app.config.ce_python}/",
        "python-size": sum(f.stat().st_size for f in parts() if f.suffix == ".bin"),
        "figures": " ".join(sorted(f.parent.name for f in WIDGETS.glob("*/figure.js"))),
        "figures-script": asset("figures.js"),
    }
    return "".join(f' data-{name}="{value}"' for name, value in told.items())


def write(app):
    """Copy the parts into the site."""
    place = Path(app.outdir) / "_static" / "python"
    keep = place / app.config.ce_python
    if place.exists():
        for old in place.iterdir():
            if old != keep:
                shutil.rmtree(old)
    if app.config.ce_python and not keep.exists():
        keep.mkdir(parents=True)
        for part in parts():
            shutil.copy(part, keep)
        datasets = Path(find_spec("sklearn").origin).parent / "datasets"
        shutil.copy(datasets / "data" / "digits.csv.gz", keep / "digits.bin")
        info = json.dumps(json.loads(LOCK.read_text("utf-8"))["info"])
        module = ["--bundle", "--format=esm"]
        worker = esbuild(str(SCRIPTS / "worker.mjs"), *module, f"--define:INFO={info}")
        runner = [*module, f"--define:WORKER={json.dumps(worker)}"]
        esbuild(str(SCRIPTS / "run.mjs"), *runner, f"--outfile={keep / 'run.js'}")
