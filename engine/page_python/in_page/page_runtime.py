"""Runs the cells of a page, in Pyodide: what is printed, shown and raised goes to the page.

The page shows all of it as text. What a notebook has and a page lacks stands in page_stand_ins.
"""

import ast
import builtins
import linecache
import sys
import traceback
import warnings

import numpy as np
import page_stand_ins

from ce_lib.exercises import Feedback

LARGEST = 20_000  # characters that one cell may print
space = {"__name__": "__main__"}  # the names of the cells
post = None  # takes a message to the page

MISSING = {
    "torch": "torch does not run in a page",
    "keras": "keras does not run in a page",
    "tensorflow": "tensorflow does not run in a page",
    "jax": "jax does not run in a page",
    "pandas": "pandas is not in the page",
    "scipy": "scipy is not in the page",
    "sklearn": "of scikit-learn a page has load_digits alone",
}


def start(to_page):
    """Take the function that brings a message to the page, and what a page lacks."""
    global post
    post = to_page
    page_stand_ins.install(show)
    builtins.input = no_input
    np.seterr(all="ignore")  # WebAssembly never warns, so that nothing depends on it
    warnings.showwarning = lambda message, kind, *_: sys.stderr.write(
        f"{kind.__name__}: {message}\n"
    )


def no_input(prompt=""):
    raise RuntimeError("a page has no input(): write the value into the code")


class Stream:
    """What a cell prints, as far as a page can hold it."""

    encoding, errors, closed = "utf-8", "strict", False

    def __init__(self, name):
        self.name, self.kept, self.left = name, [], 0

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self.left > 0:
            self.kept.append(text[: self.left])
            self.left -= len(text)
            if self.left <= 0:
                self.kept.append(f"\n… cut after {LARGEST:,} characters\n")
            if "\n" in text or len(self.kept) > 100:
                self.flush()
        return len(text)

    def flush(self):
        if text := "".join(self.kept):
            self.kept = []
            post(self.name, text)

    def writable(self):
        return True

    def readable(self):
        return False

    def isatty(self):
        return False


OUT, ERR = Stream("text"), Stream("warning")


def show(value):
    """Show a value as a notebook does: a figure as a figure, all else as text."""
    if value is None or isinstance(value, page_stand_ins.Nothing):
        return
    OUT.flush()
    if state := getattr(value, "page_state", None):
        post("figure", state())
    elif type(value) is Feedback:  # a solution, which is code, is another
        helps = value.message.startswith(("Hint ", "The answer is "))
        post("verdict", [None if helps else value.right, value.message])
    else:
        OUT.write(f"{value!r}\n")
        OUT.flush()


def run(code, name, visible):
    """Run a cell. Return "" if it went well, else the sentence that says why not."""
    file = f"<{name}>"
    linecache.cache[file] = len(code), None, code.splitlines(keepends=True), file
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = OUT, ERR
    OUT.left = ERR.left = LARGEST if visible else 0
    try:
        execute(code, file, visible)
    except BaseException as error:  # a cell may raise SystemExit
        said = sentence(error)
        post(
            "error", [said, line_of(error, file), trace(error, file)] if visible else [said, 0, ""]
        )
        return said
    finally:
        OUT.flush()
        ERR.flush()
        sys.stdout, sys.stderr = before
    return ""


def execute(code, file, visible):
    """Run all statements; show the last one if it is an expression that does not end with `;`."""
    tree = ast.parse(code, file)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, file, "exec"), space)
    if last:
        value = eval(compile(last, file, "eval"), space)
        if visible:
            show(value)


def sentence(error):
    """The last line of an error, with what a page can say about it."""
    if isinstance(error, SystemExit):
        return "The cell ended itself with SystemExit."
    if isinstance(error, MemoryError):
        return "MemoryError: Python in a page has one gigabyte, and this needs more."
    said = traceback.format_exception_only(error)[-1].strip()
    if isinstance(error, ModuleNotFoundError):
        package = (error.name or "").partition(".")[0]
        why = MISSING.get(package, f"{package} is not in the page")
        return f"{said}: {why}. The notebook of this chapter, in Colab, has it."
    return said[:2000]


def line_of(error, file):
    """The line of the cell where it went wrong; 0 if there is none."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno or 0
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return lines[-1] if lines else 0


def trace(error, file):
    """The traceback from the cell on; the page folds it."""
    frames = traceback.extract_tb(error.__traceback__)
    names = [frame.filename for frame in frames]
    if file in names:
        frames = frames[names.index(file) :]
    return "".join(traceback.format_list(frames))[-4000:]
