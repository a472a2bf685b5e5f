"""Runs the library's tests and every notebook on the versions of tests/environments.yml.

python -m tools.matrix [row ...]   every row where none is named; writes _build/health
"""

import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import yaml
from packaging.requirements import Requirement

from engine import ROOT
from tools import health
from tools.testing import kernels

ROWS = yaml.safe_load((ROOT / "tests" / "environments.yml").read_text("utf-8"))
TWINS = sorted((ROOT / "chapters").glob("*.ipynb"))
CHECKS = ["library", *(twin.stem for twin in TWINS)]
TESTED = ["numpy", "matplotlib", "anywidget", "ipywidgets", "ipython", "torch", "ce_lib"]
FOLDER = ROOT / "_build" / "matrix"
LIBRARY_TESTS = ["tests/conformance", "tests/exercises", "tests/accuracy"]


def find_python(version):
    """Returns a Python of that version, on the PATH or in pyenv, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(f"python{version}"), *pyenv.glob(f"versions/{version}.*/bin/python")]
    for python in filter(None, found):
        asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(asked, capture_output=True, text=True).stdout.strip() == version:
            return python
    return None


def needs_cuda(report):
    """Tells from pip's report whether a build of torch would bring CUDA to this platform."""
    for package in report["install"]:
        for line in package["metadata"].get("requires_dist", []):
            need = Requirement(line)
            if re.match("nvidia|cuda|triton", need.name) and (
                need.marker is None or need.marker.evaluate({"extra": ""})
            ):
                return True
    return False


def pip(python, *options, **how):
    """Runs this environment's pip, which is new, on another environment."""
    command = [sys.executable, "-m", "pip", "--python", python, *options]
    return subprocess.run(
        [str(x) for x in command], cwd=ROOT, capture_output=True, text=True, **how
    )


def last_line(text):
    """Returns the last line that says something."""
    return ([line.strip() for line in text.splitlines() if line.strip()] or ["no message"])[-1]


def install(row, python, wheel):
    """Installs a row; returns why torch is left out, or "" where it is there."""
    if "file" in row:
        pip(python, "install", "-q", "--no-deps", "-r", row["file"], check=True)
    kept = ["-c", row["file"]] if "file" in row else row["pins"]
    tools = ["pytest", "hypothesis", "mpmath"]
    if "file" not in row:
        tools += ["numpy", "matplotlib", "anywidget", "ipywidgets", "ipykernel"]
    pip(python, "install", "-q", *kept, *tools, check=True)
    pip(python, "install", "-q", "--no-deps", wheel, check=True)
    if "torch" not in row:
        return "torch is no part of this row"
    asked = pip(python, "install", "-q", "--dry-run", "--no-deps", "--report", "-", row["torch"])
    if asked.returncode:
        return "pip finds no torch for this Python"
    if needs_cuda(json.loads(asked.stdout)):
        return "the torch that pip would take needs CUDA"
    pip(python, "install", "-q", row["torch"], "ml_dtypes", *kept, check=True)
    return ""


def test_library(python, folder, torch):
    """Runs the library's tests, copied to where no checkout of the library is."""
    for part in [*LIBRARY_TESTS, "tests/golden.json", "tools", "engine", "pyproject.toml"]:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    environment = {name: x for name, x in os.environ.items() if name != "PYTHONPATH"}
    how = {"cwd": folder, "env": environment, "capture_output": True, "text": True}
    where = subprocess.run([python, "-c", "import ce_lib; print(ce_lib.__file__)"], **how)
    if not where.stdout.startswith(str(python.parents[1])):
        return health.failed(f"not the installed library: {last_line(where.stdout + where.stderr)}")
    checked = pip(python, "check").stdout
    if complaints := [line for line in checked.splitlines() if line.startswith("ce-lib ")]:
        return health.failed(complaints[0])
    left_out = [] if torch else ["--ignore=tests/accuracy/test_accuracy.py"]  # it needs torch
    plugins = ["-p", "no:anyio"]  # Colab's is older than pytest, and no test needs it
    done = subprocess.run(
        [python, "-m", "pytest", "-q", *plugins, *LIBRARY_TESTS, *left_out], **how
    )
    if done.returncode:
        return health.failed(last_line(done.stdout + done.stderr))
    return health.PASSED | {"why": "" if torch else "without test_accuracy.py, which needs torch"}


def run_twin(twin, python, folder):
    """Runs a notebook top to bottom."""
    try:
        kernels.run(nbformat.read(twin, as_version=4).cells, python, folder)
    except Exception as error:  # whatever stops a notebook is what the page has to say
        return health.failed(last_line(str(error)))
    return health.PASSED


def run_row(name, wheel):
    """Returns what was found on a row, which may be that it could not be run."""
    row = ROWS[name]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    found = {"row": name, "python": row["python"], "versions": {}, "torch": ""}
    found |= {"machine": f"{platform.system()} {platform.machine()}, CPU"}
    found |= {"date": datetime.datetime.now(datetime.timezone.utc).date().isoformat()}
    found |= {"commit": commit.stdout.strip()}
    base = find_python(row["python"])
    if base is None:
        why = f"no Python {row['python']} here"
        return found | {"checks": dict.fromkeys(CHECKS, health.not_run(why))}
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "venv" / "bin" / "python"
    try:
        subprocess.run([base, "-m", "venv", folder / "venv"], check=True, capture_output=True)
        found["torch"] = install(row, python, wheel)
    except subprocess.CalledProcessError as error:
        why = f"could not be installed: {last_line(str(error.stderr))}"
        return found | {"checks": dict.fromkeys(CHECKS, health.failed(why))}
    listed = json.loads(pip(python, "list", "--format=json").stdout)
    here = {package["name"].lower().replace("-", "_"): package["version"] for package in listed}
    found["versions"] = {name: here[name] for name in TESTED if name in here}
    (folder / "empty").mkdir()
    checks = {"library": test_library(python, folder / "library", not found["torch"])}
    checks |= {twin.stem: run_twin(twin, python, folder / "empty") for twin in TWINS}
    return found | {"checks": checks}


def build_wheel():
    """Builds the library as it lies here, and returns its wheel."""
    folder = FOLDER / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT]
    subprocess.run([str(x) for x in build], check=True)
    (wheel,) = folder.glob("ce_lib-*.whl")
    return wheel


def main(names):
    if unknown := set(names) - set(ROWS):
        return f"No such row: {', '.join(sorted(unknown))}. There are {', '.join(ROWS)}."
    wheel, bad = build_wheel(), False
    for name in names or ROWS:
        found = run_row(name, wheel)
        for check, result in found["checks"].items():
            print(f"{name}, {check}: {result['state']} {result['why']}".rstrip(), flush=True)
            bad |= result["state"] == "failed"
        health.publish([found], ROOT / "_build" / "health")  # after each: a stop loses no row
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
