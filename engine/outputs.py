"""The outputs of cells: how kernels run here, and when stored outputs still hold."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from engine import ROOT, compat


def digest(files, start=""):
    """Return a hash of the bytes of the files that exist."""
    made = hashlib.sha256(start.encode())
    for file in files:
        if file.is_file() and file.suffix != ".pyc":
            made.update(file.read_bytes())
    return made.hexdigest()[:16]


def version():
    """Return a hash of everything on which outputs depend, except the code of the cells."""
    library = [
        file
        for file in (ROOT / "ce_lib").rglob("*")
        if file.suffix not in (".js", ".mjs", ".css") and not file.name.startswith("test_")
    ]
    data = [file for file in (ROOT / "chapters").rglob("*") if file.suffix not in (".md", ".ipynb")]
    return digest([ROOT / "requirements.lock", *sorted(library + data)], sys.version)


def configure(app, config):
    os.environ["CE_PAGE"] = "1"  # tells ce_lib to make figures for a page
    compat.encrypt_kernels_if_possible()
    config.hide_solutions = os.environ.get("CE_SOLUTIONS") == "0"  # for a graded course
    # jupyter-cache knows outputs by the code of the cells alone, so each version has a folder.
    cache = Path(app.srcdir) / "_build" / ".jupyter_cache"
    key = version()
    config.nb_execution_cache_path = str(cache / key)
    for old in cache.glob("*"):
        if old.name != key and old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
