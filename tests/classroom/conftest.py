"""The kit of a teacher, made as `make class` makes it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.__main__ import class_environment
from tools.testing.notebooks import alone


def make(book, *python):
    """Makes the kit in a built book; returns its folder and what the program says."""
    command = [sys.executable, "-m", "tools.classroom", "class", *map(str, python)]
    with alone(book):
        made = subprocess.run(
            [*command, "--site", "https://example.org/book/"],
            cwd=book,
            env=os.environ | {"PYTHONPATH": str(book)},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-4000:]
    return str(book / "_build" / "class"), made.stdout


@pytest.fixture(scope="session")
def kit(book, once):
    """The kit that `make class` makes."""
    folder, said = once("kit", lambda: make(book))
    sentence = "It has no autograders for Otter and no quizzes for Canvas; make class OTTER=1 adds"
    assert sentence in said
    return Path(folder)


@pytest.fixture(scope="session")
def class_python(once):
    """The Python of the environment with Otter, which is made here the first time."""
    return Path(once("class_python", lambda: str(class_environment())))


@pytest.fixture(scope="session")
def otter_kit(book, class_python, once):
    """The kit that `make class OTTER=1` makes."""
    folder, said = once("otter_kit", lambda: make(book, class_python))
    assert "OTTER=1" not in said
    return Path(folder)
