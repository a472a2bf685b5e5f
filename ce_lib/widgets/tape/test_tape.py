"""The tape: words that fall, clicks on a wire, and a bill in two parts."""

import re
from fractions import Fraction

import mpmath
import pytest
from playwright.sync_api import expect

from ce_lib.widgets import Tape
from tools.testing.figures import assert_heard, follow, hands, painted, place, ready, show

TAPE = place("tape")
EXAMPLES = {
    "plain": lambda: Tape(),
    "fractions": lambda: Tape(q=[0.4, 0.3, 0.2, 0.1]),
    "no-clicks-for-rain": lambda: Tape(q=[0.5, 0.5, 0, 0]),
    "always-clear": lambda: Tape(p=[1, 0, 0, 0], q=[1, 0, 0, 0]),
    "two-words": lambda: Tape(p=[0.5, 0.5], q=[0.9, 0.1], words=["heads", "tails"]),
}
REFUSED = [
    (lambda: Tape(p=[0.5, 0.6], q=[0.5, 0.5], words="ab"), "p must be probabilities"),
    (lambda: Tape(q=[1.5, -0.5, 0, 0]), "q must be probabilities"),
    (lambda: Tape(p=[0.5, 0.5], q=[1.0], words="ab"), "must have one length"),
    (lambda: Tape(p=[1.0], q=[1.0], words="a"), "words must be 2 to 5 words"),
    (lambda: Tape(running="yes"), "running"),
]

RIDGE = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]
LISTS = {
    "pairs": "0.25,0.25,0.25,0.25",
    "ines": "0.5,0.25,0.125,0.125",
    "coast": "0.125,0.25,0.5,0.125",
}
LENGTHS = {"pairs": [2, 2, 2, 2], "ines": [1, 2, 3, 3], "coast": [3, 2, 1, 3]}


def has(figure, text):
    """Waits for a word of the picture."""
    expect(
        figure.locator("svg.ce-chart text", has_text=re.compile(f"^{re.escape(text)}$"))
    ).to_have_count(1)


def knob(figure, key, word):
    names = {"p": f"p, how often it is {word}", "q": f"q, how often the list expects {word}"}
    return figure.get_by_role("slider", name=names[key])


def values(figure, key):
    painted(figure.page)
    return [
        float(knob(figure, key, word).get_attribute("aria-valuetext"))
        for word in ("clear", "cloud", "rain", "storm")
    ]


def test_each_control_is_heard(page):
    clear, list_clear = "p, how often it is clear", "q, how often the list expects clear"
    assert_heard(
        page,
        TAPE,
        "The tape: what a month of words costs",
        [
            ("slider", list_clear, "ArrowUp", r"^This weather must cost 1\.75 .* hollow click"),
            ("slider", clear, "ArrowDown", r"^This weather must cost 1\.79 a word"),
            ("button", "Reset", "Enter", r"^This weather must cost 1\.75 .* more: 240 clicks"),
            ("radio", "old pairs", "ArrowDown", r"expects just this weather: 1\.75 .*, 210 a"),
        ],
    )  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_month_on_the_ridge_costs_what_its_code_words_cost(open_page, name):
    page = open_page(reduced_motion="reduce")  # the run is at its end at once
    figure = show(page, TAPE)
    mean = sum(p * n for p, n in zip(RIDGE, LENGTHS[name], strict=True))
    assert mean == {"pairs": 2, "ines": Fraction(7, 4), "coast": Fraction(5, 2)}[name]
    follow(page, f"tape.q={LISTS[name]}&tape.running=true", "tape")
    has(figure, f"H(p, q) {float(mean):.2f}")
    has(figure, f"120 words, {mean * 120} clicks")
    has(figure, f"so far {float(mean):.2f}")
    if mean > Fraction(7, 4):
        extra = re.compile(rf"^\+ {float(mean - Fraction(7, 4)):.2f} for the wrong list")
        expect(figure.locator("svg.ce-chart text", has_text=extra)).to_have_count(1)
    expect(figure.get_by_role("button", name="Run")).to_be_visible()
    expect(page).not_to_have_url(re.compile("running"))


def test_a_bill_with_fractions_of_clicks(page):
    figure = show(page, TAPE, "tape.q=0.4,0.3,0.2,0.1&tape.p=0.3,0.3,0.3,0.1")
    p, q = (
        [mpmath.mpf(v) for v in row]
        for row in (["0.3", "0.3", "0.3", "0.1"], ["0.4", "0.3", "0.2", "0.1"])
    )
    H, X = (
        -mpmath.fsum(a * mpmath.log(b, 2) for a, b in zip(p, row, strict=True)) for row in (p, q)
    )
    has(figure, f"H(p, q) {float(X):.2f}")
    expect(figure.get_by_role("img")).to_have_accessible_name(
        re.compile(
            rf"must cost {float(H):.2f} a word.* costs {float(X - H):.2f} more.* hollow click"
        )
    )
    for v in q:
        has(figure, f"{float(-mpmath.log(v, 2)):.2f}")


def test_a_word_that_the_list_does_not_have_costs_infinity(page):
    figure = show(page, TAPE, "tape.q=0.5,0.5,0,0")
    has(figure, "H(p, q) ∞")
    expect(figure.get_by_role("img")).to_have_accessible_name(re.compile("no clicks for rain"))


def test_an_address_alone_starts_nothing(page):
    figure = show(page, TAPE, "tape.running=true&tape.q=0.5,0.25,0.125,0.125")
    expect(figure.get_by_role("button", name="Run")).to_be_visible()
    has(figure, "a month is 120 words")
    expect(page).not_to_have_url(re.compile("running"))


def test_the_reader_starts_and_stops_the_words_and_reset_takes_them_back(page):
    figure = show(page, TAPE)
    counted = figure.locator("svg.ce-chart text", has_text=re.compile(r"^\d+ words, \d+ clicks$"))
    figure.get_by_role("button", name="Run").press("Enter")
    expect(counted).to_have_count(1, timeout=20_000)
    figure.get_by_role("button", name="Pause").click()
    painted(page)
    said = counted.text_content()
    n, clicks = map(int, re.findall(r"\d+", said))
    assert clicks == 2 * n
    painted(page)
    expect(counted).to_have_text(said)
    figure.get_by_role("button", name="Reset").click()
    has(figure, "a month is 120 words")


def test_a_run_goes_on_only_in_sight(page):
    figure = show(page, TAPE)
    figure.get_by_role("button", name="Run").click()
    page.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    expect(figure.locator(".ce-play")).to_have_text("Run")


@hands
def test_a_hand_drags_the_code_and_the_shares_still_sum_to_1(screen, hand):
    figure = show(screen, TAPE)
    figure.evaluate("node => node.scrollIntoView({block: 'start', behavior: 'instant'})")
    screen.evaluate("scrollBy({top: -80, behavior: 'instant'})")
    box = figure.locator(".ce-handle.ce-q").first.bounding_box()
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand(screen, start, (start[0], start[1] - 20))
    q = values(figure, "q")
    assert values(figure, "p") == [0.5, 0.25, 0.125, 0.125]
    assert 0.3 < q[0] < 0.6
    assert round(sum(q), 6) == 1


def test_a_link_of_the_text_glides_and_a_choice_keeps_what_a_hand_made(page):
    figure = show(page, TAPE)
    knob(figure, "q", "clear").press("PageUp")
    mine = values(figure, "q")
    expect(figure.get_by_role("radio", name="yours")).to_be_checked()
    follow(page, f"tape.q={LISTS['coast']}", "tape")
    has(figure, "H(p, q) 2.50")
    expect(figure.get_by_role("radio", name="coast’s")).to_be_checked()
    figure.get_by_role("radio", name="yours").check()
    expect(knob(figure, "q", "clear")).to_have_attribute("aria-valuetext", str(mine[0]))
    assert page.evaluate("scrollX") == 0


def test_it_is_back_where_it_was_when_its_address_is_opened_again(page):
    figure = show(page, TAPE)
    knob(figure, "p", "rain").press("PageUp")
    expect(page).to_have_url(re.compile(r"tape\.p="))
    mine = values(figure, "p")
    page.reload()
    assert values(ready(page, TAPE[1]), "p") == mine
