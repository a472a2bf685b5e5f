"""Draws each figure of a page as it first stands there, for readers before its script runs.

The still is what draw_stills.mjs makes with the figure's own code. It stays if no script runs:
with scripts off, on paper, in the PDF. Its controls are unseen but keep their room, so that nothing
jumps when the figure comes to life. A figure gets its id here as well, at which links open.
"""

import json
import re
import subprocess
from collections import Counter
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

from engine.maths import NODE

FIGURE = re.compile(
    r'<div class="ce-figure" data-figure="(\w+)" data-key="([\w-]+)" data-state="([^"]*)">'
)

# Pixels of a figure on a laptop, a tablet and a phone: where it stands across the page, beside
# steps, in the margin.
ACROSS, BESIDE, MARGIN = (984, 608, 350), (544, 608, 350), (320, 608, 350)


def widths(raw):
    """Returns how wide a figure is on each screen, by what it stands in."""
    classes = set()
    while raw.parent is not None:
        raw = raw.parent
        classes.update(raw.get("classes", ()))
    return BESIDE if "steps" in classes else MARGIN if "tag_margin" in classes else ACROSS


def stills(figures):
    """Returns the HTML of the still of each {figure, state}, which may have widths of its own."""
    figures = [{"widths": ACROSS} | figure for figure in figures]
    made = subprocess.run(
        [str(NODE), str(Path(__file__).with_suffix(".mjs"))],
        input=json.dumps(figures),
        capture_output=True,
        encoding="utf-8",
    )
    if made.returncode:
        raise ExtensionError(f"The figures of the page could not be drawn:\n{made.stderr}")
    return json.loads(made.stdout)


def draw(app, doctree, docname):
    """Puts its still into each figure of a page."""
    found = [(raw, FIGURE.match(raw.astext())) for raw in doctree.findall(nodes.raw)]
    found = [(raw, match) for raw, match in found if match]
    if not found:
        return
    figures = [
        {"figure": match[1], "state": unescape(match[3]), "widths": widths(raw)}
        for raw, match in found
    ]
    copies = Counter()
    for (raw, match), still in zip(found, stills(figures), strict=True):
        key = match[2]
        copies[key] += 1
        name = key if copies[key] == 1 else f"{key}-{copies[key]}"
        opening = match[0].replace(" data-", f' id="figure-{name}" data-', 1)
        raw.replace_self(nodes.raw("", f"{opening}{still}</div>", format="html"))
