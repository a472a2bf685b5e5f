"""The loss thermometer: one loss, read four ways."""

import re

from playwright.sync_api import expect

from ce_lib.widgets import Thermometer
from tools.testing.figures import assert_heard, place, show, value

WHERE = place("thermometer")
EXAMPLES = {"plain": lambda: Thermometer(loss=2.0, classes=1000)}
REFUSED = [(lambda: Thermometer(classes=3), "classes")]


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Loss thermometer: one loss in nats, in bits, as a probability and as a number of choices",
        [
            ("slider", "loss", "End", r"^Loss 12\.00 nats, 17\.31 bits, .* worse than knowing"),
            ("radio", "10", "ArrowDown", r"worse than knowing nothing of 100 classes"),
        ],
    )


def test_the_thermometer_reads_one_loss_four_ways(screen):
    figure = show(screen, WHERE)
    figure.get_by_role("slider", name="loss").fill("0.69")
    expect(value(figure, "in bits")).to_have_text("0.995 bits")
    expect(value(figure, "probability of the truth")).to_have_text("50.2 %")
    expect(value(figure, "as surprised as among")).to_have_text("1.99 choices")
    figure.get_by_role("radio", name="50,257").check()
    expect(value(figure, "ln K")).to_have_text("10.825 nats")
    expect(screen).to_have_url(re.compile(r"thermometer\.classes=50257"))
