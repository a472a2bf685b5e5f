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
from typing import NamedTuple

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from engine.plain_maths import plain

RIGHT = "✓ "
OPTION = re.compile(r"^(?!: )(\S.*)\n: (.*(?:\n  .+)*)", re.MULTILINE)


class Option(NamedTuple):
    """An option of a quiz; its texts are MyST."""

    right: bool
    text: str
    answer: str  # to whoever chooses it


def parse(name, source):
    """The question of a quiz, and its options.

    Raises:
        ValueError: it does not have two options or more, of which one is right.
    """
    question, *_ = OPTION.split(source, maxsplit=1)
    options = [
        Option(text.startswith(RIGHT), text.removeprefix(RIGHT), " ".join(answer.split()))
        for text, answer in OPTION.findall(source)
    ]
    right = sum(option.right for option in options)
    if len(options) < 2 or right != 1:
        rule = f"has two options or more, and one that begins with {RIGHT.strip()}"
        raise ValueError(f"quiz {name} {rule}, got {len(options)} and {right}")
    if rest := OPTION.sub("", source.removeprefix(question)).strip():
        raise ValueError(f"quiz {name} ends with its options, got {rest}")
    return question.strip(), options


class quiz(nodes.General, nodes.Element):
    """Its question, then the list of its options, then that of what to say to each."""


class Quiz(SphinxDirective):
    required_arguments = 1  # its name, which is its anchor too
    has_content = True

    def run(self):
        name = self.arguments[0]
        try:
            question, options = parse(name, "\n".join(self.content))
        except ValueError as error:
            raise self.error(str(error)) from None
        texts, answers = (
            nodes.enumerated_list(enumtype="arabic", prefix="", suffix=".") for _ in "ab"
        )
        for option in options:
            texts += self.item(option.text)
            answers += self.item(f"{'✓' if option.right else '✗'} {option.answer}")
        correct = [option.right for option in options].index(True)
        asked = self.parse_text_to_nodes(question, offset=self.content_offset)
        made = quiz("", *asked, texts, answers, name=name, correct=correct)
        made["ids"] = [f"quiz-{name}"]
        self.set_source_info(made)
        return [made]

    def item(self, text):
        inline, messages = self.parse_inline(text)
        return nodes.list_item("", nodes.paragraph("", "", *inline), *messages)


def in_words(maths):
    """A formula in plain text."""
    text = plain(maths.astext())
    if text is None:
        raise ExtensionError(f"engine/plain_maths.py has no words for {maths.astext()!r}")
    return text


def said(answer):
    """What a notebook says to an option, its maths in plain text."""
    answer = answer.deepcopy()
    for maths in list(answer.findall(nodes.math)):
        maths.parent.replace(maths, nodes.Text(in_words(maths)))
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
            name = f'<span role="img" aria-label="{escape(in_words(maths))}">'
            ends = [nodes.raw("", text, format="html") for text in (name, "</span>")]
            maths.replace_self([ends[0], maths.deepcopy(), ends[1]])
        node.insert(-1, nodes.raw("", "<details><summary>Answers</summary>", format="html"))


def setup(app):
    app.add_node(quiz, html=(visit, depart))
    app.add_directive("quiz", Quiz)
    app.connect("doctree-resolved", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
