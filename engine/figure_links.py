"""Links that open a figure in a state: fig:entropy?lens.z=1#figure-lens leads to a chapter."""

import re
from html import unescape

from docutils import nodes


def resolve(app, doctree, docname):
    for link in doctree.findall(nodes.reference):
        if link.get("refuri", "").startswith("fig:"):
            page, rest = re.fullmatch(r"fig:([\w-]+)(.*)", link["refuri"]).groups()
            target = app.builder.get_relative_uri(docname, f"chapters/{page}")
            link["refuri"], link["internal"] = target + unescape(rest), True  # & came escaped
