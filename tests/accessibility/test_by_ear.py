"""Each figure by its accessibility tree alone: keys go in, names, values and sentences come out."""

import re

from playwright.sync_api import expect

from tools.testing import figures
from tools.testing.figures import every_kind, every_page_of_figures, open_table, place, show_all

ENTROPY = "chapters/entropy.html"


def show(page, where):
    return figures.show(page, where).get_by_role("group").first


# What has the focus in a figure, as a screen reader names it.
FOCUS = """figure => {
    const at = document.activeElement;
    return figure.contains(at) ? [at.type ?? at.localName, at.name ?? ""] : null;
}"""


@every_page_of_figures
def test_the_tab_key_meets_each_control_once_in_reading_order(page, name):
    for figure in show_all(page, name):
        open_table(figure)
        controls = figure.locator("input, button, summary, [tabindex]")
        in_order = controls.evaluate_all(
            """all => {
                const groups = new Set(); // of radio buttons one has the focus
                return all.filter(({ type, name }) =>
                    type !== "radio" || !(groups.has(name) || !groups.add(name)))
                    .map((node) => [node.type ?? node.localName, node.name ?? ""]);
            }"""
        )
        controls.first.focus()
        if in_order[0][0] == "radio":
            figure.locator("input:checked").first.focus()
        met = []
        while (at := figure.evaluate(FOCUS)) is not None and len(met) <= len(in_order):
            met.append(at)
            page.keyboard.press("Tab")
        assert met == in_order
        above = controls.evaluate_all(  # as they are read: none stands above the one before it
            """all => all.map((node) => node.getBoundingClientRect())
                .filter((box, i, boxes) => i && box.bottom <= boxes[i - 1].top).length"""
        )
        assert above == 0


@every_kind
def test_the_keys_of_a_slider_move_it_and_its_value_is_said(page, where):
    figure = show(page, where)
    for slider in figure.get_by_role("slider").all():
        expect(slider).to_have_accessible_name(re.compile(r"\w"))
        said = []
        for key in ("Home", "ArrowRight", "PageUp", "End", "ArrowLeft", "PageDown"):
            slider.press(key)
            page.evaluate(
                "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            said.append(slider.get_attribute("aria-valuetext"))
        low, right, up, high, left, down = said
        assert all(re.search(r"\d", text) for text in said)
        assert low != right != up and high != left != down and low != high, said


# Live text says each thing once: a burst of keys, the table opened, nothing else.
COUNT = """live => {
    window.told = [];
    new MutationObserver(() => told.push(live.textContent)).observe(live, { childList: true });
}"""


def test_a_burst_of_keys_is_told_once_and_the_same_never_twice(page):
    figure = show(page, place("loss_lens"))
    live, slider = figure.get_by_role("status"), figure.get_by_role("slider", name="logit z")
    live.evaluate(COUNT)
    slider.evaluate(
        """async (slider) => { // as a key that is held down does
            for (let n = 0; n < 20; n++) {
                slider.stepUp();
                slider.dispatchEvent(new Event("input"));
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    open_table(figure)  # repaints, and says nothing
    expect(live).to_have_text(re.compile("^At logit −1.00"))
    slider.press("ArrowLeft")
    slider.press("ArrowRight")  # back where it was
    slider.press("End")
    expect(live).to_have_text(re.compile("^At logit 8.00"))
    assert page.evaluate("told.map((text) => text.slice(0, 14))") == [
        "At logit −1.00",
        "At logit 8.00,",
    ]


# ------------------------------------------------------------------ a guess, a quiz


def test_a_guess_is_made_and_judged_by_keys_and_the_focus_stays(page):
    page.goto(ENTROPY)
    guess = page.get_by_role("group", name=re.compile("^Your prediction")).first
    slider = guess.get_by_role("slider", name="my guess")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0\.50 clicks$"))
    page.keyboard.press("Tab")
    expect(guess.get_by_role("button", name="Commit to this guess")).to_be_focused()
    page.keyboard.press("Enter")
    expect(guess.get_by_role("status")).to_have_text(re.compile(r"^✗ Not quite\. You said 0\.50"))
    expect(guess.get_by_role("button", name="Guess again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(slider).to_be_focused()


def test_a_formula_in_a_quiz_has_a_name_that_says_it(page):
    page.goto(ENTROPY)
    quiz = page.locator("#quiz-entropy-surprise")
    expect(quiz.get_by_role("radiogroup")).to_have_accessible_name(
        "Something of probability ¼ happens. How large is the surprise?"
    )
    radio = quiz.get_by_role("radio", name="¾", exact=True)
    radio.press("Space")
    expect(radio).to_be_checked()
    expect(quiz.get_by_role("status").get_by_role("img", name="1 − p")).to_be_visible()
