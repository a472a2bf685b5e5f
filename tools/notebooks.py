"""Write the twin notebook of each chapter: chapters/x.md is the source, chapters/x.ipynb is made.

python tools/notebooks.py              writes the notebooks beside the chapters
python tools/notebooks.py --check      says which of them are stale, and fails if any is
python tools/notebooks.py --site https://who.github.io/book/ --out _build/html/chapters
                                       the published ones: their links and wheel are on that site
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

import yaml
from jupyter_book.sphinx import build_sphinx

ROOT = Path(__file__).resolve().parent.parent


def addresses(book, site):
    """The site and the wheel, from `site` or else _config.yml; empty where neither says."""
    config = yaml.safe_load((book / "_config.yml").read_text("utf-8"))
    site = site or (config.get("html") or {}).get("baseurl") or ""
    repository = (config.get("repository") or {}).get("url") or ""
    version = re.search(r'(?m)^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"))[1]
    if site:
        site = site.rstrip("/") + "/"
        return site, f"{site}_static/ce_lib-{version}-py3-none-any.whl"
    return "", f"git+{repository}" if repository else ""


def build(book, site, solutions=False):
    """The folder of the notebooks made from the book in the folder `book`."""
    site, wheel = addresses(book, site)
    made = book / "_build" / "twin" / "notebooks"
    shutil.rmtree(made, ignore_errors=True)
    failed = build_sphinx(
        book,
        made,
        noconfig=True,
        path_config=book / "_config.yml",
        builder="twin",
        quiet=True,
        freshenv=True,  # a page that failed last time must fail again
        warningiserror=True,
        keep_going=True,
        confoverrides={
            "external_toc_path": str(book / "_toc.yml"),
            "latex_individualpages": False,
            "nb_execution_cache_path": str(book / "_build" / ".jupyter_cache"),  # the pages' own
            "twin_site": site,
            "twin_solutions": solutions,
            "twin_wheel": wheel,
        },
    )
    if failed:
        sys.exit("The notebooks could not be made: the lines above say why.")
    return made / "chapters"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail on stale twins")
    parser.add_argument("--site", help="address where the book is published")
    parser.add_argument("--book", type=Path, default=ROOT, help="folder of the book")
    parser.add_argument("--out", type=Path, help="folder to write to, else beside the chapters")
    options = parser.parse_args()

    made = build(options.book.resolve(), options.site)
    out = options.out or options.book / "chapters"
    names = sorted(path.name for path in made.glob("*.ipynb"))
    if not options.check:
        out.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(made / name, out / name)
            print(out / name)
        return
    stale = 0
    for name in sorted({*names, *(path.name for path in out.glob("*.ipynb"))}):
        twin = out / name
        if name not in names:
            problem = "has no chapter to be made from: delete it."
        elif not twin.exists():
            problem = "is missing: run `make notebooks` and commit it."
        elif twin.read_text("utf-8") != (made / name).read_text("utf-8"):
            problem = f"does not match {twin.with_suffix('.md').name}: run `make notebooks`."
        else:
            continue
        stale += 1
        print(f"{out.name}/{name} {problem}")
    sys.exit(bool(stale))


if __name__ == "__main__":
    main()
