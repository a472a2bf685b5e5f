"""The loss thermometer: one loss, read four ways."""

import re

from playwright.sync_api import expect

from ce_lib.widgets import Thermometer
from tools.testing.figures import assert_heard, hands, place, show

WHERE = place("thermometer")
EXAMPLES = {"plain": lambda: Thermometer(loss=2.0, classes=1000)}
REFUSED = [(lambda: Thermometer(classes=3), "classes")]


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Loss thermometer: one loss in nats, in bits, as a probability and as a number of choices",
        [
            ("slider", "loss", "End", r"^A loss of 12\.00 nats, 17\.31 bits: .* is worse than"),
            ("radio", "10", "ArrowDown", r"For 100 classes that is worse than to know nothing"),
        ],
    )


def test_the_thermometer_reads_one_loss_four_ways(screen):
    figure = show(screen, WHERE)
    figure.get_by_role("slider", name="loss").fill("0.69")
    chart = figure.locator(".ce-chart")
    for reading in ("0.69 nats", "1.00 bits", "50\u00a0%", "one of 2"):
        expect(chart.get_by_text(reading, exact=True)).to_be_visible()
    figure.get_by_role("radio", name="50,257").check()
    expect(chart).to_contain_text("ln 50,257 = 10.82: knows nothing")
    expect(screen).to_have_url(re.compile(r"thermometer\.classes=50257"))


@hands
def test_a_hand_drags_the_loss(screen, hand):
    figure = show(screen, WHERE)
    figure.locator(".ce-charts").scroll_into_view_if_needed()
    box = figure.locator(".ce-knob").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand(screen, (x, y), (x - 40, y))
    says = figure.locator(".ce-says")
    expect(says).to_contain_text("For 10 classes that is better than to know nothing")


def test_a_loss_of_ln_k_is_that_of_knowing_nothing(page):
    figure = show(page, WHERE, "thermometer.loss=6.91&thermometer.classes=1000")
    expect(figure.locator(".ce-says")).to_contain_text("just what it costs to know nothing")
