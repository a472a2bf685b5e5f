"""Lists what the book links to outside itself, or asks whether it is still there.

python -m tools.links           a line for each address, with the first page that links to it
python -m tools.links --check   asks each, and fails if one does not answer
"""

import argparse
import json
import sys
from pathlib import Path
from urllib.parse import urldefrag

from jupyter_book.sphinx import build_sphinx

from engine import ROOT

ALIVE = ("403", "405", "406", "418", "429", "999")  # there, but not for a program


def found(book, ask):
    """Returns what Sphinx's linkcheck says of each link that leads out of a book."""
    out = book / "_build" / "links" / "linkcheck"
    settings = {
        "external_toc_path": str(book / "_toc.yml"),
        "latex_individualpages": False,
        "nb_execution_mode": "off",  # no cell prints a link
        "linkcheck_anchors": False,
        "linkcheck_ignore": [] if ask else ["."],
        "linkcheck_retries": 3,
        "linkcheck_timeout": 20,
        "linkcheck_report_timeouts_as_broken": True,
    }
    build_sphinx(
        book,
        out,
        noconfig=True,
        path_config=book / "_config.yml",
        builder="linkcheck",
        really_quiet=True,  # numbers that only a run knows are missing here
        freshenv=True,
        confoverrides=settings,
    )
    lines = (out / "output.json").read_text("utf-8").splitlines()
    return [link for link in map(json.loads, lines) if link["uri"].startswith("http")]


def is_dead(link):
    return link["status"] == "broken" and not link["info"].startswith(ALIVE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="ask each address")
    parser.add_argument("--book", type=Path, default=ROOT, help="folder of the book")
    options = parser.parse_args()
    pages, dead = {}, {}
    for link in found(options.book.resolve(), options.check):
        address = urldefrag(link["uri"])[0]
        pages.setdefault(address, set()).add(link["filename"])
        if is_dead(link):
            dead[address] = f"({link['info']})"
    for address in sorted(dead if options.check else pages):
        print(address, *filter(None, [dead.get(address)]), *sorted(pages[address]))
    if options.check:
        print(f"{len(pages)} addresses, {len(dead)} of them do not answer.")
        sys.exit(bool(dead))


if __name__ == "__main__":
    main()
