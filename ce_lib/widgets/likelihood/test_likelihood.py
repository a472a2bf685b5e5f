"""The likelihood: a product that underflows, and a mean of logs that does not."""

from playwright.sync_api import expect

from ce_lib.widgets import Likelihood
from tools.testing.figures import assert_heard, hands, inside, place, show, value

WHERE = place("likelihood")
EXAMPLES = {"plain": lambda: Likelihood()}
REFUSED = [(lambda: Likelihood(n=5), "n")]


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Likelihood of coin flips: the product and the sum of logs",
        [
            ("slider", "flips n", "End", r"1400 heads in 2000 flips: .* float32 is 0, .* −1386\.3"),
            ("radio", "float32", "ArrowDown", r"the product in float64 is 0"),
            ("slider", "probability q", "Home", r"^q 0\.01, .* mean loss 3\.\d+ nats"),
        ],
    )


def test_the_keyboard_alone_works_the_likelihood(screen):
    figure = show(screen, WHERE)
    expect(value(figure, "product in float32")).to_have_text("9.77·10⁻⁴")
    figure.get_by_role("slider", name="flips n").focus()
    screen.keyboard.press("End")
    expect(value(figure, "product in float32")).to_have_text("0")
    expect(figure.locator("[data-chart=product]")).to_contain_text("every product is 0 in float32")
    expect(value(figure, "mean −log")).to_have_text("0.693 nats")
    figure.get_by_role("slider", name="probability q").focus()
    screen.keyboard.press("Home")
    expect(value(figure, "mean −log")).to_have_text("3.227 nats")


@hands
def test_a_hand_drags_the_probability_of_the_likelihood(screen, hand):
    figure = show(screen, WHERE)
    chart = figure.locator("[data-chart=mean]")
    hand(screen, inside(chart, 0.55, 0.5), inside(chart, 0.75, 0.5))
    expect(value(figure, "mean −log")).not_to_have_text("0.693 nats")
    slider = figure.get_by_role("slider", name="probability q")
    assert 0.6 < float(slider.input_value()) < 0.9


def test_the_read_out_names_the_dtype_of_the_product(page):
    figure = show(page, WHERE)
    figure.get_by_role("radio", name="float64").check()
    expect(value(figure, "product in float64")).to_have_text("9.77·10⁻⁴")
