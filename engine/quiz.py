"""The quiz directive: a question, a few options, and what each of them teaches.

:::{quiz} entropy-coin
How many bits tell how a fair coin fell?

✓ One
: Yes: two equal chances, and log₂ 2 = 1.

½
: That is its probability. The bits are its negative logarithm.
:::

The page is complete without a script, with the answers folded; _static/quiz.mjs makes the options
buttons. A notebook gets the text and a cell that takes the answer.
"""

import re
from html import escape

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

RIGHT = "✓ "
PLAIN = {
    r"\\tfrac12": "½",
    r"\\tfrac14": "¼",
    r"\\tfrac34": "¾",
    r"\\frac\{([^{}]*)\}\{([^{}]*)\}": r"\1 / (\2)",
    r"\\(ln|log)(?![a-z]) ?": r"\1 ",
    r"log _2": "log₂",
    r"\\mathrm\{(\w+)\}": r"\1",
    r" ?\\, ?": " ",
    r"\\\|": "‖",
    r"\\infty": "∞",
    r"\\sum_(\w)": r"sum over \1 of",
    r"\\cdot": "·",
    r"\\varepsilon": "ε",
    r"\^\{(\w+)\}": r"^\1",
    "-": "−",
}  # how a formula is said in plain text: in a cell of a notebook, and by a screen reader


class quiz(nodes.General, nodes.Element):
    """Its question, then the list of its options, then that of what to say to each."""


class Quiz(SphinxDirective):
    required_arguments = 1  # its name, which is its anchor too
    has_content = True

    def run(self):
        name = self.arguments[0]
        parsed = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, parsed)
        items = list(parsed.findall(nodes.definition_list_item))
        right = [item[0].astext().startswith(RIGHT) for item in items]
        if len(items) < 2 or right.count(True) != 1:
            rule = f"has two options or more, and one that begins with {RIGHT.strip()}"
            raise self.error(f"quiz {name} {rule}, got {len(items)} and {right.count(True)}")
        options, answers = (
            nodes.enumerated_list(enumtype="arabic", prefix="", suffix=".") for _ in "ab"
        )
        for is_right, (term, definition) in zip(right, items, strict=True):
            if is_right:
                text = next(term.findall(nodes.Text))
                text.parent.replace(text, nodes.Text(str(text).removeprefix(RIGHT)))
            options += nodes.list_item("", nodes.paragraph("", "", *term.children))
            definition[0].insert(0, nodes.Text("✓ " if is_right else "✗ "))
            answers += nodes.list_item("", *definition.children)
        question = [node for node in parsed if not isinstance(node, nodes.definition_list)]
        made = quiz("", *question, options, answers, name=name, correct=right.index(True))
        made["ids"] = [f"quiz-{name}"]
        self.set_source_info(made)
        return [made]


def plain(maths):
    """A formula in plain text."""
    tex = maths.astext()
    for pattern, text in PLAIN.items():
        tex = re.sub(pattern, text, tex)
    if re.search(r"[\\{}]", tex):
        raise ExtensionError(f"PLAIN in engine/quiz.py has no words for {maths.astext()!r}")
    return tex


def said(answer):
    """What a notebook says to an option, its maths in plain text."""
    answer = answer.deepcopy()
    for maths in list(answer.findall(nodes.math)):
        maths.parent.replace(maths, nodes.Text(plain(maths)))
    return " ".join(answer.astext().split()).lstrip("✓✗ ")


def visit(self, node):
    self.body.append(self.starttag(node, "div", CLASS="ce-quiz"))


def depart(self, node):
    self.body.append("</details></div>\n")


def fold(app, doctree, docname):
    """What to say goes under a fold, on a page, and each formula gets a name.

    Of a formula's own markup the name of a radio button keeps the digits: 34 for ¾.
    """
    if app.builder.format != "html":
        return
    for node in doctree.findall(quiz):
        for maths in list(node.findall(nodes.math)):
            name = f'<span role="img" aria-label="{escape(plain(maths))}">'
            ends = [nodes.raw("", text, format="html") for text in (name, "</span>")]
            maths.replace_self([ends[0], maths.deepcopy(), ends[1]])
        node.insert(-1, nodes.raw("", "<details><summary>Answers</summary>", format="html"))


def setup(app):
    app.add_node(quiz, html=(visit, depart))
    app.add_directive("quiz", Quiz)
    app.connect("doctree-resolved", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
