"""A guess that the reader commits to before the figure answers."""

import json
import re

import pytest
from playwright.sync_api import expect

from ce_lib.widgets import Prediction
from engine.draw_stills import stills
from tools.testing.figures import PLACES, place, show

EXAMPLES = {
    "choice": lambda: Prediction("2 < 3?", options=["yes", "no"], answers=["a", "b"]),
    "guess": lambda: Prediction("How much?", truth=0.5, unit="nats"),
}
REFUSED = [
    (lambda: Prediction("?", options=["a"], answers=[]), "must have one length"),
    (lambda: Prediction("?", options=["a"], answers=["b"], correct=1), "correct must"),
    (lambda: Prediction("?", truth=2.0), "truth must be in"),
]


def still(figure):
    (html,) = stills([{"figure": figure.module, "state": json.dumps(figure.initial)}])
    return html


def test_text_in_a_prediction_cannot_become_markup():
    figure = Prediction("<b>?", options=['"><script>', "b"], answers=["<i>", "&"])
    for html in (figure._page(), still(figure)):
        assert "<script" not in html
        assert "<i>" not in html


def test_a_folded_answer_has_a_space_before_a_unit_alone():
    assert "<p>0.50 nats. " in still(Prediction("?", truth=0.5, unit="nats"))
    assert "<p>0.50. " in still(Prediction("?", truth=0.5))


def test_a_guess_is_committed_before_the_answer_comes(screen):
    guess = show(screen, place("prediction"))
    commit = guess.get_by_role("button", name="Commit to this guess")
    verdict = guess.get_by_role("status")
    expect(commit).to_be_disabled()
    slider = guess.get_by_role("slider", name="my guess")
    expect(slider).to_have_attribute("aria-valuetext", "no guess")
    slider.focus()
    screen.keyboard.press("Home")
    expect(verdict).to_have_text("")
    commit.click()
    expect(verdict).to_have_text(re.compile(r"^✗ Not quite\. You said 0\.50 clicks, it is 1\.75"))
    guess.get_by_role("button", name="Guess again").click()
    slider.fill("1.75")
    commit.click()
    expect(verdict).to_have_text(re.compile("^✓ Close"))


@pytest.mark.parametrize("key", ["tap", "Enter"])
def test_the_middle_of_the_line_can_be_guessed(page, key):
    guess = show(page, place("prediction"))
    slider = guess.get_by_role("slider", name="my guess")
    if key == "tap":  # where the browser keeps the handle, which is not seen
        slider.click()
    else:
        slider.press(key)
    commit = guess.get_by_role("button", name="Commit to this guess")
    expect(commit).to_be_enabled()
    commit.click()
    low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
    assert float(slider.input_value()) == pytest.approx((low + high) / 2, abs=0.06)


def test_each_likely_guess_has_its_reply():
    replies = [[0, 0.4, "too low"], [0.4, 0.6, "about right"]]
    figure = Prediction("?", truth=0.5, replies=replies, feedback="too high")
    assert figure.initial["replies"] == replies
    assert "<p>0.50. about right</p>" in still(figure)


def test_the_guess_of_the_chapter_on_stability_is_close(page):
    guess = show(page, place("prediction", "stability"))
    guess.get_by_role("slider", name="my guess").fill("89")
    guess.get_by_role("button", name="Commit to this guess").click()
    expect(guess.get_by_role("status")).to_have_text(re.compile("^✓ Close"))


def test_the_first_moving_figure_of_a_chapter_follows_a_prediction():
    first = {page: kind for page, _, kind, _ in reversed(PLACES)}
    assert {kind for page, kind in first.items() if page != "index.html"} == {"prediction"}
