"""The notebooks of a book made by the command that makes them."""

import subprocess
import sys

from filelock import FileLock

from engine import ROOT

SITE = "https://example.org/book/"


def alone(book):
    """A lock: the notebooks of a book are made in one folder, and another worker may be at it."""
    (book / "_build").mkdir(exist_ok=True)
    return FileLock(book / "_build" / "notebooks.lock")


def make(book, *options):
    command = [sys.executable, "-m", "tools.notebooks", "--book", str(book), *options]
    with alone(book):
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
