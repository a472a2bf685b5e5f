"""No link of the site leads nowhere: what a page points at is there, its anchor as well.

MyST says so of the links that it resolves. This reads the pages as they were made, and so sees the
links of figures, of raw HTML and of the layout too.
"""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from docutils import nodes
from sphinx.util import logging

log = logging.getLogger(__name__)
LINK = re.compile(r"""<[a-z][^<>]*?\s(?:href|src)=(["'])(.*?)\1""")
ANCHOR = re.compile(r'<[a-z][^<>]*?\sid="([^"]*)"')
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def dead(site):
    """Yields (page, address) for each link that leads nowhere, the page by its path in the site."""
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
            path = unquote(path.partition("?")[0])  # what follows sets a figure up
            target = (page.parent / path).resolve() if path else page
            found = target.is_relative_to(site) and target.is_file()
            if not found or (anchor and unquote(anchor) not in anchors.get(target, {anchor})):
                yield page.relative_to(site).as_posix(), address


def remember(app, doctree, docname):
    """Keeps the line of each link until the pages are there."""
    for link in doctree.findall(nodes.reference):
        app.link_lines.setdefault((f"{docname}.html", link.get("refuri")), link.line)


def check(app, exception):
    """Says which links are dead, with their lines where they are in a page just written."""
    if exception or app.builder.format != "html" or app._warncount:  # one cause, one message
        return
    for page, address in dead(Path(app.outdir).resolve()):
        docname, line = page.removesuffix(".html"), app.link_lines.get((page, address))
        known = docname in app.env.found_docs
        log.warning(
            "'%s' leads nowhere", address, location=(docname, line) if known else None, type="links"
        )


def setup(app):
    app.link_lines = {}
    app.connect("doctree-resolved", remember, priority=900)  # the links of figures are resolved
    app.connect("build-finished", check, priority=1100)  # after offline.py: all files are there
    return {"parallel_read_safe": True, "parallel_write_safe": False}
