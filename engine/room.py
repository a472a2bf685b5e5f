"""Keeps the room that a figure will take once it moves, so that nothing jumps when it does.

Before its script runs a figure is a still picture, lower than the figure with its controls. Each
page gets, unseen behind the picture, what the figure will draw at first (room.mjs runs its own
code for that), and so the browser itself knows the height, at any width and size of letters.
Here a figure gets its id as well, at which links to a state of it open.
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


def rooms(figures):
    """Returns the HTML of the room of each {figure, state}."""
    made = subprocess.run(
        [str(NODE), str(Path(__file__).with_name("room.mjs"))],
        input=json.dumps(figures),
        capture_output=True,
        encoding="utf-8",
    )
    if made.returncode:
        raise ExtensionError(f"The figures of the page could not be drawn:\n{made.stderr}")
    return json.loads(made.stdout)


def keep_room(app, doctree, docname):
    """Puts into each figure of a page the room that it will take."""
    found = [(raw, FIGURE.match(raw.astext())) for raw in doctree.findall(nodes.raw)]
    found = [(raw, match) for raw, match in found if match]
    if not found:
        return
    figures = [{"figure": match[1], "state": unescape(match[3])} for _, match in found]
    copies = Counter()
    for (raw, match), room in zip(found, rooms(figures), strict=True):
        key = match[2]
        copies[key] += 1
        name = key if copies[key] == 1 else f"{key}-{copies[key]}"
        whole = raw.astext().strip().removesuffix("</div>") + room + "</div>"
        whole = whole.replace(" data-", f' id="figure-{name}" data-', 1)
        raw.replace_self(nodes.raw("", whole, format="html"))
