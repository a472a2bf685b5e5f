"""How hard cross-entropy and ½MSE pull on a logit."""

from playwright.sync_api import expect

from ce_lib.widgets import Slopes
from tools.testing.figures import assert_heard, hands, inside, place, show, value

WHERE = place("slopes")
EXAMPLES = {"logarithmic": lambda: Slopes(scale="log")}
REFUSED = [(lambda: Slopes(z=11.0), "z")]


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Slopes of cross-entropy and of ½MSE in the logit",
        [
            ("slider", "logit z", "Home", r"^At logit −10\.0, label 1: .* ratio 22,028\.$"),
            ("radio", "y = 1", "ArrowDown", r"^At logit −10\.0, label 0"),
        ],
    )


def test_the_keyboard_finds_the_slopes_of_the_text(screen):
    slopes = show(screen, WHERE)
    slopes.get_by_role("slider", name="logit z").press("Home")
    expect(value(slopes, "slope of cross-entropy")).to_have_text("−0.99995")
    expect(value(slopes, "ratio")).to_have_text("22,028")


def test_what_the_text_calls_a_the_slopes_call_a(page):
    slopes = show(page, WHERE)
    expect(value(slopes, "output a")).to_have_text("0.0474")
    expect(slopes.locator(".ce-chart")).to_contain_text("a = 1/3")
    slopes.get_by_text("Data table").click()
    expect(slopes.get_by_role("columnheader", name="output a")).to_be_visible()


@hands
def test_the_logit_of_the_slopes_follows_a_hand(screen, hand):
    slopes = show(screen, WHERE)
    chart = slopes.locator(".ce-chart").first
    hand(screen, inside(chart, 0.4, 0.5), inside(chart, 0.8, 0.5))
    assert float(slopes.get_by_role("slider", name="logit z").input_value()) > 2
