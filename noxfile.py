"""Runs the library's tests and every notebook on the versions of tests/environments.yml.

`make matrix` runs every row whose Python is on this machine, `make matrix ROWS=oldest` one.
"""

import json
import logging
import os
import re
import shutil
from pathlib import Path

import nbformat
import nox
import yaml
from packaging.requirements import Requirement

from engine import ROOT
from tools.testing import kernels

nox.options.envdir = "_build/matrix"
logging.getLogger("traitlets").setLevel(logging.WARNING)  # nox would print each message of a kernel
ROWS = yaml.safe_load((ROOT / "tests" / "environments.yml").read_text("utf-8"))
TESTS = ["tests/conformance", "tests/exercises", "tests/accuracy"]
SHOWN = re.compile(r"(?im)^(?:numpy|matplotlib|anywidget|ipywidgets|ipython|torch)==.*")


def tell(session, text):
    """Says it in the log, and on GitHub on the page of the run."""
    session.log(text)
    with open(os.environ.get("GITHUB_STEP_SUMMARY", os.devnull), "a", encoding="utf-8") as page:
        page.write(f"{session.name}: {text}\n\n")


def needs_cuda(report):
    """Tells from pip's report whether its torch needs CUDA packages on this platform."""
    needs = [
        Requirement(line)
        for package in report["install"]
        for line in package["metadata"].get("requires_dist", [])
    ]
    return any(
        re.match("nvidia|cuda|triton", need.name)
        and (need.marker is None or need.marker.evaluate({"extra": ""}))
        for need in needs
    )


def without_torch(session, torch):
    """Returns the reason why a row runs without torch, or ""."""
    if torch is None:
        return "this row has none"
    report = Path(session.create_tmp(), "report.json")
    options = ["--quiet", "--dry-run", "--no-deps", "--report", str(report)]
    session.run("python", "-m", "pip", "install", *options, torch, success_codes=[0, 1])
    if not report.exists():
        return "pip finds none for this Python"
    if needs_cuda(json.loads(report.read_text("utf-8"))):
        return "pip would take one that needs CUDA"
    return ""


def install(session, row):
    """Installs what a row names, and the library as a user gets it."""
    pins = row.get("pins", [])
    if "file" in row:
        session.install("--no-deps", "-r", row["file"])
        pins = ["-c", row["file"]]
    tools = ["ipykernel", "ipywidgets", "pytest", "hypothesis", "mpmath"]
    session.install(*pins, ".[figures]", *tools)
    if reason := without_torch(session, row.get("torch")):
        tell(session, f"without torch: {reason}")
    else:
        session.install(*pins, row["torch"], "ml_dtypes")
    frozen = session.run("python", "-m", "pip", "freeze", silent=True)
    tell(session, f"Python {row['python']}, {', '.join(SHOWN.findall(frozen))}")
    return not reason


def failing_notebooks(session, folder):
    """Runs every notebook in a folder where nothing is, and returns the failing ones."""
    failing = []
    for notebook in sorted((ROOT / "chapters").glob("*.ipynb")):
        session.log(f"running {notebook.name}")
        cells = nbformat.read(notebook, as_version=4).cells
        try:
            kernels.run(cells, Path(session.bin, "python"), folder)
        except Exception as error:  # the other notebooks still run
            failing.append(notebook.name)
            tell(session, f"{notebook.name} fails: {str(error).strip().splitlines()[-1]}")
    return failing


def test_library(session, folder, torch):
    """Runs the library's tests where its sources are not, so that the installed one is tested."""
    for part in [*TESTS, "tests/golden.json", "tools", "engine", "pyproject.toml"]:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    options = [] if torch else ["--ignore=tests/accuracy/test_accuracy.py"]  # it needs torch
    options += ["-p", "no:anyio"]  # Colab's is older than pytest, and no test needs it
    session.chdir(folder)
    session.run("python", "-m", "pytest", "-q", *options, *TESTS, env={"PYTHONPATH": None})


def add(name, row):
    """Makes a row a session of nox, which skips it if its Python is missing."""

    @nox.session(name=name, python=kernels.find_python(row["python"]) or row["python"])
    def check(session):
        torch = install(session, row)
        folder = Path(session.create_tmp(), "library")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        failing = failing_notebooks(session, folder)
        test_library(session, folder, torch)
        if failing:
            session.error(f"These notebooks fail: {', '.join(failing)}.")


for name, row in ROWS.items():
    add(name, row)
