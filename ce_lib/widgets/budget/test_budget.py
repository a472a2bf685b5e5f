"""The budget: code words share a strip, and the bill above it."""

import re
from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
from playwright.sync_api import expect

from ce_lib.widgets import Budget
from tools.testing.figures import assert_heard, follow, hands, painted, place, ready, show

BUDGET = place("budget")
EXAMPLES = {
    "plain": lambda: Budget(),
    "over": lambda: Budget(lengths=[1, 2, 2, 2]),
    "fractions": lambda: Budget(p=[0.4, 0.3, 0.18, 0.12], lengths=[1.32, 1.74, 2.47, 3.06]),
    "five-clicks": lambda: Budget(p=[1, 0, 0, 0], lengths=[0, 5, 5, 5]),
    "two-words": lambda: Budget(p=[0.9, 0.1], lengths=[1, 1], words=["heads", "tails"]),
}
REFUSED = [
    (lambda: Budget(p=[0.5, 0.6], lengths=[1, 1], words="ab"), "p must be probabilities"),
    (lambda: Budget(lengths=[1, 2, 3, 6]), "lengths must be from 0 to 5 clicks, got"),
    (lambda: Budget(lengths=[-1, 2, 3, 3]), "lengths must be from 0 to 5 clicks, got"),
    (lambda: Budget(lengths=[1, 1]), "must have one length"),
    (lambda: Budget(p=[1.0], lengths=[1], words="a"), "words must be 2 to 5 words"),
]

RIDGE = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8)]
WORDS = ["clear", "cloud", "rain", "storm"]


def says(figure, told):
    expect(figure.get_by_role("img")).to_have_accessible_name(re.compile(told))


def has(figure, text):
    """Waits for a word of the picture."""
    node = figure.locator("svg.ce-chart text", has_text=re.compile(f"^{re.escape(text)}$"))
    expect(node).to_have_count(1)


def lengths(figure):
    painted(figure.page)
    sliders = [figure.get_by_role("slider", name=f"clicks of {word}") for word in WORDS]
    return [float(slider.get_attribute("aria-valuetext").split()[0]) for slider in sliders]


def test_each_control_is_heard(page):
    clear, storm = "clicks of clear", "clicks of storm"
    assert_heard(
        page,
        BUDGET,
        "The budget: code words share a strip from 0 to 1",
        [
            ("slider", clear, "ArrowDown", r"^¼ over the budget\. Whatever clicks storm got"),
            ("slider", storm, "ArrowUp", r"^⅛ over the budget"),
            ("slider", "clicks of rain", "ArrowUp", r"^Every word has as many clicks .* 1\.75"),
            ("radio", "ridge", "ArrowDown", r"^No list of whole clicks is shorter: 1\.90 a word"),
            ("button", "Meet every line", "Enter", r"^Every word .* 1\.86 clicks a word, and it"),
            ("slider", clear, "ArrowUp", r" of the strip is empty, so some word could be shorter"),
            ("radio", "fractions", "ArrowDown", r"^5/16 of the strip is empty"),  # rounded up
            ("button", "Reset", "Enter", r"^The strip is full, yet ¼ of a click a word is wasted"),
        ],
    )


# Lengths → what the sentence says, by the two sums of the chapter in exact fractions.
STORY = {
    "pairs": ([2, 2, 2, 2], "clear has a click too many, and ½ of all words are clear"),
    "one-click-for-clear": ([1, 2, 2, 2], "storm got, it would begin like another word"),
    "ines": ([1, 2, 3, 3], "Every word has as many clicks as it has surprise"),
    "a-hole": ([1, 3, 3, 3], "⅛ of the strip is empty"),
    "all-short": ([1, 1, 1, 1], "rain and storm got, they would begin like another word"),
}


@pytest.mark.parametrize("name", STORY)
def test_the_lists_of_the_chapter(page, name):
    lengths, told = STORY[name]
    average = sum(p * n for p, n in zip(RIDGE, lengths, strict=True))
    room = sum(Fraction(1, 2**n) for n in lengths)
    figure = show(page, BUDGET, f"budget.lengths={','.join(map(str, lengths))}")
    says(figure, told)
    marks = {Fraction(7, 8): "⅞", Fraction(1): "1", Fraction(5, 4): "1¼", Fraction(2): "2"}
    expect(figure.locator("svg.ce-chart text", has_text=f" = {marks[room]}")).to_have_count(1)
    has(figure, "= entropy" if average == Fraction(7, 4) else f"{float(average):.2f}")
    has(figure, "1.75")
    assert (room > 1) == ("begin like another" in told)


def test_fractions_of_a_click_meet_every_line(page):
    p = [mpmath.mpf(v) for v in ("0.4", "0.3", "0.18", "0.12")]
    needs = [-mpmath.log(v, 2) for v in p]
    H = mpmath.fsum(a * b for a, b in zip(p, needs, strict=True))
    figure = show(page, BUDGET, "budget.p=0.4,0.3,0.18,0.12&budget.lengths=1,2,3,3")
    says(figure, f"shorter: 1.90 a word, {float(mpmath.mpf('1.9') - H):.2f} more than the surprise")
    figure.get_by_role("button", name="More").click()
    figure.get_by_role("button", name="Meet every line").click()
    says(figure, f"surprise. {float(H):.2f} clicks a word, and it cannot be shorter")
    for need in needs:
        has(figure, f"{float(need):.2f}")
    has(figure, "the sum is 1.00")


@hands
def test_a_hand_makes_a_word_shorter_click_by_click(screen, hand):
    figure = show(screen, BUDGET)
    figure.evaluate("node => node.scrollIntoView({block: 'start', behavior: 'instant'})")
    screen.evaluate("scrollBy({top: -80, behavior: 'instant'})")
    box = figure.locator(".ce-handle").first.bounding_box()
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand(screen, start, (start[0] + 3, start[1] + 45))
    says(figure, "¼ over the budget")
    expect(figure.get_by_role("slider", name="clicks of clear")).to_have_attribute(
        "aria-valuetext", "1 click"
    )
    assert lengths(figure) == [1, 2, 2, 2]


def test_knobs_of_narrow_columns_do_not_share_a_place_for_the_finger(open_page):
    page = open_page(viewport={"width": 360, "height": 800}, has_touch=True)
    figure = show(page, BUDGET)
    boxes = [knob.bounding_box() for knob in figure.locator(".ce-knob").all()]
    middles = [box["x"] + box["width"] / 2 for box in boxes]
    gaps = [b - a for a, b in pairwise(middles)]
    assert min(gaps) >= 43.5


def test_a_link_of_the_text_moves_it_there_and_says_where_it_goes(page):
    figure = show(page, BUDGET)
    follow(page, "budget.lengths=3,2,1,4&budget.p=0.125,0.25,0.5,0.125", "budget")
    says(figure, "^1/16 of the strip is empty")
    expect(figure.get_by_role("slider", name="clicks of storm")).to_have_attribute(
        "aria-valuetext", "4 clicks"
    )
    expect(page).to_have_url(re.compile(r"budget\.lengths=3,2,1,4"))
    page.reload()
    assert lengths(ready(page, BUDGET[1])) == [3, 2, 1, 4]


def test_what_cannot_be_a_length_is_ignored(page):
    figure = show(page, BUDGET, "budget.lengths=1,2,3,9&budget.p=0.5,0.5,0.5,0.5")
    says(figure, "^The strip is full, yet ¼ of a click")
