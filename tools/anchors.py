"""Keeps the list of the anchors that others may have linked to: tests/anchors.txt.

python -m tools.anchors          adds the new anchors of the built book
python -m tools.anchors --drop   also removes those that the book no longer has
"""

import argparse
import re
from html import unescape
from pathlib import Path

from engine import ROOT

LIST = ROOT / "tests" / "anchors.txt"
ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
ANCHOR = re.compile(r'<[a-z][^<>]*?\sid="([^"]*)"')
# Numbers given by Sphinx and sphinx-exercise, parts of a still picture, the form of the search.
INTERNAL = re.compile(r"(?:id|index-)\d+|.*-solution-\d+|ce[0-9a-f]{8}.*|search-.*")


def anchors(site):
    """Returns every page#anchor of a site."""
    found = set()
    for page in site.rglob("*.html"):
        name, article = page.relative_to(site).as_posix(), ARTICLE.search(page.read_text("utf-8"))
        ids = map(unescape, ANCHOR.findall(article[0] if article else ""))
        found |= {f"{name}#{anchor}" for anchor in ids if not INTERNAL.fullmatch(anchor)}
    return found


def promised():
    """Returns every page#anchor of the list."""
    return set(LIST.read_text("utf-8").split())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drop", action="store_true", help="forget what the book no longer has")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    options = parser.parse_args()
    there, listed = anchors(options.site), promised()
    kept = there if options.drop else there | listed
    LIST.write_text("".join(f"{anchor}\n" for anchor in sorted(kept)), "utf-8", newline="\n")
    print(f"{len(kept - listed)} added, {len(listed - kept)} dropped, {len(kept)} in all.")


if __name__ == "__main__":
    main()
