"""Every link of the site leads to a file that exists, and to an anchor in it.

MyST checks the links that it resolves. This reads the finished pages, and so it also checks the
links of figures, of raw HTML and of the layout.
"""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from docutils import nodes
from sphinx.util import logging

from engine import compat

log = logging.getLogger(__name__)
LINES = {}  # (page, address) → the line of the link
LINK = re.compile(r"""<[a-z][^<>]*?\s(?:href|src)=(["'])(.*?)\1""")
ANCHOR = re.compile(r'<[a-z][^<>]*?\sid="([^"]*)"')
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def dead(site):
    """Yield (page, address) for each dead link, the page by its path in the site."""
    pages = {
        page: page.read_text("utf-8")
        for page in sorted(site.rglob("*.html"))
        if "_static" not in page.relative_to(site).parts
    }
    anchors = {page: set(map(unescape, ANCHOR.findall(html))) for page, html in pages.items()}
    for page, html in pages.items():
        for address in dict.fromkeys(unescape(found[1]) for found in LINK.findall(html)):
            if ELSEWHERE.match(address):
                continue
            path, _, anchor = address.partition("#")
            path = unquote(path.partition("?")[0])  # the query sets a figure up
            target = (page.parent / path).resolve() if path else page
            found = target.is_relative_to(site) and target.is_file()
            if not found or (anchor and unquote(anchor) not in anchors.get(target, {anchor})):
                yield page.relative_to(site).as_posix(), address


def remember_lines(app, doctree, docname):
    """Keep the line of each link until the pages are written."""
    for link in doctree.findall(nodes.reference):
        LINES.setdefault((f"{docname}.html", link.get("refuri")), link.line)


def check(app):
    """Warn of each dead link, with its line if its page was written by this build."""
    if compat.has_warned(app):  # the dead link may follow from that mistake
        return
    for page, address in dead(Path(app.outdir).resolve()):
        docname, line = page.removesuffix(".html"), LINES.get((page, address))
        known = docname in app.env.found_docs
        log.warning(
            "'%s' leads nowhere", address, location=(docname, line) if known else None, type="links"
        )
