"""The cost of a text, letter by letter."""

import re

from playwright.sync_api import expect

from ce_lib.widgets import TextCost
from tools.testing.figures import assert_heard, place, show, value

WHERE = place("text_cost")
EVEN = {"even": [1 / 27] * 27}
EXAMPLES = {"markup": lambda: TextCost(EVEN, text="A text, <b>!")}
REFUSED = [
    (lambda: TextCost({"few": [0.5, 0.5]}), "models must be 27 probabilities"),
    (lambda: TextCost(EVEN, model="odd"), "model must be one of"),
    (lambda: TextCost(EVEN, text="a" * 41), "text must have at most"),
]


def test_each_control_is_heard(page):
    told = "^35 symbols in the code made for"
    assert_heard(
        page,
        WHERE,
        "Cost of a text: type one and choose a code",
        [
            ("textbox", "your text (up to 40 letters)", "a", f"{told} the story"),
            ("radio", "the story", "ArrowDown", f"{told} its first page"),
        ],
    )


def test_a_typed_text_costs_what_its_letters_cost(screen):
    figure = show(screen, WHERE)
    field = figure.get_by_label("your text (up to 40 letters)", exact=True)
    field.fill("")
    expect(value(figure, "symbols")).to_have_text("0")
    for name in ("per symbol: H(p, q)", "best for these letters: H(p)"):
        expect(value(figure, name)).to_have_text("–")
    expect(figure.get_by_role("status")).to_have_text(re.compile("^0 symbols .*: 0.00 bits.$"))
    field.press_sequentially("Zebra, quiz!")
    expect(value(figure, "symbols")).to_have_text("10")
    figure.get_by_role("radio", name="nothing known").check()
    expect(value(figure, "per symbol: H(p, q)")).to_have_text("4.75 bits")  # log₂ 27
    expect(value(figure, "whole text")).to_have_text("47.55 bits")
    figure.get_by_role("radio", name="its first page").check()
    expect(value(figure, "whole text")).to_have_text("∞ bits")
    figure.get_by_role("radio", name="the story").check()
    expect(value(figure, "whole text")).not_to_have_text("∞ bits")
    expect(screen).to_have_url(re.compile(r"text-cost\.text=Zebra%2C\+quiz%21|text=Zebra,\+quiz"))
