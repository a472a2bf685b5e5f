"""Write the notebook of each chapter: chapters/x.md is the source, chapters/x.ipynb is made.

python -m tools.notebooks              writes the notebooks beside the chapters
python -m tools.notebooks --check      says which of them are stale, and fails if any is
python -m tools.notebooks --site https://who.github.io/book/ --out _build/html/chapters
                                       the published ones: their links and wheel are on that site
"""

import argparse
import shutil
import sys
from pathlib import Path

from jupyter_book.sphinx import build_sphinx

from engine import ROOT
from engine.stale_notebooks import addresses, stale


def build(book, site, solutions=False):
    """The folder of the notebooks made from the book in the folder `book`."""
    site, wheel = addresses(site)
    made = book / "_build" / "notebooks" / "made"
    shutil.rmtree(made, ignore_errors=True)
    failed = build_sphinx(
        book,
        made,
        noconfig=True,
        path_config=book / "_config.yml",
        builder="notebook",
        quiet=True,
        freshenv=True,  # a page that failed last time must fail again
        warningiserror=True,
        keep_going=True,
        confoverrides={
            "external_toc_path": str(book / "_toc.yml"),
            "latex_individualpages": False,
            "nb_execution_cache_path": str(book / "_build" / ".jupyter_cache"),  # the pages' own
            "notebook_site": site,
            "notebook_solutions": solutions,
            "notebook_wheel": wheel,
        },
    )
    if failed:
        sys.exit("The notebooks could not be made: the lines above say why.")
    return made / "chapters"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail if one is stale")
    parser.add_argument("--site", default="", help="address where the book is published")
    parser.add_argument("--book", type=Path, default=ROOT, help="folder of the book")
    parser.add_argument("--out", type=Path, help="folder to write to, else beside the chapters")
    options = parser.parse_args()

    made = build(options.book.resolve(), options.site)
    out = options.out or options.book / "chapters"
    if options.check:
        problems = list(stale(made, out))
        for name, problem in problems:
            print(f"{out.name}/{name} {problem}")
        sys.exit(bool(problems))
    out.mkdir(parents=True, exist_ok=True)
    for notebook in sorted(made.glob("*.ipynb")):
        print(shutil.copyfile(notebook, out / notebook.name))


if __name__ == "__main__":
    main()
