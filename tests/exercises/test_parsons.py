"""The Parsons steps: their right lines are right, and each wrong line is wrong in its place."""

from types import SimpleNamespace

import numpy as np
import pytest
from docutils import nodes

import ce_lib as ce
from ce_lib.exercises import answer_name, exercises, find, parsons
from engine import page_python
from engine.compat import EXERCISES

ALL = exercises()
# These go wrong on fewer cases than their traps: the other branch of the solution stays right.
OWN_WORDS = {"return np.log(1 + np.exp(others).sum())", "return np.log(np.exp(z).sum()) - z[y]"}


def feedback(name, lines):
    names = {"ce": ce, "np": np}
    with np.errstate(all="ignore"):
        exec(parsons.compose(name, lines), names)
    return ce.check(name, names[answer_name(name)], seed=0)


@pytest.mark.parametrize("name", ALL)
def test_the_right_lines_in_their_order_are_right(name):
    assert feedback(name, parsons.right_lines(name))


WRONG = [(name, at) for name in ALL for at in range(len(parsons.wrong_lines(name)))]


@pytest.mark.parametrize(("name", "at"), WRONG)
def test_a_wrong_line_in_its_place_is_wrong_in_the_way_of_its_trap(name, at):
    place, line = parsons.wrong_lines(name)[at]
    lines = parsons.right_lines(name)
    lines[place] = line
    said = feedback(name, lines)
    [trap] = [trap for trap in find(name).traps if trap.line == line.text]
    assert not said
    assert (said.message == trap.message) == (line.text not in OWN_WORDS)


@pytest.mark.parametrize("name", ALL)
def test_a_step_has_lines_to_order_and_lines_to_leave(name):
    right, wrong = parsons.right_lines(name), parsons.wrong_lines(name)
    assert len(right) >= 3
    assert 2 <= len(wrong) <= 4
    given = parsons.shuffled(name)
    assert sorted(given) == sorted({*right, *(line for _, line in wrong)})
    assert [line for line in given if line in right] != right
    assert given == parsons.shuffled(name)


def test_a_statement_of_many_lines_is_one_line_and_comments_are_left_out():
    code = "if a:  # one\n    # two\n    b = (1 +  # three\n        2)\nelse:\n    c()  # four\n"
    assert parsons.statements(code) == [
        (0, "if a:"),
        (1, "b = (1 +  # three\n        2)"),
        (0, "else:"),
        (1, "c()"),
    ]


@pytest.mark.parametrize("hidden", [False, True])
def test_a_site_without_solutions_has_no_lines_of_them(hidden):
    exercise = type(EXERCISES[0], (nodes.Element,), {})
    page = nodes.section("", exercise(label="entropy-kl"))
    config = SimpleNamespace(ce_python="some", hide_solutions=hidden)
    page_python.add_answers(SimpleNamespace(config=config), page, "entropy")
    steps = [raw.astext() for raw in page.findall(nodes.raw)]
    assert ["here = p &gt; 0" in step for step in steps] == ([] if hidden else [True])
    assert page[-1]["ids"] == ["answer-entropy-kl"]
