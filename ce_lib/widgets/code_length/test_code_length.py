"""Code length: bars of p and q to drag, and areas that are lengths."""

import re

from playwright.sync_api import expect

from ce_lib.widgets import CodeLength
from tools.testing.figures import assert_heard, hands, painted, place, show, value

CODE, SWAPPED = place("code_length"), place("code_length", copy=3)
EXAMPLES = {"plain": lambda: CodeLength()}
REFUSED = [
    (lambda: CodeLength(p=[0.5, 0.6], q=[0.5, 0.5]), "p must be probabilities"),
    (lambda: CodeLength(p=[1.5, -0.5], q=[0.5, 0.5]), "p must be probabilities"),
    (lambda: CodeLength(p=[0.5, 0.5], q=[1.0]), "must have one length"),
    (lambda: CodeLength(unit="bans"), "unit"),
]


def bars(figure, key):
    """The fields of a distribution, as numbers."""
    painted(figure.page)
    fields = figure.get_by_role("spinbutton", name=re.compile(f"^{key} of symbol"))
    return [float(field.input_value()) for field in fields.all()]


def test_each_control_is_heard(page):
    assert_heard(
        page,
        CODE,
        "Code length: drag the bars of p and q",
        [
            ("spinbutton", "model q of symbol a", "PageDown", r"q is 0\.4, .* KL 0\.029 bits\.$"),
            ("spinbutton", "model q of symbol a", "ArrowUp", r"q is 0\.41, "),
            ("radio", "bits", "ArrowDown", r"entropy of p 1\.213 nats"),
            ("button", "Make q equal p", "Enter", r"q is 0\.5, .* difference KL 0\.000 nats"),
            ("button", "Reset", "Enter", r"entropy of p 1\.750 bits"),
        ],
    )


def test_the_keyboard_alone_works_the_bars(screen):
    figure = show(screen, CODE)
    field = figure.get_by_label("model q of symbol a")
    field.focus()
    field.select_text()
    screen.keyboard.type("0.25")
    screen.keyboard.press("ArrowDown")
    screen.keyboard.press("Tab")
    assert bars(figure, "model q") == [0.24, 0.38, 0.19, 0.19]
    expect(figure.get_by_label("model q of symbol b")).to_be_focused()
    figure.get_by_role("radio", name="bits").focus()
    screen.keyboard.press("ArrowRight")
    expect(value(figure, "H(p)")).to_have_text("1.213 nats")


@hands
def test_a_hand_drags_a_bar_and_the_bars_still_sum_to_1(screen, hand):
    figure = show(screen, CODE)
    figure.locator("[data-chart=bars]").scroll_into_view_if_needed()
    bar = figure.locator("[data-chart=bars] .ce-bar.ce-q").first.bounding_box()
    start = bar["x"] + bar["width"] / 2, bar["y"] + 4
    hand(screen, start, (start[0], start[1] + 40))
    q = bars(figure, "model q")
    assert bars(figure, "truth p") == [0.5, 0.25, 0.125, 0.125]
    assert 0.1 < q[0] < 0.4
    assert round(sum(q), 9) == 1
    expect(value(figure, "KL(p‖q)")).not_to_have_text("0.000 bits")


def test_whatever_is_typed_the_bars_sum_to_1(page):
    figure = show(page, CODE)
    for symbol, text in (("a", "0.901"), ("d", "1"), ("b", "0.333"), ("c", "7"), ("a", "-1")):
        field = figure.get_by_label(f"model q of symbol {symbol}")
        field.fill(text)
        field.press("Tab")
        assert round(sum(bars(figure, "model q")), 9) == 1


def test_what_is_typed_is_kept_where_paints_come_late(page):
    page.add_init_script(  # no frame comes until the test says so
        "const late = [], frame = requestAnimationFrame;"
        "window.requestAnimationFrame = call => window.held ? late.push(call) : frame(call);"
        "window.paint = () => late.splice(0).forEach(call => call(performance.now()));"
    )
    figure = show(page, CODE)
    fields = [figure.get_by_label(f"model q of symbol {symbol}") for symbol in "abc"]
    expect(fields[0]).to_have_value("0.5")
    page.evaluate("window.held = true")
    fields[0].focus()
    fields[0].select_text()
    for text in ("0.5", "0.125", "0.25"):  # left to right
        page.keyboard.type(text)
        page.keyboard.press("Tab")
        page.evaluate("paint()")  # what was typed is painted when the next field is entered
    expect(figure.get_by_label("model q of symbol d")).to_have_value("0.125")
    for field, text in zip(fields, ("0.1", "0.2", "0.3"), strict=True):
        field.fill(text)  # selects the text before it leaves the field before
    expect(figure.get_by_label("model q of symbol d")).to_have_value("0.4")


def test_a_code_without_a_name_for_what_happens_costs_infinity(page):
    figure = show(page, CODE)
    figure.get_by_label("model q of symbol a").fill("0")
    expect(value(figure, "H(p, q)")).to_have_text("∞ bits")
    figure.get_by_label("truth p of symbol a").fill("0")
    expect(value(figure, "H(p, q)")).not_to_have_text("∞ bits")


def test_the_swapped_codes_of_the_chapter(page):
    figure = show(page, SWAPPED)
    expect(value(figure, "H(p, q)")).to_have_text("2.375 bits")
    figure.get_by_role("button", name="Swap p and q").click()
    expect(value(figure, "H(p, q)")).to_have_text("2.250 bits")
    expect(value(figure, "perplexity of q on p")).to_have_text("4.76")  # 2 to the 2.250
    figure.get_by_role("button", name="Make q equal p").click()
    expect(value(figure, "KL(p‖q)")).to_have_text("0.000 bits")
