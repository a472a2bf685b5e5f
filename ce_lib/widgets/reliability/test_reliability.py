"""The reliability diagram with a temperature to turn."""

from playwright.sync_api import expect

from ce_lib.widgets import Reliability
from tools.testing.figures import assert_heard, number, place, show, value

WHERE = place("reliability")
EXAMPLES = {"plain": lambda: Reliability([[2.0, 0.0], [0.0, 1.0]], [0, 1])}
REFUSED = [(lambda: Reliability([[1.0]], []), "logits and labels must have one length")]


def test_each_control_is_heard(page):
    told = r"^Temperature 10\.00: .* error 0\.\d+, mean"
    called = "Reliability diagram with a temperature"
    assert_heard(page, WHERE, called, [("slider", "temperature T", "End", told)])


def test_a_higher_temperature_mends_the_calibration(screen):
    figure = show(screen, WHERE)
    before = number(figure, "ECE")
    figure.get_by_role("slider", name="temperature T").focus()
    for _ in range(20):
        screen.keyboard.press("ArrowRight")
    expect(value(figure, "temperature T")).to_have_text("1.58")
    assert number(figure, "ECE") < before / 2
