"""The quiz directive refuses what is no quiz, and a notebook gets a cell that takes the answer."""

import json
import re
import shutil

import nbformat
import pytest

from ce_lib import widgets
from engine import ROOT
from engine.quiz import parse
from tools.testing.notebooks import make

NUMBERS = """How many bits?

✓ = 2 ± 0.05 bits
: Four equal chances.

= 4 ± 0.05
: That is how many outcomes there are.

other
: What is the logarithm of 4?"""


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


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("✓ = 2 ± 0.1 bits\n: Yes.\n\n= 4 ± 0.1\n: No.", "numbers and then 'other', got"),
        ("✓ = 2 ± 0.1\n: Yes.\n\n4\n: No.\n\nother\n: No.", "numbers and then 'other', got"),
        ("✓ = 2 ± 1\n: Yes.\n\n= 3 ± 0.5\n: No.\n\nother\n: No.", "overlap at 2.5"),
    ],
    ids=["no-other", "a-text-among-numbers", "overlap"],
)
def test_numbers_that_cannot_be_told_apart_are_refused(options, said):
    with pytest.raises(ValueError, match=f"quiz bad .*{said}"):
        parse("bad", f"How many?\n\n{options}")


def test_a_question_for_a_number_names_the_number_in_each_answer():
    question, options = parse("coins", NUMBERS)
    assert question == "How many bits?"
    assert [option.number for option in options] == [("2", "0.05", "bits"), ("4", "0.05", ""), None]
    assert [option.begins for option in options] == ["2 bits.", "4.", "Not quite."]


def test_a_notebook_takes_a_number_by_a_slider_that_does_not_give_it_away(quiz_book):
    made = built(quiz_book, f":::{{quiz}} coins\n{NUMBERS}\n:::")
    assert made.returncode == 0, made.stderr
    notebook = nbformat.read(quiz_book / "chapters" / "sample.ipynb", nbformat.NO_CONVERT)
    at = [cell.id for cell in notebook.cells].index("quiz-coins")
    assert notebook.cells[at - 1].source.endswith("How many bits?")
    figure = eval(re.sub("^#.*", "", notebook.cells[at].source), {"widgets": widgets})
    assert (figure.low, figure.high, figure.truth, figure.near) == (0, 8, 2, 0.05)
    assert figure.unit == "bits"
    assert figure.replies[0] == [1.95, 2.05, "2 bits. Four equal chances."]
    assert figure.replies[1][2].endswith("how many outcomes there are.")
    assert figure.feedback == "Not quite. What is the logarithm of 4?"


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
