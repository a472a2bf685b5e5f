"""The kit of a teacher, made as `make class` makes it."""

import os
import subprocess
import sys

import pytest

from tools.__main__ import class_environment


@pytest.fixture(scope="session")
def class_python():
    """The Python of the environment with Otter, which is made here the first time."""
    return class_environment()


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
