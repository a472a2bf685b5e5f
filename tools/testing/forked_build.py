"""A build of a book, in a fork of a process that has loaded Sphinx: half the time of a small book.

Engine, tools and ce_lib are loaded from the folder that is built, as `make book` loads them.
"""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.testing.sources import BUILD

OWN = {"ce_lib", "engine", "tools"}
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(  # a name that is not there costs time, and nothing else
    [
        "engine",  # first: it keeps jsonschema small
        "bs4",
        "jupyter_book.cli.main",
        "jupyter_cache.cache.db",
        "jupyter_client",
        "myst_nb.sphinx_",
        "nbclient",
        "sphinx.builders.html",
        "sphinx.ext.autodoc",
        "sphinx.ext.napoleon",
        "sphinx_comments",
        "sphinx_exercise",
        "sphinx_external_toc",
        "sphinxcontrib.bibtex",
    ]
)


def begin(folder, arguments, environment, output, errors):
    """Becomes, in the fork, the process of `python -c BUILD` in the folder."""
    for name in [name for name in sys.modules if name.partition(".")[0] in OWN]:
        del sys.modules[name]
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:] = [str(folder), *(place for place in sys.path if not holds_engine(place))]
    sys.argv[:] = ["-c", *arguments]
    for number, path in ((1, output), (2, errors)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    exec(BUILD, {"__name__": "__main__"})


def holds_engine(place):
    return Path(place, "engine").is_dir()


def run(folder, arguments, environment):
    """Returns the completed process of a build in the folder."""
    with TemporaryDirectory() as streams:
        output, errors = Path(streams, "output"), Path(streams, "errors")
        given = (folder, arguments, environment, output, errors)
        fork = FORKS.Process(target=begin, args=given)
        fork.start()
        fork.join()
        texts = output.read_text("utf-8"), errors.read_text("utf-8")
    return subprocess.CompletedProcess(arguments, fork.exitcode, *texts)
