"""A build goes on from the one before only where that came to a good end with the same tools.

Sphinx takes a page that is there for a whole one, finishes nothing where no page is left to write,
warns when it reads a page, which it does only once, and leaves pages that are gone from the book.
jupyter-cache notes an output before it writes it, and then asks for it in vain.
"""

import hashlib
import shutil
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.cache.db import NbCacheRecord

from engine.book_site import ROOT, digest

FOLDERS = ("engine", "ce_lib")
FILES = ("_config.yml", "_toc.yml", "pyproject.toml", "requirements.lock", "package-lock.json")


def version_of_tools():
    """A hash of what makes the pages, besides their sources."""
    files = sorted(file for folder in FOLDERS for file in (ROOT / folder).rglob("*"))
    return digest(hashlib.sha256(), [*files, *(ROOT / file for file in FILES)])


def stamp(app):
    """The file that a build takes away, and puts back when it has come to a good end."""
    return Path(f"{app.outdir}.done")


def begin(app, config):
    """Throws away the pages, but not the outputs, of a build that one cannot go on from."""
    done, app.version_of_tools = stamp(app), version_of_tools()
    if not done.exists() or done.read_text("utf-8") != app.version_of_tools:
        for made in (app.outdir, app.doctreedir, Path(app.outdir).with_name("jupyter_execute")):
            shutil.rmtree(made, ignore_errors=True)
            Path(made).mkdir()
    done.unlink(missing_ok=True)
    forget_halves(get_cache(config.nb_execution_cache_path))


def forget_halves(cache):
    """Leaves in the cache of outputs only the notebooks that can be read."""
    whole = set()
    for record in cache.list_cache_records():
        try:
            cache.get_cache_bundle(record.pk)
            whole.add(record.hashkey)
        except (KeyError, ValueError):  # no file, or half a file
            NbCacheRecord.remove_record(record.pk, cache.db)
    for folder in (cache.path / "executed").glob("*"):
        if folder.name not in whole:
            shutil.rmtree(folder)


def end(app, exception):
    if not exception and not app._warncount:
        stamp(app).write_text(app.version_of_tools, "utf-8")


def setup(app):
    app.connect("config-inited", begin, priority=900)  # book_site.py says where the cache is
    app.connect("build-finished", end, priority=1200)  # after the last warning
    return {"parallel_read_safe": True, "parallel_write_safe": True}
