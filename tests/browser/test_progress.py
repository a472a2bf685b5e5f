"""What a reader answered stays in the browser, survives nothing that is not its own, and can go."""

import json
import re

import pytest
from playwright.sync_api import expect

QUIZ = "quiz-entropy-surprise"


def answer(page, at):
    page.goto("chapters/entropy.html")
    page.locator(f"#{QUIZ}").get_by_role("radio").nth(at).check()


def stored(page):
    return json.loads(page.evaluate("localStorage.getItem('ce-progress')") or "{}")


def beside_chapter_1(page):
    page.goto("index.html")
    return page.locator(".ce-done").first


def test_an_answer_is_there_again_after_a_reload_and_beside_the_chapter(page):
    answer(page, 0)
    said = page.locator(f"#{QUIZ}").get_by_role("status").text_content()
    page.reload()
    quiz = page.locator(f"#{QUIZ}")
    expect(quiz.get_by_role("radio").nth(0)).to_be_checked()
    expect(quiz.get_by_role("status")).to_have_text(said)
    right = int(said.startswith("✓"))
    expect(beside_chapter_1(page)).to_have_text(f"quizzes: {right} of 1 answered are right")
    expect(page.locator(".ce-done").nth(1)).to_have_text("")


def test_it_can_be_exported_cleared_and_imported_by_the_keyboard(page, tmp_path):
    answer(page, 1)
    before = stored(page)
    note = beside_chapter_1(page)
    box = page.locator(".ce-progress")
    with page.expect_download() as download:
        box.get_by_role("button", name="Export").press("Enter")
    file = tmp_path / "mine.json"
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8")) == before
    clear = box.get_by_role("button", name=re.compile("[Cc]lear"))
    clear.press("Enter")
    expect(box.get_by_role("status")).to_have_text(re.compile("Press again"))
    assert stored(page) == before
    clear.press("Enter")
    expect(box.get_by_role("status")).to_have_text("Nothing is stored any more.")
    assert stored(page) == {}
    expect(note).to_have_text("")
    box.get_by_label("A file of progress").set_input_files(file)
    expect(box.get_by_role("status")).to_have_text("Answers read from the file: 1.")
    assert stored(page) == before
    expect(note).to_have_text(re.compile("of 1 answered"))


def test_exercises_are_counted_apart_and_once_in_whichever_way_they_are_solved(page, tmp_path):
    answer(page, 0)
    quizzes = beside_chapter_1(page).text_content()
    right = {"page": "entropy", "choice": 0, "right": True}
    solved = ["parsons-entropy-kl", "code-entropy-kl", "code-entropy-counts"]
    found = dict.fromkeys(solved, right) | {"parsons-entropy-perplexity": right | {"right": False}}
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"version": 1, "answers": found}), "utf-8")
    box = page.locator(".ce-progress")
    box.get_by_label("A file of progress").set_input_files(file)
    expect(box.get_by_role("status")).to_have_text("Answers read from the file: 4.")
    expect(page.locator(".ce-done").first).to_have_text(f"{quizzes}; exercises: 2 solved")
    page.evaluate("text => localStorage.setItem('ce-progress', text)", file.read_text("utf-8"))
    expect(beside_chapter_1(page)).to_have_text("exercises: 2 solved")
    clear = box.get_by_role("button", name=re.compile("[Cc]lear"))
    clear.click()
    clear.click()
    expect(page.locator(".ce-done").first).to_have_text("")
    assert stored(page) == {}


HOSTILE = {
    "junk": "not json",
    "array": "[]",
    "null": "null",
    "version": '{"version": 2, "answers": {}}',
    "markup": '{"version": 1, "answers": {"quiz-<img src=x onerror=alert(1)>": '
    '{"page": "entropy", "choice": 0, "right": true}}}',
    "kind": '{"version": 1, "answers": {"other-a": {"page": "a", "choice": 0, "right": true}}}',
    "page": '{"version": 1, "answers": {"quiz-a": {"page": "<b>", "choice": 0, "right": true}}}',
    "choice": '{"version": 1, "answers": {"quiz-a": {"page": "a", "choice": 1e99, "right": true}}}',
    "huge": '{"version": 1, "answers": {}, "x": "' + "y" * 200_000 + '"}',
    "deep": "[" * 50_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_file_of_another_make_changes_nothing_and_is_told(page, tmp_path, text):
    answer(page, 0)
    before = stored(page)
    beside_chapter_1(page)
    file = tmp_path / "theirs.json"
    file.write_text(text, "utf-8")
    box = page.locator(".ce-progress")
    box.get_by_label("A file of progress").set_input_files(file)
    expect(box.get_by_role("status")).to_have_text(
        "This file is not one that Export made; nothing was changed."
    )
    assert stored(page) == before


def test_whatever_is_stored_no_page_fails(page):
    page.goto("chapters/entropy.html")
    for text in HOSTILE.values():
        page.evaluate("text => localStorage.setItem('ce-progress', text)", text)
        page.reload()
        expect(page.locator(f"#{QUIZ}").get_by_role("radio").first).to_be_visible()
        expect(page.locator(f"#{QUIZ}").get_by_role("status")).to_have_text("")
    answer(page, 1)  # what was not its own is gone, and the quiz works
    assert list(stored(page)["answers"]) == [QUIZ]


def test_where_nothing_may_be_stored_the_quiz_works_and_forgets(open_page):
    page = open_page()
    page.add_init_script(
        """for (const name of ["getItem", "setItem"]) {
            const given = Storage.prototype[name];
            Storage.prototype[name] = function (key, ...rest) {
                if (key === "ce-progress") throw new DOMException("no", "SecurityError");
                return given.call(this, key, ...rest); // the theme does not expect it
            };
        }"""
    )
    page.goto("chapters/entropy.html")
    quiz = page.locator(f"#{QUIZ}")
    quiz.get_by_role("radio").first.check()
    expect(quiz.get_by_role("status")).to_have_text(re.compile("^[✓✗]"))


def test_another_tab_keeps_its_answers(open_page):
    page = open_page()
    other = page.context.new_page()
    answer(page, 0)
    other.goto(page.url)
    other.locator(".ce-quiz:not([data-numbers])").nth(1).get_by_role("radio").first.check()
    page.locator(".ce-quiz:not([data-numbers])").nth(2).get_by_role("radio").first.check()
    assert len(stored(page)["answers"]) == 3


def test_without_scripts_the_sentence_is_there_and_no_button(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("index.html")
    expect(page.get_by_text("stays in this browser")).to_be_visible()
    expect(page.locator(".ce-progress").get_by_role("button")).to_have_count(0)
