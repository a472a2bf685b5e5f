"""Throws of a fair die, and the entropy of their counts."""

import re

from playwright.sync_api import expect

from ce_lib.widgets import Sampling
from tools.testing.figures import assert_heard, place, show, value

WHERE = place("sampling")
EXAMPLES = {"plain": lambda: Sampling(n=30)}
REFUSED = [(lambda: Sampling(n=0), "n")]


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "Throws of a fair die: entropy from counts",
        [
            ("button", "Throw again", "Enter", r"^10 throws, faces"),
            ("slider", "throws N", "ArrowRight", r"^11 throws, faces 1 to 6 came [\d, ]+ times: "),
            ("slider", "throws N", "End", r"^500 throws.* say 2\.5\d+ bits, the truth is 2\.585"),
        ],
    )


def test_a_die_thrown_again_gives_other_counts_and_the_same_truth(screen):
    figure = show(screen, WHERE)
    first = value(figure, "plug-in H(p̂)").inner_text()
    expect(value(figure, "truth H(p)")).to_have_text("2.585 bits")
    figure.get_by_role("button", name="Throw again").click()
    expect(value(figure, "plug-in H(p̂)")).not_to_have_text(first)
    figure.get_by_role("slider", name="throws N").focus()
    screen.keyboard.press("End")
    expect(value(figure, "throws N")).to_have_text("500")
    expect(value(figure, "plug-in H(p̂)")).to_have_text(re.compile(r"^2\.5[678]\d bits"))
    figure.get_by_role("button", name="Reset").click()
    expect(value(figure, "plug-in H(p̂)")).to_have_text(first)
