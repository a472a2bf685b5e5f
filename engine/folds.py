"""What is folded away opens without a script: a solution or a `dropdown` is a `details`."""

from docutils import nodes
from sphinx_exercise.nodes import solution_node


class fold(nodes.General, nodes.Element):
    """A box that is closed until the reader opens it; its first child is its title."""


class fold_title(nodes.General, nodes.TextElement):
    """What is seen of a closed box."""


def replace(app, doctree, docname):
    """Makes folds of the boxes that ask for it, on a page."""
    if app.builder.format != "html":
        return
    boxes = [
        node
        for kind in (nodes.admonition, solution_node)
        for node in doctree.findall(kind)
        if "dropdown" in node["classes"]
    ]
    for box in boxes:
        title = box.pop(0)
        for link in list(title.findall(nodes.reference)):  # what opens a fold leads nowhere else
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


def setup(app):
    app.add_node(fold, html=(visit, depart))
    app.add_node(fold_title, html=(visit_title, depart_title))
    app.connect("doctree-resolved", replace, priority=900)  # after titles have their numbers
    return {"parallel_read_safe": True, "parallel_write_safe": True}
