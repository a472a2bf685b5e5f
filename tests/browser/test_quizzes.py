"""The quizzes of the chapters, answered as readers do."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine import chapters

CHAPTERS = {c.key: c.name for c in chapters.CHAPTERS if c.exercises.exists()}
BOOK = Path(__file__).parent.parent.parent


def quizzes(page, name):
    page.goto(f"chapters/{CHAPTERS[name]}.html")
    return page.locator(".ce-quiz")


@pytest.mark.parametrize("name", CHAPTERS)
def test_each_option_says_what_it_teaches_and_one_is_right(page, name):
    found = quizzes(page, name)
    assert found.count() >= 4
    for quiz in found.all():
        expect(quiz.locator("summary")).to_be_hidden()
        if quiz.get_attribute("data-numbers"):
            each_number_says_what_it_teaches(quiz)
            continue
        radios, verdict = quiz.get_by_role("radio"), quiz.get_by_role("status")
        expect(quiz.get_by_role("radiogroup")).to_have_accessible_name(re.compile(r"\w.*[?…:]$"))
        expect(verdict).to_have_text("")
        said = []
        for radio in radios.all():
            expect(radio).to_have_accessible_name(re.compile(r"\S"))
            radio.check()
            said.append(verdict.inner_text())
        assert sorted(text[0] for text in said) == ["✓", *"✗" * (radios.count() - 1)]
        for radio, text in zip(radios.all(), said, strict=True):
            radio.check()
            links = verdict.get_by_role("link")
            assert links.count() >= (text[0] == "✗"), text
            for link in links.all():
                assert page.locator(f"[id='{link.get_attribute('href')[1:]}']").count() == 1


def each_number_says_what_it_teaches(quiz):
    field, verdict = quiz.get_by_role("textbox"), quiz.get_by_role("status")
    expect(field).to_have_accessible_name(re.compile(r"\w.*[?…:]$"))
    said = []
    for number, within in [*json.loads(quiz.get_attribute("data-numbers")), (987.5, 0)]:
        for near in {number - 0.9 * within, number + 0.9 * within}:
            field.fill(str(near))
            field.press("Enter")
            expect(verdict).to_have_text(re.compile("^[✓✗]"))
        said.append(verdict.inner_text())
    assert len(set(said)) == len(said)
    assert sorted(text[0] for text in said) == ["✓", *"✗" * (len(said) - 1)]
    field.fill("two")
    quiz.get_by_role("button", name="Check").click()
    expect(verdict).to_have_text("A number is wanted: 0.5, or 1/2.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboard_answers_and_the_answer_is_announced(open_page, scheme):
    page = open_page(color_scheme=scheme, viewport={"width": 360, "height": 800})
    quiz = quizzes(page, "weights").first
    quiz.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    expect(quiz.get_by_role("status")).to_have_text(re.compile("^✗ In odds it is this factor"))
    page.keyboard.press("ArrowDown")
    expect(quiz.get_by_role("status")).to_have_text(re.compile("^✓ Its odds are"))
    expect(quiz.get_by_role("radio").nth(1)).to_be_checked()
    box = quiz.bounding_box()
    assert box["x"] + box["width"] <= 360


def test_without_scripts_the_answers_lie_under_a_fold(open_page):
    page = open_page(java_script_enabled=False)
    quiz = quizzes(page, "weights").first
    assert quiz.get_by_role("listitem").count() >= 3
    answers = quiz.get_by_role("group").get_by_role("listitem")
    expect(answers.first).to_be_hidden()
    quiz.get_by_text("Answers").click()
    expect(answers.first).to_be_visible()
    expect(answers.first).to_have_text(re.compile("^✗ In odds"))


def test_the_place_of_an_option_does_not_tell_which_is_right():
    places = [
        [line.startswith("✓") for line in re.findall(r"^(.+)\n: ", quiz, re.MULTILINE)].index(True)
        for path in [*BOOK.glob("chapters/*.md"), *BOOK.glob("exercises/*.md")]
        for quiz in re.findall(r":::\{quiz\}.*?^:::$", path.read_text("utf-8"), re.M | re.S)
        if "\n✓ = " not in quiz
    ]
    assert len(places) >= 24
    assert all(places.count(place) <= len(places) / 2 for place in range(3))
