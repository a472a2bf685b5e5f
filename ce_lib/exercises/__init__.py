"""Feedback on the code exercises of the book: whether an answer is right, and if not, why.

An exercise is a solution and its traps: common wrong answers as code, each with its feedback. The
solution, the traps and an answer run on the same fresh random cases. An answer is right if it
agrees with the solution; if it agrees with a trap, it gets the feedback of that trap. Each chapter
has a module of exercises here, found by itself, whose name is the key of the chapter.
"""

import difflib
import functools
import importlib
import inspect
import pkgutil
import textwrap
from dataclasses import dataclass

import numpy as np

from ._sandbox import Stopped, run
from .words import error_text, inputs, kind, nothing, numbers, text, uses

SECONDS = 5  # that an answer may take on all cases


@dataclass(frozen=True)
class Trap:
    """A common wrong answer, as code or as a value, and the feedback that it earns.

    `line` is the line of the exercise's steps in which it goes wrong, for the Parsons step.
    """

    wrong: object
    message: str
    line: str = ""


@dataclass(frozen=True)
class Exercise:
    """A code exercise.

    Args:
        solution: a function, or a value where the exercise asks for one.
        cases: a function that takes a random generator and returns the argument tuples to try; the
            first ones are short enough to be shown in a message. None for a value.
        traps: tried in this order.
        hints: shown one at a time, before the solution.
        without: names that the answer must not use, because writing them is the exercise.
        steps: the solution in more and shorter lines, for the Parsons step (parsons.py); a function
            whose last line returns the answer. None where the lines of the solution will do.
        rtol, atol: relative and absolute tolerance of a right answer.
    """

    solution: object
    cases: object = None
    traps: tuple = ()
    hints: tuple = ()
    without: tuple = ()
    steps: object = None
    rtol: float = 1e-7
    atol: float = 1e-9

    def same(self, got, want):
        """Whether two values have the same shape and the same numbers; nan equals nan."""
        got, want = numbers(got), numbers(want)
        if got is None or want is None or got.shape != want.shape:
            return False
        return np.allclose(got, want, rtol=self.rtol, atol=self.atol, equal_nan=True)


@dataclass(frozen=True)
class Result:
    """What an answer returned: the name of its type, and its numbers or None."""

    came: str
    array: object


@dataclass(frozen=True)
class Failure:
    """What an answer raised, as a sentence."""

    said: str


@dataclass(frozen=True)
class Feedback:
    """Whether an answer is right (its truth value), and a message (how it prints)."""

    right: bool
    message: str

    def __bool__(self):
        return self.right

    def __repr__(self):
        return textwrap.fill(f"{'✓' if self.right else '✗'} {self.message}", 88)


def check(name, answer, *, seed=None):
    """Says whether an answer to a code exercise is right, and if not, what is likely wrong.

    Args:
        name: the exercise's name, as on its page: "weight-focal".
        answer: the function that the exercise asks for, not called, or the value.
        seed: of the random cases; with None they are new each time.

    Returns:
        A Feedback, true if the answer is right. It prints as a sentence that says why or why not.
        An exception in the answer is reported, not raised, and after 5 seconds it is stopped.

    Raises:
        ValueError: no exercise has this name.

    Example:
        >>> ce.check("weight-means", lambda losses, y, weights: losses.mean())
        ✗ It returned float64 for losses = [1. 2. 4.], y = [0 0 1], weights = [1. 5.], and must
        return two numbers.
        >>> bool(ce.check("weight-means", 3))
        False

    See Also:
        hint: helps before you have an answer.

    In the exercises of every chapter.
    """
    exercise = find(name)
    if nothing(answer):
        return Feedback(False, "Nothing is here yet: put your answer in the place of the dots.")
    if not callable(exercise.solution):
        return judge_value(exercise, answer)
    return _check_function(exercise, answer, np.random.default_rng(seed))


def hint(name):
    """Gives the next hint for a code exercise; after the last hint, the solution.

    Args:
        name: the exercise's name, as on its page: "weight-focal".

    Returns:
        A Feedback, false, that prints the hint.

    Raises:
        ValueError: no exercise has this name.

    Example:
        >>> ce.hint("weight-focal")
        ✗ Hint 1 of 2: ce.log_softmax(z) has a row for each example; take the entry of its label.

    See Also:
        check: says what is wrong with your answer.

    In the exercises of every chapter.
    """
    exercise = find(name)
    told = _told[name] = _told.get(name, 0) + 1
    if told <= len(exercise.hints):
        said = f"Hint {told} of {len(exercise.hints)}: {exercise.hints[told - 1]}"
        return Feedback(False, said)
    if callable(exercise.solution):
        return _Source(False, solution_code(name))
    return Feedback(False, f"The answer is {text(exercise.solution)}.")


class _Source(Feedback):
    def __repr__(self):
        return self.message


_told = {}  # the number of hints shown, by exercise


@functools.cache
def by_chapter():
    """The exercises of each chapter: {key of the chapter: {name: Exercise}}."""
    names = [module.name for module in pkgutil.iter_modules(__path__)]
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {
        name: vars(one)["EXERCISES"] for name, one in modules.items() if "EXERCISES" in vars(one)
    }


def exercises():
    """All exercises by their names."""
    return {name: one for chapter in by_chapter().values() for name, one in chapter.items()}


def find(name):
    """The exercise of this name. If there is none, the ValueError suggests similar names."""
    known = exercises()
    if name not in known:
        near = difflib.get_close_matches(str(name), known) or sorted(known)
        raise ValueError(f"name must be one of {', '.join(near)}, got {name!r}")
    return known[name]


def answer_name(name):
    """The name of an answer in a notebook: its function's, or bce_saturate for a value."""
    solution = find(name).solution
    return solution.__name__ if callable(solution) else name.replace("-", "_")


def starter(name):
    """The first code of an exercise in a notebook: an empty answer and its check."""
    solution, called = find(name).solution, answer_name(name)
    head = (
        f"def {called}{inspect.signature(solution)}:\n    "
        if callable(solution)
        else f"{called} = "
    )
    return f'{head}...\n\nce.check("{name}", {called})'


def solution_code(name):
    """The solution as code, under the name of the answer."""
    solution = find(name).solution
    if callable(solution):
        return textwrap.dedent(inspect.getsource(solution)).rstrip()
    return f"{answer_name(name)} = {solution!r}"


# ---- a value -------------------------------------------------------------------------------------


def judge_value(exercise, answer):
    """Feedback on an answer that is a value."""
    got = numbers(answer)
    if got is None:
        return Feedback(False, f"The answer must be {kind(exercise.solution)}, got {answer!r:.60}.")
    if exercise.same(got, exercise.solution):
        return Feedback(True, f"Right: {text(exercise.solution)}.")
    for trap in exercise.traps:
        if exercise.same(got, trap.wrong):
            return Feedback(False, trap.message)
    return Feedback(False, f"{text(got)} is not it. ce.hint says where to look.")


# ---- a function ----------------------------------------------------------------------------------


def _check_function(exercise, answer, rng):
    names = arguments(exercise)
    if not callable(answer):
        return Feedback(
            False,
            f"The exercise asks for a function of ({', '.join(names)}), got "
            f"{type(answer).__name__}: pass it without calling it.",
        )
    cases = exercise.cases(rng)
    try:
        inspect.signature(answer).bind(*cases[0])
    except TypeError:
        return Feedback(False, f"The function must take ({', '.join(names)}), in this order.")
    except ValueError:  # a builtin need not have a signature
        pass
    if used := uses(answer, exercise.without):
        return Feedback(False, f"Do it without {used}: to write out what it does is the exercise.")

    def call(*case):
        value = answer(*case)
        return Result(type(value).__name__, numbers(value))

    outcomes, given = run(call, cases, SECONDS)
    outcomes = [
        Failure(error_text(outcome))
        if isinstance(outcome, BaseException) and not isinstance(outcome, Stopped)
        else outcome
        for outcome in outcomes
    ]
    return judge(exercise, cases, outcomes, given)


def arguments(exercise):
    """The names of the arguments of the function that an exercise asks for."""
    return list(inspect.signature(exercise.solution).parameters)


def judge(exercise, cases, outcomes, given):
    """Feedback on an answer that is a function.

    Args:
        exercise: the exercise.
        cases: the arguments on which the function ran.
        outcomes: a Result, a Failure or Stopped for each case.
        given: the arguments after the function ran: it may have changed them.

    Returns:
        A Feedback.
    """
    names = arguments(exercise)
    for case, outcome in zip(cases, outcomes, strict=True):
        if isinstance(outcome, Stopped):
            said = f"for {inputs(names, case)} it was still running after {SECONDS} seconds"
            return Feedback(False, f"Stopped: {said}. Does each loop end?")
    outputs = [getattr(outcome, "array", None) for outcome in outcomes]
    right = [exercise.solution(*case) for case in cases]
    if all(map(exercise.same, outputs, right)):
        for before, after in zip(cases, given, strict=True):
            for name, was, is_now in zip(names, before, after, strict=True):
                if not np.array_equal(numbers(was), numbers(is_now), equal_nan=True):
                    said = f"The numbers are right, but it changed its argument {name}"
                    return Feedback(False, f"{said}: work on a copy, the caller needs it.")
        return Feedback(True, f"Right, on {len(cases)} cases.")
    for trap in exercise.traps:
        with np.errstate(all="ignore"):
            if all(
                exercise.same(got, trap.wrong(*c)) for got, c in zip(outputs, cases, strict=True)
            ):
                return Feedback(False, trap.message)
    for case, want, outcome in zip(cases, right, outcomes, strict=True):
        where = f"for {inputs(names, case)}"
        if isinstance(outcome, Failure):
            return Feedback(False, f"It stopped {where}: {outcome.said}.")
        if outcome.came == "NoneType":
            return Feedback(False, f"It returned None {where}: is the return missing?")
        if outcome.array is None or outcome.array.shape != np.shape(want):
            shape = getattr(outcome.array, "shape", ())
            came = f"shape {shape}" if shape else outcome.came
            said = f"It returned {came} {where}, and must return {kind(want)}"
            return Feedback(False, f"{said}.")
    return _compare(exercise, names, cases, right, outputs)


def _compare(exercise, names, cases, right, outputs):
    """Feedback on results that have the right shape and some wrong numbers."""
    wrong = [not exercise.same(*pair) for pair in zip(outputs, right, strict=True)]
    flat = [np.concatenate([np.ravel(numbers(v)) for v in values]) for values in (outputs, right)]
    finite = np.isfinite(flat[0]) & np.isfinite(flat[1]) & (flat[1] != 0)
    ratio = flat[0][finite] / flat[1][finite]
    if len(ratio) > 1 and np.ptp(ratio) <= 1e-6 * abs(ratio[0]):
        factor = ratio[0]
        if np.isclose(factor, -1):
            return Feedback(False, "The sign is wrong: all numbers are right but for a minus.")
        for constant, what in ((1 / np.log(2), "bits"), (1 / np.log(10), "logarithms to base 10")):
            if np.isclose(factor, constant):
                return Feedback(False, f"These are {what}; nats were asked for: np.log, base e.")
        if finite.all() and factor not in (0, 1):
            return Feedback(False, f"All numbers are {factor:.4g} times the right ones.")
    at = wrong.index(True)
    where, got, want = inputs(names, cases[at]), outputs[at], right[at]
    said = f"For {where} it returned {text(got)}, and {text(want)} is right"
    if np.isnan(got).any() or (np.isinf(got) & np.isfinite(numbers(want))).any():
        said += ": an overflow, a log of 0 or 0 · ∞ on the way"
    return Feedback(False, f"{said}. {sum(wrong)} of {len(cases)} cases are wrong.")
