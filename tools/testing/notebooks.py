"""The notebooks of a book made by the command that makes them."""

import subprocess
import sys

from filelock import FileLock

from engine import ROOT

SITE = "https://example.org/book/"


def make(book, *options):
    command = [sys.executable, "-m", "tools.notebooks", "--book", str(book), *options]
    (book / "_build").mkdir(exist_ok=True)
    with FileLock(book / "_build" / "notebooks.lock"):  # another worker may be at it
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
