"""What two extensions print as invalid HTML, made valid before or while it is printed.

sphinx-exercise gives every exercise the same id, and myst-nb puts paragraphs into a summary, where
only words may stand.
"""

from html import escape
from urllib.parse import quote

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput

WRAPPERS = (["exercise-content"], ["solution-content"])


def repair(app, doctree, docname):
    """Takes away the sections without a heading, and writes addresses as the standard wants."""
    if app.builder.format != "html":
        return
    for section in [node for node in doctree.findall(nodes.section) if node["ids"] in WRAPPERS]:
        at = section.parent.index(section)
        section.parent[at : at + 1] = section.children  # replace_self would hand the id on
    for link in doctree.findall(nodes.reference):
        if "refuri" in link:  # a DOI may have < and >
            link["refuri"] = quote(link["refuri"], safe="%/:=&?~#+!$,;'@()*[]")


def visit_hidden_code(self, node):
    """As in myst-nb, but its label is what is read, and says the same open and closed."""
    self.body.append(f'<details class="{" ".join(["admonition hide", *node["classes"]])}">\n')
    self.body.append(f"<summary>{escape(node['prompt_show'])}</summary>\n")


def setup(app):
    hidden = (visit_hidden_code, depart_HideCellInput)
    app.add_node(HideCodeCellNode, override=True, html=hidden)
    app.connect("doctree-resolved", repair)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
