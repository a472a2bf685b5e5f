"""What holds for every chapter, with what its own file here says of it.

A file test_KEY.py has `expected()`, the numbers that the chapter glues into its text, recomputed
without ce_lib; QUIZZES, the numbers of its quizzes that ask for one; RIGHT and WRONG, answers as
learners write them to the exercises in code; and, for each question of the worksheet, a function of
its name that computes the answers anew.
"""

import importlib
import re

import mpmath
import numpy as np
import pytest

import ce_lib as ce
from ce_lib.exercises import by_chapter
from engine.chapters import BY_KEY, CHAPTERS, blocks
from engine.quiz import asks_for_a_number, parse
from tools.classroom.questions import QUESTIONS
from tools.testing.by_hand import agrees, exact
from tools.testing.chapter_code import printed_by_solutions, whole

FILES = {c.key: importlib.import_module(f"tests.chapters.test_{c.key}") for c in CHAPTERS}
SEEDS = range(300)
every_chapter = pytest.mark.parametrize("entry", CHAPTERS, ids=lambda entry: entry.key)


def pairs(table):
    """A test parameter for each item of a table that every file has by the same name."""
    return [
        pytest.param(*item, id=f"{key}-{n}")
        for key, file in FILES.items()
        for n, item in enumerate(table(file))
    ]


# Numbers


@every_chapter
def test_each_glued_number_is_recomputed(executed, entry):
    glued, expected = executed(entry.name).glued, FILES[entry.key].expected()
    assert glued.keys() == expected.keys()
    wrong = {n: (text, expected[n]) for n, text in glued.items() if not agrees(text, expected[n])}
    assert wrong == {}


@every_chapter
def test_each_glued_number_is_used_and_each_used_one_is_glued(executed, entry):
    used = set(re.findall(r"\{glue:text\}`(\w+)`", whole(entry)))
    assert used == executed(entry.name).glued.keys()


def decimals_in(text):
    return [float(number) for number in re.findall(r"(?<![\w.])\d+\.\d+", text)]


def prose(source):
    """The text of a chapter, without front matter, code, formulas, roles and directive options."""
    text = re.sub(r"\A---.*?^---$", "", source, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^:::\{lesson\}.*?^:::$|^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^(✓ )?= .*", "", text, flags=re.MULTILINE)  # recomputed by itself
    text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", text, flags=re.DOTALL)
    text = re.sub(r"\{[\w:]+\}`[^`]*`|`[^`]*`", "", text)
    return re.sub(r"^:\w.*$", "", text, flags=re.MULTILINE)


@every_chapter
def test_each_decimal_typed_in_the_prose_is_in_a_cell_too(executed, entry):
    done = executed(entry.name)
    known = decimals_in(" ".join([done.code, done.printed, *done.glued.values()]))
    known += decimals_in(printed_by_solutions(entry)) + getattr(FILES[entry.key], "GIVEN", [])

    def unbacked(source):
        return [number for number in decimals_in(prose(source)) if number not in known]

    assert unbacked(whole(entry)) == []
    typed = whole(entry) + "\nThe loss is 123.456 nats, as `0.777` and $0.888$ are not.\n"
    assert unbacked(typed) == [123.456]


def numeric_quizzes(entry):
    """Of each quiz that asks for a number: its name, and its numbers with their tolerances."""
    for name, text in blocks(whole(entry), "quiz"):
        _, options = parse(name, text)
        if asks_for_a_number(options):
            numbers = [option.number for option in options[:-1]]
            yield name, [(float(number), float(within)) for number, within, _ in numbers]


def asked(quiz):
    """A quiz without its answers, of which a reader reads one."""
    return re.sub(r"^: .*\n", "", quiz[0], flags=re.MULTILINE)


@pytest.mark.parametrize("key", [key for key, file in FILES.items() if hasattr(file, "QUIZZES")])
def test_each_number_of_a_quiz_is_recomputed_the_wrong_ones_too(key):
    found, expected = dict(numeric_quizzes(BY_KEY[key])), FILES[key].QUIZZES
    assert found.keys() == expected.keys()
    for name, numbers in found.items():
        for (number, within), want in zip(numbers, expected[name], strict=True):
            assert abs(number - float(want)) <= within / 2, (name, number, want)


@every_chapter
def test_the_minutes_of_a_chapter_are_those_of_the_rule(entry):
    source = entry.source.read_text("utf-8").partition("\n## Exercises")[0]
    source = re.sub(r"^:::\{quiz\}.*?^:::$", asked, source, flags=re.MULTILINE | re.DOTALL)
    figures = len(re.findall(r"^widgets\.", source, re.MULTILINE))
    words = len(re.sub(r"^```.*?^```$", "", source, flags=re.MULTILINE | re.DOTALL).split())
    assert abs(words / 150 + 2 * figures - entry.minutes) <= 3


# Exercises in code


def test_each_exercise_has_an_answer_of_another_make_and_wrong_ones():
    for key, exercises in by_chapter().items():
        assert FILES[key].RIGHT.keys() == exercises.keys()
        assert {name for name, *_ in FILES[key].WRONG} == exercises.keys()


@pytest.mark.parametrize(("name", "answer"), pairs(lambda file: getattr(file, "RIGHT", {}).items()))
def test_a_right_answer_of_another_make_is_right(name, answer):
    for seed in range(3):
        feedback = ce.check(name, answer, seed=seed)
        assert feedback, feedback.message


@pytest.mark.parametrize(("name", "answer", "said"), pairs(lambda file: getattr(file, "WRONG", [])))
def test_a_wrong_answer_is_told_its_trap(name, answer, said):
    for seed in range(3):
        feedback = ce.check(name, answer, seed=seed)
        assert not feedback
        assert said in feedback.message


# Worksheets


every_question = pytest.mark.parametrize(
    ("key", "question"),
    [(key, question) for key, questions in QUESTIONS.items() for question in questions],
    ids=lambda part: getattr(part, "__name__", part),
)


def flat(found):
    """The numbers and words of an answer, one after the other."""
    for value in found.values():
        yield from np.ravel(np.array(value, dtype=object))


@every_question
def test_an_answer_is_what_its_numbers_give(key, question):
    by_hand = getattr(FILES[key], question.__name__)
    with mpmath.workdps(40):
        for seed in SEEDS:
            made = question(np.random.default_rng(seed))
            given = {k: v if isinstance(v, str) else exact(v) for k, v in made.given.items()}
            want = by_hand(**given)
            assert want.keys() == made.answers.keys()
            for got, right in zip(flat(made.answers), flat(want), strict=True):
                if isinstance(right, str):
                    assert got == right
                else:
                    assert mpmath.almosteq(float(got), right, 1e-9) or got == right, (seed, got)


def numbers(text):
    """The numbers that a text shows, with the half of the last digit of each."""
    text = text.replace("{,}", "")
    for above, below in re.findall(r"\\tfrac\{(\d+)\}\{(\d+)\}", text):
        yield int(above) / int(below), 0
    found = re.findall(r"(-?\d+)(?:\.(\d+))?(?: \\cdot 10\^\{(-\d+)\})?", text)
    for digits, rest, exponent in found:
        power = int(exponent or 0)
        yield float(f"{digits}.{rest or 0}e{power}"), 0.5 * 10.0 ** (power - len(rest))


def shown(value, text):
    """Whether a text shows a word, or a number to three digits, without zeros at the end."""
    if isinstance(value, str):
        return value in text
    if np.isinf(value):
        return r"\infty" in text
    rounded = 0.0051 * abs(value) if abs(value) < 0.1 else 0.00051
    rounded = max(rounded, 0.051 * (abs(value) >= 100), 0.51 * (abs(value) >= 1000))
    return any(
        abs(number - value) <= min(rounded, half * 1000) or number == value
        for number, half in numbers(text)
    )


@every_question
def test_the_sheet_shows_what_is_given_and_the_key_what_is_asked(key, question):
    for seed in SEEDS:
        made = question(np.random.default_rng(seed))
        for value in flat(made.given):
            if isinstance(value, str):
                assert value in made.ask
            else:
                printed = [number for number, _ in numbers(made.ask)]
                assert np.isclose(printed, float(value), rtol=1e-12, atol=0).any(), (seed, value)
        for value in flat(made.answers):
            assert shown(value, made.answer), (seed, value, made.answer)
            if not isinstance(value, str):
                assert value != 0


@pytest.mark.parametrize("key", QUESTIONS)
def test_in_each_chapter_a_student_made_a_mistake(key):
    asks = {q: " ".join(q(np.random.default_rng(0)).ask.split()) for q in QUESTIONS[key]}
    wrong = [q for q, ask in asks.items() if "A student wrote" in ask]
    assert len(wrong) == 1
    for seed in SEEDS:
        made = wrong[0](np.random.default_rng(seed))
        line = " ".join(re.findall(r"(?m)^> (.*)$", made.ask))
        *_, (said, _) = numbers(line)
        right = next(flat(made.answers))
        assert abs(said - right) > 0.01 * abs(right), (seed, said, right)
