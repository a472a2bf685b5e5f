"""A classifier that is trained in the page."""

import re

from playwright.sync_api import expect

from ce_lib.widgets import Playground
from tools.testing.figures import assert_heard, painted, place, show

WHERE = place("playground")
EXAMPLES = {"plain": lambda: Playground()}
REFUSED = [
    (lambda: Playground(data="circles"), "data"),
    (lambda: Playground(rate=11), "rate"),
    (lambda: Playground(flip=[400]), "flip"),
]


def says(figure):
    return figure.locator(".ce-says")


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Playground: train a classifier",
        [
            ("button", "Step", "Enter", "^After 1 steps a point pays"),
            ("radio", "moons", "ArrowDown", "^Nothing is learned yet"),
            ("radio", "fresh start", "ArrowDown", "^Sure and wrong: the worst point alone pays"),
        ],
    )


def test_it_plays_pauses_and_ends(page):
    page.emulate_media(reduced_motion="no-preference")
    figure = show(page, WHERE, "playground.net=line&playground.step=1900")
    figure.get_by_role("button", name="Play").click()
    expect(figure.get_by_text("step 2000")).to_be_attached()
    expect(figure.get_by_role("button", name="Play")).to_be_visible()  # it has stopped by itself
    figure = show(page, WHERE)
    figure.get_by_role("button", name="Play").click()
    expect(figure.get_by_text(re.compile("^step [1-9]"))).to_be_attached()
    figure.get_by_role("button", name="Pause").click()
    expect(figure.get_by_role("button", name="Play")).to_be_visible()


def test_without_motion_it_is_trained_at_once(page):
    page.emulate_media(reduced_motion="reduce")
    figure = show(page, WHERE, "playground.net=line")
    figure.get_by_role("button", name="Play").click()
    expect(figure.get_by_text("step 2000")).to_be_attached()


def test_the_runs_of_the_text_end_as_it_says(page):
    figure = show(page, WHERE)
    links = page.locator("a.ce-set[href*=playground]")
    for text, sentence in {
        "train it with cross-entropy for 60 steps": r"^(After 60 steps|Most wrong, most pulled)",
        "The same 60 steps with ½MSE": "^½MSE is stuck",
        "cross-entropy says 0.05 on average": "^After 600 steps",
        "Let each positive count nineteen times": r"^It says 0\.\d\d .* where 0\.05 happens",
        "The focal loss": "^Trained on focal it is timid",
    }.items():
        link = links.filter(has_text=text)
        link.click()
        expect(says(figure)).to_have_text(re.compile(sentence))
        expect(link).to_have_attribute("aria-current", "true")


def test_a_tap_and_a_key_turn_the_label_of_a_point(page):
    figure = show(page, WHERE)
    hollow = figure.locator("circle.ce-hollow")
    before = hollow.count()
    figure.locator("circle.ce-p.ce-full").first.click(force=True)
    expect(hollow).to_have_count(before + 1)
    expect(page).to_have_url(re.compile(r"playground\.flip="))
    figure.get_by_role("button", name="More").click()
    figure.get_by_role("slider", name="point").press("ArrowRight")
    figure.get_by_role("button", name="Change its label").click()
    painted(page)
    assert abs(hollow.count() - before) in (0, 2)
