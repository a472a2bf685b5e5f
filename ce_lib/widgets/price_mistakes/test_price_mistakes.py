"""Price the mistakes: a curve to drag, what each mail costs, and how the mails pull."""

import re

import pytest
from mpmath import mp, mpf
from playwright.sync_api import expect
from scipy.optimize import minimize

from ce_lib.widgets import PriceMistakes
from tools.testing import by_hand
from tools.testing.figures import assert_heard, hands, open_table, painted, place, ready, show

WHERE, SHY = place("price_mistakes"), place("price_mistakes", copy=2)
FEW = [[-1.0, 0, "hello"], [-0.5, 1, "a gift"], [0.5, 0, "a bill"], [1.0, 1, "a prize"]]
EXAMPLES = {
    "plain": lambda: PriceMistakes(),
    "few": lambda: PriceMistakes(w=1.0, b=-0.5, steps=3, mails=FEW, mail=4),
}
REFUSED = [
    (lambda: PriceMistakes(w=9), "w"),
    (lambda: PriceMistakes(mails=FEW[:1]), "mails must be 2 to 40 mails, got 1"),
    (
        lambda: PriceMistakes(mails=[*FEW, [0, 2, "half spam"]]),
        "each mail must be [score, 0 or 1, subject], got [0, 2, 'half spam']",
    ),
    (
        lambda: PriceMistakes(mails=[[1, 0, "one"], [1, 1, "two"]]),
        "mails must differ in their scores, got one score",
    ),
    (lambda: PriceMistakes(mails=FEW, mail=5), "mail must be at most 4, got 5"),
]
MAILS = PriceMistakes().mails


def mean_price(w, b):
    """The mean price of the book's twenty mails, by mpmath."""
    prices = [by_hand.binary(mpf(w) * mpf(str(x)) + mpf(b), y)[0] for x, y, _ in MAILS]
    return mp.fsum(prices) / len(prices)


def written(text):
    """A number of a table: 0.6931, or 8.29·10⁻⁶."""
    digits, _, power = text.partition("·10")
    plain = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(digits) * 10.0 ** int(plain or 0)


def says(figure):
    return figure.locator(".ce-says")


def drawn(figure):
    """The curve, as the picture has it."""
    painted(figure.page)
    return figure.locator(".ce-chart path.ce-q").get_attribute("d")


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Mails by their spam score, how sure the filter is, and what each mail costs",
        [
            ("slider", "weight w", "Home", r"^Sure and wrong: .* costs 34\.4, as much as the 9"),
            ("button", "Reset", "Enter", r"“a quick favour” was spam, .* 1 in 300\. It costs 5\.7"),
            ("slider", "the score at which the filter says ½", "ArrowUp", r"It costs 6\.0,"),
            ("slider", "the mail that is read", "End", r"^“\$\$\$ now \$\$\$” was spam, .* 0\.00"),
        ],
    )


@pytest.mark.parametrize(
    ("w", "b"), [(0, 0), (3, 0), (2, -5), (0.81, 0.05)], ids=["nothing", "sure", "shy", "on-trial"]
)
def test_the_mean_price_is_that_of_mpmath(page, w, b):
    figure = show(page, WHERE, f"price-mistakes.w={w}&price-mistakes.b={b}")
    expect(figure.locator(".ce-chart")).to_contain_text(f"mean price {float(mean_price(w, b)):.2f}")
    open_table(figure)
    rows = figure.get_by_role("row").all()[1:]
    prices = [written(row.get_by_role("cell").nth(3).inner_text()) for row in rows]
    for price, (x, y, _) in zip(prices, MAILS, strict=True):
        assert price == pytest.approx(float(by_hand.binary(mpf(w) * x + b, y)[0]), abs=6e-5)


def test_training_ends_at_the_minimum_that_scipy_finds(open_page):
    best = minimize(lambda t: float(mean_price(*t)), [0, 0], tol=1e-10)
    page = open_page(reduced_motion="reduce")  # which goes there at once
    figure = show(page, WHERE, "price-mistakes.w=2&price-mistakes.b=-5")
    figure.get_by_role("button", name="Play").click()
    expect(says(figure)).to_have_text(
        f"After 62 steps the pulls up and down hold each other. The mean price is {best.fun:.2f}, "
        "and no small move makes it lower."
    )
    w = figure.get_by_role("slider", name="weight w")
    assert float(w.input_value()) == pytest.approx(best.x[0], abs=0.05)  # in steps of 0.1
    middle = figure.get_by_role("slider", name="the score at which")
    assert float(middle.input_value()) == pytest.approx(-best.x[1] / best.x[0], abs=0.05)


def test_one_step_is_the_learning_rate_times_the_mean_pull(page):
    w, b = 2.0, -5.0
    pulls = [(by_hand.binary(w * x + b, y)[1], x) for x, y, _ in MAILS]
    there = w - float(sum(q * x for q, x in pulls)) / 20, b - float(sum(q for q, _ in pulls)) / 20
    query = "price-mistakes.w=2&price-mistakes.b=-5&price-mistakes.steps=1"
    expect(says(show(page, WHERE, query))).to_contain_text(
        f"One step: the mean price goes from {float(mean_price(w, b)):.2f} "
        f"to {float(mean_price(*there)):.2f}."
    )


def test_the_keyboard_alone_works_the_filter(screen):
    figure = show(screen, WHERE)
    figure.get_by_role("slider", name="weight w").focus()
    for _ in range(3):
        screen.keyboard.press("ArrowLeft")
    expect(figure.locator(".ce-chart")).to_contain_text(f"price {float(mean_price(2.7, 0)):.2f}")
    figure.get_by_role("button", name="Step").press("Enter")
    expect(says(figure)).to_contain_text("One step")
    figure.get_by_role("button", name="Step").press("Enter")
    expect(says(figure)).to_contain_text("2 steps")
    figure.get_by_role("button", name="Reset").press("Enter")
    expect(says(figure)).to_contain_text("It costs 5.7")


def test_play_pauses_where_it_is_asked_to_and_reset_comes_back(page):
    figure = show(page, WHERE, "price-mistakes.w=2&price-mistakes.b=-5")
    figure.get_by_role("button", name="Play").click()
    expect(says(figure)).to_contain_text("steps: the mean price is")
    figure.get_by_role("button", name="Pause").click()
    at = drawn(figure)
    expect(page).to_have_url(re.compile(r"price-mistakes\.steps=\d+($|&)"))
    assert drawn(figure) == at
    page.reload()
    assert drawn(ready(page, WHERE[1])) == at
    figure.get_by_role("button", name="Reset").click()
    expect(says(figure)).to_contain_text("It costs 5.7")


def test_an_address_that_says_running_starts_nothing(page):
    figure = show(page, WHERE, "price-mistakes.running=true&price-mistakes.w=2")
    expect(figure.get_by_role("button", name="Play")).to_be_visible()
    at = drawn(figure)
    page.wait_for_timeout(200)
    assert drawn(figure) == at


def test_the_links_of_the_text_go_forth_and_back(page):
    figure = show(page, SHY)
    step = page.get_by_role("link", name="Let it take one step")
    train = page.get_by_role("link", name="let it train")
    step.click()
    expect(says(figure)).to_contain_text("One step: the mean price goes from 1.37 to 1.26.")
    expect(step).to_have_attribute("aria-current", "true")
    train.click()
    expect(figure.get_by_role("button", name="Pause")).to_be_visible()
    step.click()  # in the middle
    expect(figure.get_by_role("button", name="Play")).to_be_visible()
    expect(says(figure)).to_contain_text("One step: the mean price goes from 1.37 to 1.26.")
    train.click()
    expect(says(figure)).to_contain_text("After 62 steps", timeout=60_000)
    step.click()
    expect(says(figure)).to_contain_text("One step: the mean price goes from 1.37 to 1.26.")


@hands
def test_a_hand_drags_the_curve(screen, hand):
    figure = show(screen, WHERE)
    figure.scroll_into_view_if_needed()
    middle = figure.get_by_role("slider", name="the score at which")
    knob = figure.locator(".ce-handle.ce-q").last.locator(".ce-knob").bounding_box()
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    hand(screen, (x, y), (x + 60, y))
    expect(middle).to_have_value(re.compile(r"^(0\.[5-9]|[12])"))
    screen.mouse.move(x - 100, y)  # nothing is held any more
    at = drawn(figure)
    assert drawn(figure) == at
    slope = figure.locator(".ce-handle.ce-q").first.locator(".ce-knob").bounding_box()
    x, y = slope["x"] + slope["width"] / 2, slope["y"] + slope["height"] / 2
    hand(screen, (x, y), (x, y + 40))
    weight = figure.get_by_role("slider", name="weight w")
    expect(weight).to_have_value(re.compile(r"^[01]"))


def test_a_mail_is_read_where_it_is_pointed_at_and_the_address_keeps_it(page):
    figure = show(page, WHERE)
    dots = figure.locator(".ce-chart circle.ce-p:not(.ce-handle *)")
    dots.nth(6).click(force=True)
    expect(says(figure)).to_have_text(re.compile("^“rent is due” was not spam, .* 95 %"))
    expect(page).to_have_url(re.compile(r"price-mistakes\.mail=7"))
