"""The kit of a teacher, made as `make class` makes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import ROOT


@pytest.fixture(scope="session")
def class_python():
    """The interpreter of the environment with Otter, made by `make test`."""
    inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    python = Path(os.environ.get("CE_CLASS_PYTHON") or ROOT / ".venv-class" / inside)
    assert python.exists(), f"no {python}: run the tests by `make test`"
    return python


@pytest.fixture(scope="session")
def kit(book, class_python):
    command = [sys.executable, "-m", "tools.classroom", "class", str(class_python)]
    made = subprocess.run(
        [*command, "--site", "https://example.org/book/"],
        cwd=book,
        env=os.environ | {"PYTHONPATH": str(book)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-4000:]
    return book / "_build" / "class"
