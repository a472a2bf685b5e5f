"""The quiz directive: a question, a few options, and the feedback that each option earns.

:::{quiz} entropy-coin
How many bits tell how a fair coin fell?

✓ One
: Yes: two equal chances, and log₂ 2 = 1.

½
: That is its probability. The bits are its negative logarithm.
:::

A question may ask for a number. Then each option is a number with its tolerance, the last one is
for all other numbers, and the unit of the right one stands beside the field:

:::{quiz} entropy-two-coins
How many bits tell how two fair coins fell?

✓ = 2 ± 0.05 bits
: Yes: four equal chances, and log₂ 4 = 2.

= 4 ± 0.05
: There are four outcomes. The bits are their logarithm.

other
: How many outcomes are there, and what is the logarithm of their number?
:::

The page is complete without a script, with the answers folded; theme/js/quiz.mjs turns the options
into buttons, or makes a field for the number. A notebook gets the text and a cell that takes the
answer.
"""

import itertools
import json
import re
from html import escape
from typing import NamedTuple

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from engine.plain_maths import plain

RIGHT = "✓ "
OPTION = re.compile(r"^(?!: )(\S.*)\n: (.*(?:\n  .+)*)", re.MULTILINE)
NUMBER = re.compile(r"^= (?P<number>-?[\d.]+) ± (?P<within>[\d.]+)(?: (?P<unit>.+))?$")
OTHER = "other"  # the option for all numbers that are not named


class Option(NamedTuple):
    """An option of a quiz; its texts are MyST."""

    right: bool
    text: str
    answer: str  # the feedback that it earns

    @property
    def number(self):
        """The number, its tolerance and its unit as they are typed; None for other options."""
        found = NUMBER.match(self.text)
        return found and found.groups(default="")

    @property
    def begins(self):
        """The beginning of the answer, which says what it answers."""
        if self.number:
            number, _, unit = self.number
            return f"{number} {unit}".strip() + "."
        return "Not quite." if self.text == OTHER else ""


def asks_for_a_number(options):
    return any(option.number for option in options)


def check_numbers(name, options):
    """Raise a ValueError unless the options are numbers that can be told apart, and OTHER."""
    *numbers, other = options
    if other.text != OTHER or not all(option.number for option in numbers):
        came = [option.text for option in options]
        raise ValueError(f"quiz {name} has numbers and then {OTHER!r}, got {came}")
    spans = sorted(
        (float(number) - float(within), float(number) + float(within))
        for number, within, _ in (option.number for option in numbers)
    )
    for (_, end), (start, _) in itertools.pairwise(spans):
        if start <= end:
            raise ValueError(f"quiz {name} has numbers whose tolerances overlap at {start}")


def parse(name, source):
    """Return the question of a quiz, and its options.

    Raises:
        ValueError: The quiz lacks two options of which one is right.
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
    if asks_for_a_number(options):
        check_numbers(name, options)
    if rest := OPTION.sub("", source.removeprefix(question)).strip():
        raise ValueError(f"quiz {name} ends with its options, got {rest}")
    return question.strip(), options


class quiz(nodes.General, nodes.Element):
    """The question, then the list of options, then the list of answers, one to each option.

    Without the list of options where `numbers` has the numbers that are asked for, as they are
    typed: for each option but the last the number, its tolerance and its unit.
    """


class Quiz(SphinxDirective):
    required_arguments = 1  # the name, which is also the anchor
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
            said = ["✓" if option.right else "✗", option.begins, option.answer]
            answers += self.item(" ".join(filter(None, said)))
        correct = [option.right for option in options].index(True)
        asked = self.parse_text_to_nodes(question, offset=self.content_offset)
        if asks_for_a_number(options):
            numbers = [option.number for option in options[:-1]]
            made = quiz("", *asked, answers, name=name, correct=correct, numbers=numbers)
        else:
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


def feedback(answer):
    """Return the answer as a notebook prints it, with its maths in plain text."""
    answer = answer.deepcopy()
    for maths in list(answer.findall(nodes.math)):
        maths.parent.replace(maths, nodes.Text(in_words(maths)))
    return " ".join(answer.astext().split()).lstrip("✓✗ ")


def visit(self, node):
    numbers = node.get("numbers")
    if numbers is None:
        self.body.append(self.starttag(node, "div", CLASS="ce-quiz"))
        return
    *_, unit = numbers[node["correct"]]
    spans = json.dumps([[float(number), float(within)] for number, within, _ in numbers])
    data = {"data-numbers": spans, "data-unit": unit}
    self.body.append(self.starttag(node, "div", CLASS="ce-quiz", **data))


def depart(self, node):
    self.body.append("</details></div>\n")


def fold_answers(app, doctree, docname):
    """Fold the answers of a page, and give each formula a name.

    Without one, the name of a radio button would be the digits of the formula: 34 for ¾.
    """
    for node in doctree.findall(quiz):
        for maths in list(node.findall(nodes.math)):
            name = f'<span role="img" aria-label="{escape(in_words(maths))}">'
            ends = [nodes.raw("", text, format="html") for text in (name, "</span>")]
            maths.replace_self([ends[0], maths.deepcopy(), ends[1]])
        fold = "<details><summary>Answers</summary>"
        if "numbers" in node:
            fold = f'<div class="ce-number"></div>{fold}'  # its script makes the field there
        node.insert(len(node) - 1, nodes.raw("", fold, format="html"))
