"""A build that fails ends with what is wrong: a line for each, with its file and its place.

Jupyter Book ends with a banner that says "look above", and where a cell fails with a traceback of
its own. This comes after them: when Python ends.
"""

import atexit
import logging
import os
import re
import sys
from pathlib import Path

from docutils import nodes
from myst_nb.core.execute.base import ExecutionError
from sphinx.util.logging import NAMESPACE, WarningStreamHandler

ANSI = re.compile(r"\x1b\[[\d;]*m")


def exact(file, line, text):
    """The line that has what a message names, next to the one that it says.

    myst-nb counts one too many, and not the blank lines before a cell; MyST names the line where
    a paragraph begins.
    """
    *_, named = re.findall(r"'(.+?)'|\"(.+?)\"", text) or re.findall(r"(\S+)()$", text)
    parts = sorted(re.split(r"[/?#]", "".join(named)), key=len, reverse=True)
    lines = Path(file).read_text("utf-8").splitlines()
    nearby = sorted(
        range(max(0, line - 10), min(len(lines), line + 20)), key=lambda i: abs(i - line)
    )
    found = (i + 1 for part in filter(None, parts) for i in nearby if part in lines[i])
    return next(found, line)


class Problems:
    """The warnings of a build and what broke it, without their repetitions."""

    def __init__(self, folder):
        self.folder, self.lines = Path(folder), {}

    def add(self, place, text):
        """Keeps the first line of a text, with its place seen from the folder of the book."""
        text = ANSI.sub("", str(text)).strip().partition("\n")[0]
        file, line = re.fullmatch(r"(.*?)(?::(\d*))?", str(place or "")).groups()
        if line:
            line = str(exact(file, int(line), text))
        place = ":".join(filter(None, [file.removeprefix(f"{self.folder}{os.sep}"), line]))
        self.lines[": ".join(filter(None, [place, text]))] = None

    def hear(self, record):
        """Takes a warning of Sphinx; as a filter of its handler, it lets every one pass."""
        if getattr(record, "subtype", "") != "exec":  # that a cell failed: its exception says more
            self.add(record.location, logging.LogRecord.getMessage(record))
        return True

    def broken(self, error):
        """Takes the exception that ended the build."""
        if not isinstance(error, ExecutionError):
            return self.add("", f"{type(error).__name__}: {error}")
        page, failed = Path(str(error)), error.__cause__
        if not hasattr(failed, "ename"):  # no answer in time, or a dead kernel
            return self.add(page, f"a cell did not come to its end: {failed}")
        _, source, traceback = str(failed).split("-" * 18 + "\n", 2)
        source, text = source.strip("\n"), page.read_text("utf-8")
        in_cell = re.search(r"In\[\d+\], line (\d+)", ANSI.sub("", traceback))
        line = text.count("\n", 0, text.find(source)) + int(in_cell[1] if in_cell else 1)
        return self.add(f"{page}:{line}", f"a cell fails: {failed.ename}: {failed.evalue}")

    def say(self):
        """Prints all of them, last of all."""
        number = f"{len(self.lines)} problem{'s' * (len(self.lines) > 1)}"
        print(f"\nThe book was not built: {number}.", *self.lines, sep="\n  ", file=sys.stderr)


def place_images(app, doctree):
    """Tells the line of an image, which MyST says of its paragraph only."""
    for image in doctree.findall(nodes.image):
        node = image
        while not node.line and node.parent is not None:
            node = node.parent
        image.line = node.line


def setup(app):
    problems = Problems(app.srcdir)
    for handler in logging.getLogger(NAMESPACE).handlers:
        if isinstance(handler, WarningStreamHandler):
            handler.addFilter(problems.hear)

    def end(app, exception):
        if exception:
            problems.broken(exception)
        if problems.lines and app.builder.format == "html" and (exception or app.keep_going):
            atexit.register(problems.say)

    app.connect("doctree-read", place_images, priority=1)  # before Sphinx looks for the files
    app.connect("build-finished", end, priority=1300)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
