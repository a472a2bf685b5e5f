"""The price of a forecast."""

import re

from mpmath import log, mp, mpf
from playwright.sync_api import expect

from ce_lib.widgets import Forecast
from tools.testing.figures import assert_heard, hands, place, show

WHERE = place("forecast")
EXAMPLES = {"plain": lambda: Forecast()}
REFUSED = [(lambda: Forecast(percent=101), "percent")]


def bits(q):
    with mp.workdps(30):
        return f"{float(-log(mpf(q), 2)):.2f} bits"


def prices(figure):
    return figure.locator(".ce-chart text.ce-loss").all_text_contents()


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "The price of a forecast",
        [
            ("slider", "chance of rain", "ArrowLeft", "^89 % rain: one mistake costs .* 19 "),
            ("slider", "chance of rain", "End", "^100 % rain: you are certain, .* without end"),
            ("button", "Reset", "Enter", "^90 % rain: .* as much as 22 right answers"),
        ],
    )  # fmt: skip


def test_both_prices_are_those_of_the_formula(page):
    for percent in ("90", "97", "50"):
        figure = show(page, WHERE, f"forecast.percent={percent}")
        q = int(percent) / 100
        expect(figure.locator(".ce-says")).to_have_text(re.compile(f"^{percent} % rain"))
        assert prices(figure) == [bits(1 - q), bits(q)]


@hands
def test_a_hand_drags_the_forecast(screen, hand):
    figure = show(screen, WHERE)
    chart = figure.locator(".ce-chart").first
    chart.scroll_into_view_if_needed()
    knob, box = figure.locator(".ce-knob").bounding_box(), chart.bounding_box()
    start = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    hand(screen, start, (box["x"] + box["width"] / 2, start[1]))
    expect(figure.locator(".ce-says")).to_have_text(re.compile("^50 % rain: you do not know"))


def test_a_link_of_the_text_moves_it_there(page):
    figure = show(page, WHERE)
    link = page.get_by_role("link", name="be certain of rain")
    link.click()
    expect(figure.locator(".ce-says")).to_have_text(re.compile("without end"))
    expect(link).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(r"forecast\.percent=100"))
