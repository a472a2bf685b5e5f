"""The book as the tests read it: built from its sources once, before the tests that need it.

python -m tools.testing.book   builds it; it is left alone where nothing has changed
"""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from typing import NamedTuple

import pytest
from filelock import FileLock

from engine import ROOT
from tools.testing import forked_build
from tools.testing.sources import (
    BUILD,
    BUILT,
    NETWORK_HOOK,
    clean_environment,
    copy_book,
    copy_python,
    page_python_settings,
)

PLACE = ROOT / "_build" / "test-site"
FOLDER = PLACE / "the book"  # a path with a space
ADDRESSES = PLACE / "addresses.txt"
DONE = PLACE / "done"
NOT_IN_THE_BOOK = (
    "tests",
    "testing",
    "conftest.py",
    "test_*.py",
    "*.test.mjs",
    "benchmarks",
    "docs",
    ".github",
)
# The folder is in no git repository: what is built there must not find that of the sources.
os.environ["GIT_CEILING_DIRECTORIES"] = str(PLACE)


def run_build(folder, **environment):
    """Builds the book of a folder as `make book` does, and returns what came of it."""
    arguments = ["build", str(folder), "-W", "-n", "--keep-going"]
    environment = clean_environment() | {"PYTHONPATH": str(folder)} | environment
    if environment["PYTHONPATH"] == str(folder):
        return forked_build.run(folder, arguments, environment)
    return subprocess.run(  # something on the path may want to be there from the start
        [sys.executable, "-c", BUILD, *arguments],
        env=environment,
        cwd=folder,  # whose engine comes first on the path
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def key_of_sources():
    """A hash of all that can change the book or what is made of it."""
    digest = hashlib.sha256(f"{sys.version} {page_python_settings()}".encode())
    left_out = shutil.ignore_patterns(*BUILT, *NOT_IN_THE_BOOK)
    for folder, folders, files in os.walk(ROOT):
        ignored = left_out(folder, folders + files)
        folders[:] = sorted(set(folders) - ignored)
        for name in sorted(set(files) - ignored):
            path = os.path.join(folder, name)
            digest.update(os.path.relpath(path, ROOT).encode())
            with open(path, "rb") as file:
                digest.update(file.read())
    return digest.hexdigest()


def built_book():
    """Returns the folder of the built book, which it builds where the sources have changed.

    The outputs of the cells are kept, as the book itself keeps them, unless something went wrong.
    """
    PLACE.mkdir(parents=True, exist_ok=True)
    outputs, kept = FOLDER / "_build" / ".jupyter_cache", PLACE / "outputs"
    with FileLock(PLACE / "lock"):
        key = key_of_sources()
        if DONE.exists() and DONE.read_text("utf-8") == key:
            return FOLDER
        DONE.unlink(missing_ok=True)
        if ADDRESSES.exists():
            shutil.rmtree(outputs, ignore_errors=True)
        elif outputs.exists():
            shutil.rmtree(kept, ignore_errors=True)
            outputs.rename(kept)
        shutil.rmtree(FOLDER, ignore_errors=True)
        copy_book(FOLDER)
        copy_python(FOLDER)
        if kept.exists():
            outputs.parent.mkdir()
            kept.rename(outputs)
        ADDRESSES.unlink(missing_ok=True)
        stray = FOLDER / ".pytest_cache" / "README.md"  # a reader's folder holds it after a test
        stray.parent.mkdir()
        stray.write_text("# Stray\n", "utf-8")
        path = os.pathsep.join([str(NETWORK_HOOK), str(FOLDER)])
        built = run_build(FOLDER, PYTHONPATH=path, ADDRESSES=str(ADDRESSES))
        if built.returncode or "WARNING" in built.stderr:  # a kernel may warn the reader, too
            shutil.rmtree(outputs, ignore_errors=True)
            raise AssertionError(built.stdout[-4000:] + built.stderr[-4000:])
        DONE.write_text(key, "utf-8")
        return FOLDER


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id):
    """A function that makes a thing of a name once for all workers, and returns what JSON keeps."""
    folder = tmp_path_factory.getbasetemp()
    folder = folder if worker_id == "master" else folder.parent

    def call(name, make):
        with FileLock(folder / f"{name}.lock"):
            made = folder / f"{name}.json"
            if not made.exists():
                made.write_text(json.dumps(make()), "utf-8")
            return json.loads(made.read_text("utf-8"))

    return call


@pytest.fixture(scope="session")
def build():
    """A function that builds the book of a folder as `make book` does, and says what came of it."""
    return run_build


@pytest.fixture(scope="session")
def book():
    """A copy of the sources, built with warnings as errors. A test reads it and changes nothing."""
    return built_book()


@pytest.fixture(scope="session")
def site(book):
    """The folder of the built pages."""
    return book / "_build" / "html"


class Executed(NamedTuple):
    """What the cells of a page gave when the book was built."""

    code: str
    printed: str
    cells: list  # the code of each cell, and what it printed or had as its value, as text
    glued: dict  # the text of each glued value by its name


def code_cells(file):
    """The cells with code of a notebook, read without nbformat, which takes seconds to import."""
    cells = json.loads(file.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def shown(cell):
    """What a cell printed, or had as its value, as text; no pictures and figures."""
    for output in cell["outputs"]:
        data = output.get("data", {})
        if not {"text/html", "image/png"} & data.keys():
            yield "".join(output.get("text", data.get("text/plain", "")))


@pytest.fixture(scope="session")
def executed(book):
    """A function that returns what the cells of a chapter gave in the built book."""
    folder = book / "_build" / "jupyter_execute" / "chapters"
    # myst-nb writes no outputs into these notebooks where it took them from its cache
    kept = {}
    for file in (book / "_build" / ".jupyter_cache").glob("*/executed/*/base.ipynb"):
        cells = code_cells(file)
        kept[tuple("".join(cell["source"]) for cell in cells)] = cells

    def read(name):
        code = ["".join(cell["source"]) for cell in code_cells(folder / f"{name}.ipynb")]
        cells = kept[tuple(code)]
        outputs = [output for cell in cells for output in cell["outputs"]]
        streams = ["".join(output.get("text", "")) for output in outputs]
        glue = folder / f"{name}.glue.json"
        glued = json.loads(glue.read_text("utf-8")) if glue.exists() else {}
        glued = {name: ast.literal_eval(x["data"]["text/plain"]) for name, x in glued.items()}
        texts = ["\n".join(shown(cell)) for cell in cells]
        cells = list(zip(code, texts, strict=True))
        return Executed("\n".join(code), "".join(streams), cells, glued)

    return read


CHAPTER = """---
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
kernelspec: {{display_name: Python 3, name: python3}}
---
# One

{text}

```{{code-cell}} ipython3
{code}
```
"""


@pytest.fixture
def small_book(tmp_path):
    """The engine with an index alone: a function that writes a chapter, and returns the folder."""
    folder, names = tmp_path / "small", []
    copy_book(folder, "chapters", "index.md", "tests", "benchmarks", "docs")
    (folder / "chapters").mkdir()
    (folder / "index.md").write_text("# Index\n", "utf-8")
    config = (folder / "_config.yml").read_text("utf-8")
    config += "    check_notebooks: false\n"  # these chapters have no true notebook
    (folder / "_config.yml").write_text(config, "utf-8")

    def write(code="1 + 1", text="Text.", name="one"):
        names.extend({name} - set(names))
        toc = "format: jb-book\nroot: index\nchapters:\n"
        toc += "".join(f"- file: chapters/{name}\n" for name in names)
        (folder / "_toc.yml").write_text(toc, "utf-8")
        chapter = CHAPTER.format(code=code, text=text)
        (folder / "chapters" / f"{name}.md").write_text(chapter, "utf-8")
        (folder / "chapters" / f"{name}.ipynb").write_text("{}", "utf-8")
        return folder

    write()
    return write


if __name__ == "__main__":
    built_book()
