"""The softmax lens: logits to drag, and what softmax, the loss and its gradient make of them."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from ce_lib.widgets import SoftmaxLens
from engine.draw_stills import stills
from tools.testing.figures import assert_heard, hands, open_table, place, show

LENS, TEMPERATURE = place("softmax_lens", "multiclass"), place("softmax_lens", "stability", copy=3)
EXAMPLES = {
    "plain": lambda: SoftmaxLens(),
    "two": lambda: SoftmaxLens(z=[0.0, 2.0], y=1, labels=["class 0", "class 1"]),
    "knobs": lambda: SoftmaxLens(knobs=["smoothing", "temperature"], smoothing=0.1),
}
REFUSED = [
    (lambda: SoftmaxLens(z=[1.0, 2.0]), "z and labels must have one length, above y"),
    (lambda: SoftmaxLens(y=3), "above y, got 3, 3 and y = 3"),
    (lambda: SoftmaxLens(z=[9.0, 0.0, 0.0]), "z"),
    (lambda: SoftmaxLens(knobs=["weight"]), "knobs"),
]
RIGHT = r"^The right class, 4, is given"
HEARD = {
    "plain": (
        LENS,
        [
            ("slider", "logit of 4", "Home", rf"{RIGHT} 0\.0018, .* The model chooses 9"),
            ("radio", "4", "ArrowDown", r"^The right class, 9, is given 0\.73"),
            ("button", "Reset", "Enter", rf"{RIGHT} 0\.67, and the loss is −ln 0\.67 = 0\.41 nats"),
        ],
    ),
    "temperature": (
        TEMPERATURE,
        [("slider", "temperature T", "Home", r"^At temperature 0\.10, cat is given 1\.0000")],
    ),
}


@pytest.mark.parametrize(("where", "tries"), HEARD.values(), ids=HEARD)
def test_each_control_is_heard(page, where, tries):
    name = "Softmax lens: drag the logits, see softmax, loss and gradient"
    assert_heard(page, where, name, tries)


def says(lens):
    return lens.locator(".ce-says")


def row(lens, name):
    """The numbers of a row of the data table."""
    cells = lens.get_by_role("row", name=re.compile(f"^{name} ")).get_by_role("cell")
    expect(cells).to_have_count(5)
    return [float(text.replace("−", "-")) for text in cells.all_inner_texts()]


def logits(lens):
    sliders = lens.get_by_role("slider", name=re.compile("^logit of"))
    return [float(slider.input_value()) for slider in sliders.all()]


def test_the_keyboard_alone_works_the_logits(screen):
    lens = show(screen, LENS)
    expect(says(lens)).to_contain_text("= 0.41 nats")
    lens.get_by_role("slider", name="logit of 4").focus()
    screen.keyboard.press("End")
    expect(says(lens)).to_contain_text("is given 0.9966")
    open_table(lens)
    lens.get_by_role("radio", name="4").focus()
    screen.keyboard.press("ArrowDown")
    expect(says(lens)).to_contain_text("The right class, 9, is given 0.0025")
    expect(lens.get_by_role("row", name=re.compile("^9 "))).to_contain_text("6.0034")
    assert [row(lens, name)[4] for name in "498"] == [0.9966, -0.9975, 0.0009]
    lens.get_by_role("button", name="Reset").click()
    expect(says(lens)).to_contain_text("= 0.41 nats")


@hands
def test_a_hand_drags_a_logit(screen, hand):
    lens = show(screen, LENS)
    lens.locator(".ce-charts").scroll_into_view_if_needed()
    box = lens.locator(".ce-knob").nth(1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand(screen, (x, y), (x + 30, y + 3))
    expect(says(lens)).to_contain_text("The model chooses 9")
    assert logits(lens)[0::2] == [1, -1]


def test_moved_together_the_logits_change_no_probability(page):
    lens = show(page, LENS)
    open_table(lens)
    lens.get_by_role("slider", name="all three together").fill("3")
    expect(lens.get_by_role("slider", name="logit of 4")).to_have_value("4")
    assert logits(lens) == [4, 3, 2]
    expect(says(lens)).to_contain_text("is given 0.67, and the loss is −ln 0.67 = 0.41 nats")


def test_a_class_that_is_clicked_becomes_the_right_one(page):
    lens = show(page, LENS)
    lens.locator("text.ce-big", has_text=re.compile("^8$")).click()
    expect(says(lens)).to_contain_text("The right class, 8, is given 0.09")
    expect(page).to_have_url(re.compile(r"softmax-lens\.y=2"))


def test_a_smoothed_target_is_lost_again_beyond_its_floor():
    def drawn(z):
        state = SoftmaxLens(z=[z, 0.0, 0.0], smoothing=0.1, knobs=["smoothing"]).state()
        (still,) = stills([{"figure": "softmax_lens", "state": json.dumps(state)}])
        return BeautifulSoup(still, "html.parser").select_one(".ce-says").get_text()

    before, there, beyond = map(drawn, (2.0, 3.33, 6.0))
    assert "still pulls cat up, towards 0.93" in before
    assert "The loss is 0.29 nats, and no answer costs less than 0.29." in there
    assert "of cat has turned, and pulls it down" in beyond


def test_without_its_knob_no_smoothing_can_be_set(page):
    lens = show(page, LENS, "softmax-lens.smoothing=0.3&softmax-lens.temperature=2")
    expect(says(lens)).to_contain_text("= 0.41 nats")
    expect(lens.get_by_role("slider", name="smoothing ε")).to_have_count(0)


def test_the_lens_opens_at_the_temperature_of_the_chapter(page):
    lens = show(page, TEMPERATURE)
    expect(says(lens)).to_contain_text("At temperature 4.0, cat is given 0.44")
    lens.get_by_role("slider", name="temperature T").fill("-1")
    expect(says(lens)).to_contain_text("is given 1.0000")
    expect(lens.get_by_role("slider", name="smoothing ε")).to_have_count(0)
