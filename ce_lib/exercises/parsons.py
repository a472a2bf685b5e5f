"""The Parsons step before a code exercise: the lines of a solution, and a few wrong ones, to order.

The right lines are those of the exercise's steps, or of its solution. Each wrong one is the line of
a trap. Comments are left out, and a statement of many lines is one.
"""

import inspect
import io
import random
import textwrap
import tokenize
from difflib import SequenceMatcher
from typing import NamedTuple

from . import find, starter

SKIPPED = {tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
INDENT = 4


class Line(NamedTuple):
    """A line of a step: how deep it stands in blocks, and its text without its indent."""

    depth: int
    text: str


def head(name):
    """The line that is given: the first one of a function, and "" for a value."""
    first = starter(name).partition("\n")[0]
    return first if first.endswith(":") else ""


def statements(code):
    """The lines of some code."""
    source, found, tokens = code.splitlines(), [], []
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.NEWLINE:
            (top, left), (bottom, right) = tokens[0].start, tokens[-1].end
            rows = source[top - 1 : bottom]
            rows[-1] = rows[-1][:right]
            rows[0] = rows[0][left:]
            found.append(Line(left // INDENT, "\n".join(rows)))
            tokens = []
        elif token.type not in SKIPPED:
            tokens.append(token)
    return found


def right_lines(name):
    """The lines that are right, in a right order, without the head."""
    exercise = find(name)
    code = textwrap.dedent(inspect.getsource(exercise.steps or exercise.solution))
    lines = [Line(depth - 1, text) for depth, text in statements(code)[1:]]
    return lines if callable(exercise.solution) else lines[:-1]  # a value needs no return


def counterpart(text, lines):
    """The place of the line that a wrong one would replace: it begins alike, and is like it."""

    def nearness(at):
        other = lines[at].text
        return text.split()[0] == other.split()[0], SequenceMatcher(None, text, other).ratio()

    return max(range(len(lines)), key=nearness)


def wrong_lines(name):
    """The lines that are wrong, each with the place of the right line that it would replace."""
    lines = right_lines(name)
    texts = [trap.line for trap in find(name).traps if trap.line]
    places = [counterpart(text, lines) for text in texts]
    return [(at, Line(lines[at].depth, text)) for at, text in zip(places, texts, strict=True)]


def shuffled(name):
    """All lines, in an order that is the same in each build and never a right one."""
    right = right_lines(name)
    lines = right + [line for _, line in wrong_lines(name)]
    rng = random.Random(name)
    while [line for line in lines if line in right] == right:
        rng.shuffle(lines)
    return lines


def compose(name, lines):
    """The code that some lines make under the head, as the page composes it (parsons.mjs)."""
    first = head(name)
    body = [" " * INDENT * (line.depth + bool(first)) + line.text for line in lines]
    return "\n".join([first] * bool(first) + body)
