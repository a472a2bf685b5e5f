"""Which tests run, in which order, on how many workers; the fixtures are in tools/testing."""

import os
import subprocess
import sys
from pathlib import Path

from engine import ROOT
from tools.testing import graphics

FIXTURES = ("book", "browser", "page_python", "visits")
pytest_plugins = [f"tools.testing.{name}" for name in FIXTURES]

# A worker has no core of its own: more threads than one only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
if "CE_NUMPY_WHEEL" not in os.environ:  # no test fetches the official one
    os.environ["CE_RUN"] = "0"
if not graphics.torch_sees_one():  # set before anything imports Triton, as torch's own inputs do
    os.environ["TRITON_INTERPRET"] = "1"


def pytest_xdist_auto_num_workers(config):
    """One named file is tested in this process: workers would take longer to start."""
    named = [argument.partition("::")[0] for argument in config.args]
    if len(named) == 1 and named[0].endswith(".py"):
        return 0
    return os.cpu_count() + 1  # a test in the browser often waits for the next frame


def pytest_collection_modifyitems(config, items):
    """Leaves out the weekly tests unless they are asked for; puts those that need the book last.

    The book is built meanwhile.
    """
    named = {Path(argument.partition("::")[0]).resolve() for argument in config.args}
    weekly = [item for item in items if item.get_closest_marker("weekly")]
    weekly = [item for item in weekly if item.path not in named]
    if weekly and not config.option.markexpr and not config.option.keyword:
        config.hook.pytest_deselected(items=weekly)
        items[:] = [item for item in items if item not in set(weekly)]
    items.sort(key=lambda item: "book" in item.fixturenames)


def pytest_collection_finish(session):
    """Starts to build the book, where a test needs it, while other tests run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    needed = any("book" in item.fixturenames for item in session.items)
    if needed and worker == "gw0" and not session.config.option.collectonly:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # the fixture speaks
        builder = subprocess.Popen([sys.executable, "-m", "tools.testing.book"], cwd=ROOT, **quiet)
        session.config.add_cleanup(builder.wait)
