"""Prints the built pages as one PDF: _build/html → _build/book.pdf, by Chromium.

The document is printed twice. The first print tells on which page each place lies; with these
numbers filled in, the second must put it on the same page again.
"""

import subprocess
import sys
from datetime import datetime, timezone

import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from engine import ROOT
from tools.pdf.document import whole_book
from tools.pdf.printer import PRINTED, chromium, reproducible

BUILD = ROOT / "_build"

FILL = """pages => {
  for (const number of document.querySelectorAll("[data-page-of]")) {
    const place = number.dataset.pageOf;
    if (!(place in pages)) throw new Error(`no page has the place ${place}`);
    number.textContent = pages[place];
  }
}"""


def main():
    document, printed = BUILD / "pdf" / "book.html", BUILD / "pdf" / "book.pdf"
    document.parent.mkdir(parents=True, exist_ok=True)
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    html = whole_book(BUILD / "html", toc, about())
    document.write_text(html, "utf-8")
    print_twice(document, printed)
    (BUILD / "book.pdf").write_bytes(reproducible(printed.read_bytes(), date()))


def about():
    """Returns what the title page says."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    footer = BeautifulSoup(config["html"]["extra_footer"], "html.parser")
    when = date()
    return {
        "title": config["title"],
        "author": config["author"],
        "version": citation["version"],
        "date": f"{when.day} {when:%B %Y}" if when else "",
        "licence": footer.get_text().strip(),
    }


def date():
    """Returns the date of the commit, or None where there is no repository.

    The date of the build would make two files of one book differ.
    """
    command = ["git", "log", "-1", "--format=%ct"]
    try:
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    except OSError:  # no git here
        said = ""
    return datetime.fromtimestamp(int(said), timezone.utc) if said else None


def print_twice(document, printed):
    """Prints the document, fills in the numbers of its pages, and prints it again."""
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        pages = print_once(browser, document, printed)
        filled = print_once(browser, document, printed, pages)
        browser.close()
    moved = [place for place, number in filled.items() if pages[place] != number]
    if moved:
        sys.exit(f"A page number must not move what it points at, but {moved[0]} moved.")


def print_once(browser, document, printed, pages=None):
    """Prints the document with these numbers of pages, and returns those of the print.

    Each time in a page of its own: Chromium breaks a page that it has printed before elsewhere.
    """
    page = browser.new_context(offline=True).new_page()
    page.goto(document.as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    if pages:
        page.evaluate(FILL, pages)
    page.pdf(path=printed, **PRINTED)
    page.context.close()
    return pages_of(printed)


def pages_of(pdf):
    """Returns the page of each place that a link leads to, the first being 1."""
    reader = PdfReader(pdf)
    return {
        place.removeprefix("/"): reader.get_destination_page_number(destination) + 1
        for place, destination in reader.named_destinations.items()
    }


if __name__ == "__main__":
    main()
