"""Where the sources of the book are, and how a test gets a copy of them to build."""

import os
import shutil

import yaml

from engine import ROOT, faces

TITLE = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["title"]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
CHAPTERS = [page["file"] for part in TOC["parts"] for page in part["chapters"]]
PAGES = [TOC["root"], *CHAPTERS]
WITH_FIGURES = [page for page in PAGES if "widgets." in (ROOT / f"{page}.md").read_text("utf-8")]
BUILT = (
    ".git",
    ".venv",
    ".venv-class",
    "_build",
    "node_modules",
    ".hypothesis",
    ".*_cache",
    "__pycache__",
)
BUILD = "import engine; from jupyter_book.cli.main import main; main()"
NETWORK_HOOK = ROOT / "tests" / "hooks" / "network"


def copy_book(folder, *without):
    """Copies the sources of the book, but for the files and folders of the names given."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*BUILT, *without))
    faces.folder()  # cut once, not in each copy
    parts = ("katex", "esbuild", "@esbuild", "linkedom", "minisearch", "stemmer", ".cache/faces")
    for part in parts:
        shutil.copytree(ROOT / "node_modules" / part, folder / "node_modules" / part)
    return folder


def copy_python(folder):
    """Copies what gives a copy of the book Run buttons: Pyodide, and what is packed already."""
    for part in ("pyodide", ".cache/page-python"):
        if (source := ROOT / "node_modules" / part).exists():
            shutil.copytree(source, folder / "node_modules" / part)


def clean_environment():
    """The environment without the settings of the book, but for those of Python in the page."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CE_")}
    return clean | page_python_settings()


def page_python_settings():
    """What the environment says of Python in the page, for any folder."""
    said = {name: os.environ.get(name, "") for name in ("CE_NUMPY_WHEEL", "CE_RUN")}
    if said["CE_NUMPY_WHEEL"]:
        said["CE_NUMPY_WHEEL"] = os.path.abspath(said["CE_NUMPY_WHEEL"])
    return said
