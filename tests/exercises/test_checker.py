"""The checker of the code exercises survives any answer, and says what is wrong with it."""

import functools
import math
import random
import sys
import threading

import numpy as np
import pytest

import ce_lib as ce
from ce_lib import exercises
from ce_lib.exercises import Exercise, Trap, _sandbox, answer_name, find, solution_code, starter

ALL = exercises.exercises()
MEANS = "weight-means"  # a function of (losses, y, weights) that returns two numbers


def means(losses, y, weights):
    total = (weights[y] * losses).sum()
    return total / len(y), total / weights[y].sum()


def message(answer, name=MEANS):
    feedback = ce.check(name, answer, seed=0)
    assert not feedback
    return feedback.message


# ------------------------------------------------------------------ every exercise


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("seed", range(5))
def test_the_solution_is_right_on_all_random_cases(name, seed):
    feedback = ce.check(name, ALL[name].solution, seed=seed)
    assert feedback, feedback.message
    assert repr(feedback).startswith("✓ Right")


@pytest.mark.parametrize("name", ALL)
def test_the_solution_that_a_learner_is_shown_runs_by_itself(name):
    names = {"ce": ce, "np": np}
    exec(solution_code(name), names)
    assert ce.check(name, names[answer_name(name)])


TRAPS = [(name, at) for name, exercise in ALL.items() for at in range(len(exercise.traps))]


@pytest.mark.parametrize(("name", "at"), TRAPS)
def test_each_trap_says_its_own_message(name, at):
    trap = ALL[name].traps[at]
    for seed in range(5):
        wrong = functools.partial(trap.wrong) if callable(trap.wrong) else trap.wrong
        feedback = ce.check(name, wrong, seed=seed)  # a partial: it may call what one may not
        assert (feedback.right, feedback.message) == (False, trap.message)


@pytest.mark.parametrize("name", ALL)
def test_an_exercise_has_hints_and_traps_and_then_its_solution(name):
    exercise = ALL[name]
    assert len(exercise.traps) >= (3 if callable(exercise.solution) else 2)
    assert exercise.hints
    exercises._told.pop(name, None)
    for at, hint in enumerate(exercise.hints, 1):
        assert ce.hint(name).message == f"Hint {at} of {len(exercise.hints)}: {hint}"
    end = repr(ce.hint(name))
    assert end.startswith("def " if callable(exercise.solution) else "✗ The answer is")
    assert repr(ce.hint(name)) == end


def test_an_unknown_name_raises_with_the_near_ones():
    with pytest.raises(ValueError, match=r"name must be one of weight-means, .*got 'weigh-means'"):
        ce.check("weigh-means", means)
    with pytest.raises(ValueError, match="got 3"):
        ce.hint(3)


@pytest.mark.parametrize("name", ALL)
def test_the_cell_that_a_notebook_begins_with_runs_and_says_that_nothing_is_there(name):
    *code, last = starter(name).splitlines()
    names = {"ce": ce, "np": np}
    exec("\n".join(code), names)
    assert eval(last, names).message == (
        "Nothing is here yet: put your answer in the place of the dots."
    )


# ------------------------------------------------------------------ answers of any kind


over = threading.Event()  # ends what was not stopped: it would slow down all that follows


@pytest.fixture
def ended():
    over.clear()
    yield
    over.set()


def endless(losses, y, weights):
    while not over.is_set():
        pass


def endless_and_catching(losses, y, weights):
    for _ in range(3):
        try:
            while not over.is_set():
                pass
        except BaseException:
            continue
    return 0.0


def leaves(losses, y, weights):
    sys.exit(3)


def deep(losses, y, weights):
    return deep(losses, y, weights)


def misspelt(losses, y, weights):
    return lossses.mean()  # noqa: F821


def printing(losses, y, weights):
    print(means(losses, y, weights))


class Odd:
    def __array__(self, *_, **__):
        raise RuntimeError("no")


ANSWERS = {
    "not-yet": (..., "put your answer in the place of the dots"),
    "called": (3.0, "asks for a function of (losses, y, weights), got float: pass it without"),
    "too-few-arguments": (lambda a: 1, "must take (losses, y, weights), in this order"),
    "too-many-arguments": (lambda a, b, c, d: 1, "must take (losses, y, weights)"),
    "nothing": (lambda a, b, c: [a, None][1], "returned None for losses = [1. 2. 4.], y = [0 0 1]"),
    "prints-instead": (printing, "is the return missing?"),
    "a-string": (lambda a, b, c: "23/3", "returned str"),
    "a-row": (lambda a, b, c: a, "returned shape (3,) for"),
    "one-number": (lambda a, b, c: 7.0, "returned float for"),
    "ragged": (lambda a, b, c: (1.0, [2.0, 3.0]), "returned tuple for"),
    "odd": (lambda a, b, c: Odd(), "returned Odd for"),
    "a-class": (Odd, "must take (losses, y, weights)"),
    "complex": (lambda a, b, c: (1j, 2j), "returned tuple"),
    "raises": (lambda a, b, c: 1 / 0, "It stopped for losses = [1. 2. 4.], y = [0 0 1], weights"),
    "misspelt": (misspelt, "NameError, name 'lossses' is not defined, in “return lossses.mean()"),
    "exits": (leaves, "SystemExit, 3"),
    "recursion": (deep, "RecursionError"),
    "nan": (lambda a, b, c: (np.nan, np.nan), "returned [nan nan], and [7.666667 3.285714] is"),
    "infinite": (lambda a, b, c: (np.inf, 1.0), "an overflow, a log of 0 or 0 · ∞ on the way"),
    "minus": (lambda *case: tuple(-v for v in means(*case)), "The sign is wrong"),
    "bits": (lambda *case: tuple(v / np.log(2) for v in means(*case)), "These are bits"),
    "base-10": (lambda *c: tuple(v / np.log(10) for v in means(*c)), "logarithms to base 10"),
    "doubled": (lambda *case: tuple(2 * v for v in means(*case)), "are 2 times the right ones"),
    "hard-coded": (lambda a, b, c: (23 / 3, 23 / 7), "4 of 5 cases are wrong"),
}


@pytest.mark.parametrize(("answer", "said"), ANSWERS.values(), ids=ANSWERS)
def test_any_answer_gets_a_sentence(answer, said):
    assert said in message(answer)


@pytest.mark.usefixtures("ended")
@pytest.mark.parametrize(  # in a page one that catches everything ends with its whole cell
    ("answer", "threads_exist"),
    [(endless, True), (endless_and_catching, True), (endless, False)],
    ids=["thread", "thread-catching", "page"],
)
def test_an_endless_loop_is_stopped(answer, threads_exist, monkeypatch):
    monkeypatch.setattr(exercises, "SECONDS", 0.2)
    monkeypatch.setattr(_sandbox, "THREADS", threads_exist)
    threads = threading.active_count()
    assert "was still running after 0.2 seconds. Does each loop end?" in message(answer)
    assert threading.active_count() == threads


@pytest.mark.usefixtures("ended")
def test_a_loop_that_ends_only_for_the_shown_case_is_stopped_at_the_other(monkeypatch):
    monkeypatch.setattr(exercises, "SECONDS", 0.2)

    def answer(losses, y, weights):
        while len(y) != 3 and not over.is_set():
            pass
        return means(losses, y, weights)

    assert "Stopped: for losses = [0.5  0.25]" in message(answer)


# ------------------------------------------------------------------ what it leaves behind


def test_without_threads_the_feedback_is_the_same(monkeypatch):
    answers = (means, lambda losses, y, weights: losses.mean(), leaves, misspelt, printing)
    told = [ce.check(MEANS, answer, seed=0) for answer in answers]
    monkeypatch.setattr(_sandbox, "THREADS", False)
    assert [ce.check(MEANS, answer, seed=0) for answer in answers] == told


def test_what_an_answer_prints_and_warns_is_not_shown(capsys):
    def answer(losses, y, weights):
        print("noise")
        np.log(np.zeros(1))
        return means(losses, y, weights)

    assert ce.check(MEANS, answer)
    assert capsys.readouterr().out == ""


def test_numpy_is_afterwards_as_it_was():
    np.random.seed(5)
    random.seed(5)
    wanted = np.random.get_state()[1].copy(), random.getstate()
    before = np.exp, np.allclose, math.log, ce.softmax, sum, np.get_printoptions(), np.geterr()

    def answer(losses, y, weights):
        np.random.seed(0)
        random.seed(0)
        np.set_printoptions(precision=1)
        np.seterr(all="raise")
        np.exp = math.log = ce.softmax = __builtins__["sum"] = lambda *_: 0
        np.allclose = lambda *_, **__: True
        np.mine = 1
        return 0.0, 0.0

    assert "is right" in message(answer)
    after = np.exp, np.allclose, math.log, ce.softmax, sum, np.get_printoptions(), np.geterr()
    assert after == before
    assert not hasattr(np, "mine")
    assert (np.random.get_state()[1] == wanted[0]).all()
    assert random.getstate() == wanted[1]


def test_an_answer_that_changes_its_input_is_told_so_and_changes_no_case():
    def answer(losses, y, weights):
        losses *= weights[y]
        return losses.mean(), losses.sum() / weights[y].sum()

    assert message(answer).startswith("The numbers are right, but it changed its argument losses")


def test_a_fixed_input_cannot_help_a_wrong_answer():
    def answer(losses, y, weights):
        losses[:] = weights[:] = 1
        return 1.0, 1.0

    assert "is right" in message(answer)


def test_an_answer_sees_no_solution_on_the_stack():
    seen = []

    def answer(losses, y, weights):
        frame = sys._getframe()
        while frame := frame.f_back:
            seen.extend(frame.f_locals.values())
        return 0.0, 0.0

    message(answer)
    held = [v for v in seen if isinstance(v, (Exercise, Trap, np.ndarray, float))]
    assert held == []
    assert find(MEANS).solution not in seen


def helper(z, y, gamma):
    return ce.softmax_focal_loss(z, y, gamma=gamma)


def test_the_function_that_one_is_to_write_may_not_be_called():
    inner = lambda z, y, gamma: (lambda: ce.softmax_focal_loss(z, y, gamma=gamma))()  # noqa: E731
    for answer in (helper, lambda z, y, gamma: helper(z, y, gamma), inner):
        assert message(answer, "weight-focal").startswith("Do it without softmax_focal_loss")


def test_cases_are_new_each_time_and_the_same_for_a_seed():
    def seen(seed):
        cases = []
        ce.check(MEANS, lambda losses, y, weights: cases.append(losses.tolist()), seed=seed)
        return cases

    assert seen(1) == seen(1)
    assert seen(None) != seen(None)
