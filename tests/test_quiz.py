"""The quiz directive refuses what is no quiz, and a notebook gets a cell that takes the answer."""

import json
import re
import shutil

import nbformat
import pytest

from ce_lib import widgets
from engine import ROOT
from tools.testing.notebooks import make


@pytest.fixture(scope="module")
def quiz_book(worker_id):
    copy = ROOT / "_build" / f"quiz_book-{worker_id}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT / "tests" / "twin_book", copy)
    return copy


def built(book, quiz):
    chapter = book / "chapters" / "sample.md"
    text = (ROOT / "tests" / "twin_book" / "chapters" / "sample.md").read_text("utf-8")
    chapter.write_text(f"{text}\n{quiz}\n", "utf-8")
    return make(book)


@pytest.mark.parametrize(
    ("options", "came"),
    [("one\n: No.\n\ntwo\n: No.", "got 2 and 0"), ("✓ one\n: Yes.", "got 1 and 1")],
    ids=["none-right", "one-option"],
)
def test_a_quiz_without_a_choice_stops_the_build(quiz_book, options, came):
    made = built(quiz_book, f":::{{quiz}} bad\nHow many?\n\n{options}\n:::")
    assert made.returncode == 1
    assert "quiz bad has two options or more, and one that begins with ✓" in made.stderr
    assert came in made.stderr


def test_maths_without_words_stops_the_build(quiz_book):
    made = built(quiz_book, ":::{quiz} bad\nHow?\n\n✓ so\n: By $\\oint x$.\n\nno\n: No.\n:::")
    assert made.returncode
    assert "has no words for '\\\\oint x'" in made.stderr


def test_a_notebook_asks_in_markdown_and_takes_the_answer_in_a_cell(quiz_book):
    quiz = '✓ $\\ln 2$\n: So much for *one* coin.\n\n½\n: That is a "probability", $-\\log_2 p_k$.'
    made = built(quiz_book, f":::{{quiz}} coin\nHow much?\n\n{quiz}\n:::")
    assert made.returncode == 0, made.stderr
    notebook = nbformat.read(quiz_book / "chapters" / "sample.ipynb", nbformat.NO_CONVERT)
    at = [cell.id for cell in notebook.cells].index("quiz-coin")
    assert notebook.cells[at - 1].source.endswith("How much?\n\n1. $\\ln 2$\n2. ½")
    figure = eval(re.sub("^#.*", "", notebook.cells[at].source), {"widgets": widgets})
    assert figure.options == ["1", "2"]
    assert figure.answers == ["So much for one coin.", "That is a “probability”, −log₂ p_k."]
    assert (figure.correct, figure.lead) == (0, "")
    assert json.dumps(figure.state())
