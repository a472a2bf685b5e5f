"""Base rate: what a constant answer costs, its lowest point, and a loss beside it."""

import re

import pytest
from mpmath import log, mpf
from playwright.sync_api import expect

from ce_lib.widgets import BaseRate
from tools.testing import by_hand
from tools.testing.figures import assert_heard, hands, open_table, painted, place, ready, show

WHERE = place("base_rate")
EXAMPLES = {"plain": lambda: BaseRate(), "near": lambda: BaseRate(r=0.02, z=-5.5, zoom=5)}
REFUSED = [
    (lambda: BaseRate(r=0), "r"),
    (lambda: BaseRate(loss=2), "loss"),
    (lambda: BaseRate(z=-7), "z"),
]
CALLED = "What the same answer for everybody costs, and the loss of a model beside it"


def says(figure):
    return figure.locator(".ce-says")


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        CALLED,
        [
            (
                "slider",
                "share of positives",
                "End",
                r"^Giving everybody 0\.50 .* 99\.\d\d %",
            ),
            ("button", "Reset", "Enter", r"The share itself, 1 %, costs 0\.056: .* 0\.10 is worse"),
            ("slider", "the loss that your model reports", "Home", r"A loss of 0 is better than"),
            (
                "slider",
                "the q that everybody gets, by its log-odds",
                "Home",
                r"^Giving everybody 0\.002 costs 0\.06\d, and a flat no would cost ∞\.",
            ),
        ],
    )


@pytest.mark.parametrize("r", ["0.01", "0.2", "0.5", "0.9"])
def test_the_costs_are_those_of_mpmath(page, r):
    figure = show(page, WHERE, f"base-rate.r={r}&base-rate.z=-1.5")
    open_table(figure)
    by_q, by_name = figure.get_by_role("table").all()
    share, q = mpf(r), by_hand.sigmoid(mpf("-1.5"))
    expected = [by_hand.entropy([share, 1 - share]), -share * log(q) - (1 - share) * log(1 - q)]
    for row, nats in zip(by_name.get_by_role("row").all()[1:3], expected, strict=True):
        assert float(row.get_by_role("cell").inner_text()) == pytest.approx(float(nats), abs=6e-5)
    for flat in ("0", "1"):  # a flat no, and a flat yes
        row = by_q.get_by_role("row", name=re.compile(f"^{flat} "))
        expect(row.get_by_role("cell").first).to_have_text("∞")


SAID = {
    "share": ("r=0.01&z=-4.595", r"^A loss of 0\.10 looks small\. .* 1 % costs 0\.056, .* worse"),
    "half": ("r=0.5", r"50 % costs 0\.69\. A loss of 0\.10 saves 86 % of that"),
    "fifth": ("r=0.2&loss=0.5&z=-1.386", r"costs 0\.50\. A loss of 0\.50 is just that"),
    "no": ("r=0.2&z=-5.5", r"0\.004 costs 1\.1, more than a coin .* a flat no would cost ∞"),
}


@pytest.mark.parametrize(("query", "words"), SAID.values(), ids=SAID)
def test_the_sentence_says_what_the_loss_is_worth(page, query, words):
    asked = "&".join(f"base-rate.{pair}" for pair in query.split("&"))
    expect(says(show(page, WHERE, asked))).to_have_text(re.compile(words))


def test_the_keyboard_alone_works_the_figure(screen):
    figure = show(screen, WHERE)
    expect(says(figure)).to_contain_text("The share itself, 1 %, costs 0.056")
    figure.get_by_role("slider", name="the q that everybody gets").focus()
    for _ in range(5):
        screen.keyboard.press("PageDown")
    expect(says(figure)).not_to_contain_text("0.50 costs 0.69")
    share = figure.get_by_role("slider", name="share of positives")
    share.focus()
    screen.keyboard.press("End")
    expect(figure.locator(".ce-chart")).to_contain_text("399 of 400 are positive")
    figure.get_by_role("button", name="Reset").press("Enter")
    expect(says(figure)).to_contain_text("Giving everybody 0.50 costs 0.69.")
    expect(figure.locator(".ce-chart")).to_contain_text("4 of 400 are positive")


@hands
def test_a_hand_drags_the_answer_and_finds_the_lowest_point(screen, hand):
    figure = show(screen, WHERE, "base-rate.r=0.2")
    picture = figure.locator(".ce-chart")
    picture.scroll_into_view_if_needed()

    def middle(knob):
        box = knob.locator(".ce-knob").bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    said, share = figure.locator(".ce-handle.ce-q"), figure.locator(".ce-handle.ce-p")
    goal = middle(share)
    hand(screen, middle(said), (goal[0] + 2, goal[1]))
    expect(says(figure)).to_contain_text("Giving everybody the same 20 % costs 0.50.")
    flag = figure.locator(".ce-handle.ce-loss")
    x, y = middle(flag)
    hand(screen, (x, y), (x, y - 60))
    expect(says(figure)).not_to_contain_text("A loss of 0.10")


def test_what_is_set_is_in_the_address_and_comes_back(page):
    figure = show(page, WHERE)
    figure.get_by_role("slider", name="the loss that your model reports").fill("0.4")
    expect(page).to_have_url(re.compile(r"base-rate\.loss=0\.4"))
    page.reload()
    figure = ready(page, WHERE[1])
    expect(figure.locator(".ce-chart")).to_contain_text("0.40")


def test_the_lowest_point_stays_in_sight_when_the_picture_is_larger(page):
    figure = show(page, WHERE, "base-rate.zoom=5&base-rate.z=-4.595")
    expect(figure.locator(".ce-chart")).to_contain_text("0.15")  # the scale is larger, and says so
    figure.get_by_role("slider", name="share of positives").press("End")
    for _ in range(12):
        figure.get_by_role("slider", name="share of positives").press("PageDown")
    painted(page)
    knob = figure.locator(".ce-handle.ce-p .ce-knob").bounding_box()
    picture = figure.locator(".ce-chart").bounding_box()
    assert picture["y"] < knob["y"] < picture["y"] + picture["height"]
