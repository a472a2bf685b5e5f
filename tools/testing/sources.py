"""Where the sources of the book are, and how a test gets a copy of them to build."""

import shutil

import yaml

from engine import ROOT

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
    for part in ("katex", "esbuild", "@esbuild", "linkedom", "minisearch", "stemmer"):
        shutil.copytree(ROOT / "node_modules" / part, folder / "node_modules" / part)
    return folder
