"""Better HTML for nodes of other packages.

sphinx-exercise gives every exercise the same id, myst-nb puts paragraphs into a summary, where only
words may stand, and a wide table must scroll inside a box.
"""

import re
from html import escape
from urllib.parse import quote

from docutils import nodes

from engine.compat import EXERCISE_WRAPPERS

ISSUE = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d+)")


def repair(app, doctree, docname):
    """Remove sections without a heading, quote addresses, and shorten those of GitHub's issues."""
    wrappers = [s for s in doctree.findall(nodes.section) if s["ids"] in EXERCISE_WRAPPERS]
    for section in wrappers:
        at = section.parent.index(section)
        section.parent[at : at + 1] = section.children  # replace_self would hand the id on
    for link in doctree.findall(nodes.reference):
        if "refuri" in link:  # a DOI may have < and >
            link["refuri"] = quote(link["refuri"], safe="%/:=&?~#+!$,;'@()*[]")
        if issue := ISSUE.fullmatch(link.astext()):
            link.children = [nodes.Text(f"{issue[1]}#{issue[2]}")]


def visit_hidden_code(self, node):
    """Open the fold as myst-nb does, with one label for both states, which is read aloud."""
    self.body.append(f'<details class="{" ".join(["admonition hide", *node["classes"]])}">\n')
    self.body.append(f"<summary>{escape(node['prompt_show'])}</summary>\n")


def visit_table(self, node):
    """Put the table into a box that scrolls."""
    self.body.append('<div class="table-box">')
    type(self).visit_table(self, node)


def depart_table(self, node):
    type(self).depart_table(self, node)
    self.body.append("</div>\n")
