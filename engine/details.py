"""Solutions and `dropdown` boxes become `details`, which open without a script."""

from docutils import nodes
from sphinx_exercise.nodes import solution_node


class fold(nodes.General, nodes.Element):
    """A box that is closed until the reader opens it; its first child is its title."""


class fold_title(nodes.General, nodes.TextElement):
    """The part of a closed box that the reader sees."""


def replace_dropdowns(app, doctree, docname):
    """Make a fold of each box of class `dropdown`."""
    boxes = [
        node
        for kind in (nodes.admonition, solution_node)
        for node in doctree.findall(kind)
        if "dropdown" in node["classes"]
    ]
    for box in boxes:
        title = box.pop(0)
        for link in list(
            title.findall(nodes.reference)
        ):  # a click opens the fold and does nothing else
            link.replace_self(link.children)
        made = fold("", fold_title("", "", *title.children), *box.children)
        made["ids"], made["names"] = box["ids"], box["names"]
        made["classes"] = ["admonition", *box["classes"]]
        box.replace_self(made)


def visit(self, node):
    self.body.append(self.starttag(node, "details"))


def depart(self, node):
    self.body.append("</details>\n")


def visit_title(self, node):
    self.body.append('<summary class="admonition-title">')


def depart_title(self, node):
    self.body.append("</summary>\n")
