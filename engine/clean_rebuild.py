"""Reuse the last build only if it finished cleanly with the same tools; else keep only its outputs.

Sphinx takes a half-written page for a whole one, warns of a page only in the build that reads it,
and leaves pages that are gone from the book. Writing all pages each time would need no such rule,
and makes an unchanged `make book` take twice as long.
"""

import shutil
from pathlib import Path

from jupyter_cache import get_cache

from engine import ROOT, compat
from engine.outputs import digest

FOLDERS = ("engine", "ce_lib")
FILES = (
    *("_config.yml", "_toc.yml", "requirements.lock", "package-lock.json"),
    *("pyproject.toml", "README.md", "LICENSE"),  # in the wheel
)


def tools():
    """Return a hash of everything that makes the pages, except their sources."""
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*")]
    return digest(sorted([*files, *(ROOT / file for file in FILES)]))


def stamp(app):
    """Return the file that a build removes first and writes last, if it had no problem."""
    return Path(f"{app.outdir}.done")


def begin(app, config):
    done, app.tools_at_start = stamp(app), tools()
    if not done.exists() or done.read_text("utf-8") != app.tools_at_start:
        for made in (app.outdir, app.doctreedir, Path(app.outdir).with_name("jupyter_execute")):
            shutil.rmtree(made, ignore_errors=True)
            Path(made).mkdir()
    done.unlink(missing_ok=True)
    compat.forget_broken_outputs(get_cache(config.nb_execution_cache_path))


def end(app):
    if not compat.has_warned(app):
        stamp(app).write_text(app.tools_at_start, "utf-8")
