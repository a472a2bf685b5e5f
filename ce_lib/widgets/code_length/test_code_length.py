"""Code length: columns as wide as p and as high as a code made for q, and what it wastes."""

import re

from playwright.sync_api import expect

from ce_lib.widgets import CodeLength
from tools.testing.figures import assert_heard, hands, open_table, painted, place, show

CODE, COAST = place("code_length"), place("code_length", copy=2)
EXAMPLES = {"plain": lambda: CodeLength()}
REFUSED = [
    (lambda: CodeLength(p=[0.5, 0.6], q=[0.5, 0.5]), "p must be probabilities"),
    (lambda: CodeLength(p=[1.5, -0.5], q=[0.5, 0.5]), "p must be probabilities"),
    (lambda: CodeLength(p=[0.5, 0.5], q=[1.0]), "must have one length"),
    (lambda: CodeLength(unit="bans"), "unit"),
]
EVEN = "code-length.p=0.5,0.25,0.125,0.125&code-length.q=0.5,0.25,0.125,0.125"


def opened(page, where=CODE, query=""):
    """The figure with its fields and tables in sight."""
    figure = show(page, where, query)
    open_table(figure)
    return figure


def says(figure, sentence):
    expect(figure.get_by_role("img")).to_have_accessible_name(re.compile(sentence))


def bars(figure, key):
    """The fields of a distribution, as numbers."""
    painted(figure.page)
    fields = figure.get_by_role("spinbutton", name=re.compile(f"^{key} of symbol"))
    return [float(field.input_value()) for field in fields.all()]


def symbols(figure):
    fields = figure.get_by_role("spinbutton", name=re.compile("^model q of symbol"))
    return [field.get_attribute("aria-label").split()[-1] for field in fields.all()]


def test_each_control_is_heard(page):
    first = symbols(opened(page, query=EVEN))[0]
    assert_heard(
        page,
        CODE,
        "Code length: what a code made for q wastes",
        [
            ("spinbutton", f"model q of symbol {first}", "PageDown", r"costs 1\.\d+ bits a word"),
            ("button", "Make q equal p", "Enter", r"p itself, the code costs 1\.75 bits"),
            ("slider", f"length of the code word for {first}", "ArrowUp", r"0\.0\d is wasted"),
            ("radio", "bits", "ArrowDown", r"nats: 1\.21 must be paid"),
            ("button", "Reset", "Enter", r"costs 1\.75 bits a word"),
        ],
    )


def test_the_keyboard_alone_works_the_fields(screen):
    figure = opened(screen, query=EVEN)
    first, second, *_ = symbols(figure)
    field = figure.get_by_label(f"model q of symbol {first}")
    field.focus()
    field.select_text()
    screen.keyboard.type("0.25")
    screen.keyboard.press("ArrowDown")
    screen.keyboard.press("Tab")
    assert bars(figure, "model q") == [0.24, 0.38, 0.19, 0.19]
    expect(figure.get_by_label(f"model q of symbol {second}")).to_be_focused()
    figure.get_by_role("radio", name="bits").focus()
    screen.keyboard.press("ArrowRight")
    says(figure, r"nats: 1\.21 must be paid")


def test_a_knob_goes_to_infinity_and_back_by_keys(page):
    figure = opened(page, query=EVEN)
    name = symbols(figure)[0]
    knob = figure.get_by_role("slider", name=f"length of the code word for {name}")
    knob.press("End")
    says(figure, f"The code for q has no word for {name}, which happens: its price is ∞")
    expect(knob).to_have_attribute("aria-valuetext", "∞ bits, q is 0")
    knob.press("ArrowDown")
    says(figure, r"is wasted")
    assert bars(figure, "model q")[0] == 0.001


@hands
def test_a_hand_drags_a_length_and_q_still_sums_to_1(screen, hand):
    figure = opened(screen, query=EVEN)
    figure.locator(".ce-chart").scroll_into_view_if_needed()
    knob = figure.locator(".ce-knob").first.bounding_box()
    start = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    hand(screen, start, (start[0], start[1] - 40))
    q = bars(figure, "model q")
    assert bars(figure, "truth p") == [0.5, 0.25, 0.125, 0.125]
    assert 0.2 < q[0] < 0.4  # some 40 pixels a bit, of which a finger loses a few
    assert round(sum(q), 9) == 1
    says(figure, r"0\.\d+ is wasted")


def test_whatever_is_typed_the_bars_sum_to_1(page):
    figure = opened(page, query=EVEN)
    a, b, c, d = symbols(figure)
    for symbol, text in ((a, "0.901"), (d, "1"), (b, "0.333"), (c, "7"), (a, "-1")):
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
    figure = opened(page, query=EVEN)
    *some, last = symbols(figure)
    fields = [figure.get_by_label(f"model q of symbol {symbol}") for symbol in some]
    expect(fields[0]).to_have_value("0.5")
    page.evaluate("window.held = true")
    fields[0].focus()
    fields[0].select_text()
    for text in ("0.5", "0.125", "0.25"):  # left to right
        page.keyboard.type(text)
        page.keyboard.press("Tab")
        page.evaluate("paint()")  # what was typed is painted when the next field is entered
    expect(figure.get_by_label(f"model q of symbol {last}")).to_have_value("0.125")
    for field, text in zip(fields, ("0.1", "0.2", "0.3"), strict=True):
        field.fill(text)  # selects the text before it leaves the field before
    expect(figure.get_by_label(f"model q of symbol {last}")).to_have_value("0.4")


def test_a_code_without_a_name_for_what_happens_costs_infinity(page):
    figure = opened(page, query=EVEN)
    first = symbols(figure)[0]
    figure.get_by_label(f"model q of symbol {first}").fill("0")
    says(figure, "its price is ∞")
    figure.get_by_label(f"truth p of symbol {first}").fill("0")
    says(figure, "is wasted|no code costs less")


def test_the_swapped_lists_of_the_chapter(page):
    figure = opened(page, COAST)
    says(figure, r"costs 2\.25 bits a word: 1\.75 must be paid, 0\.50 is wasted")
    perplexity = figure.get_by_role("row", name=re.compile("^perplexity"))
    expect(perplexity.get_by_role("cell").first).to_have_text("4.76")  # 2 to the 2.250
    figure.get_by_role("button", name="Swap p and q").click()
    says(figure, r"costs 2\.38 bits a word: 1\.75 must be paid, 0\.63 is wasted")
    figure.get_by_role("button", name="Make q equal p").click()
    says(figure, "no code costs less")
    net = figure.get_by_role("row", name=re.compile("KL"))
    expect(net.get_by_role("cell").first).to_have_text("0 bits")
