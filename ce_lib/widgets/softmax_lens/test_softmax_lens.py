"""The softmax lens: logits to drag, and what softmax, the loss and its slopes make of them."""

import re

import pytest
from playwright.sync_api import expect

from ce_lib.widgets import SoftmaxLens
from tools.testing.figures import assert_heard, hands, inside, place, show, value

LENS, SMOOTHED = place("softmax_lens", "multiclass"), place("softmax_lens", "multiclass", copy=3)
TEMPERATURE = place("softmax_lens", "stability", copy=3)
EXAMPLES = {"knobs": lambda: SoftmaxLens(knobs=["smoothing", "temperature"])}
REFUSED = [
    (lambda: SoftmaxLens(z=[1.0, 2.0]), "z and labels must have one length, above y"),
    (lambda: SoftmaxLens(y=3), "above y, got 3, 3 and y = 3"),
    (lambda: SoftmaxLens(z=[9.0, 0.0, 0.0]), "z"),
    (lambda: SoftmaxLens(knobs=["weight"]), "knobs"),
]
CAT = r"^True class cat, loss"
DOG = r"^True class dog, loss 0\.\d+ nats; probabilities cat 0"
HEARD = {
    "plain": (
        LENS,
        [
            ("slider", "logit of cat", "Home", rf"{CAT} .* chooses dog\.$"),
            ("radio", "cat", "ArrowDown", DOG),
        ],
    ),
    "smoothed": (SMOOTHED, [("slider", "smoothing ε", "End", rf"{CAT} 1\.\d+ nats")]),
    "temperature": (
        TEMPERATURE,
        [("slider", "temperature T", "Home", r"probabilities cat 1\.000, dog 4\.54·10⁻⁵")],
    ),
}


@pytest.mark.parametrize(("where", "tries"), HEARD.values(), ids=HEARD)
def test_each_control_is_heard(page, where, tries):
    assert_heard(page, where, "Softmax lens: drag the logits, see softmax and slope", tries)


def row(figure, name):
    """The numbers of a row of the data table."""
    cells = figure.get_by_role("row", name=re.compile(f"^{name} ")).get_by_role("cell")
    expect(cells).to_have_count(4)
    return [float(text.replace("−", "-")) for text in cells.all_inner_texts()]


def test_the_keyboard_alone_works_the_logits(screen):
    lens = show(screen, LENS)
    expect(value(lens, "loss")).to_have_text("0.408 nats")
    lens.get_by_role("slider", name="logit of cat").focus()
    screen.keyboard.press("End")
    expect(value(lens, "probability of cat")).to_have_text("0.9966")
    lens.get_by_role("radio", name="cat").focus()
    screen.keyboard.press("ArrowDown")
    expect(value(lens, "loss")).to_have_text("6.003 nats")
    lens.get_by_text("Data table").click()
    assert [row(lens, name)[3] for name in ("cat", "dog", "fox")] == [0.9966, -0.9975, 0.0009]
    lens.get_by_role("button", name="Reset").click()
    expect(value(lens, "loss")).to_have_text("0.408 nats")


@hands
def test_a_hand_drags_a_logit(screen, hand):
    lens = show(screen, LENS)
    chart = lens.locator("[data-chart=logits]")
    hand(screen, inside(chart, 0.53, 0.45), inside(chart, 0.53, 0.1))
    slider = lens.get_by_role("slider", name="logit of dog")
    assert float(slider.input_value()) > 3
    expect(lens.get_by_role("slider", name="logit of cat")).to_have_value("1")
    expect(value(lens, "the model's choice")).to_have_text("dog")


def test_the_read_out_names_the_true_class(page):
    lens = show(page, LENS)
    lens.get_by_role("radio", name="fox").check()
    expect(value(lens, "probability of fox")).to_have_text("0.0900")


def test_a_smoothed_target_is_lost_again_beyond_its_floor(page):
    lens = show(page, SMOOTHED)
    expect(value(lens, "floor H(target)")).to_have_text("0.291 nats")
    logit = lens.get_by_role("slider", name="logit of cat")
    losses = []
    for z in ("2", "3.3", "6"):
        logit.fill(z)
        losses.append(float(value(lens, "loss").inner_text().split()[0]))
    assert losses[0] > losses[1] < losses[2]
    assert losses[1] == 0.291
    expect(show(page, LENS).get_by_role("slider", name="smoothing ε")).to_have_count(0)


def test_the_lens_opens_at_the_temperature_of_the_chapter(page):
    lens = show(page, TEMPERATURE)
    expect(value(lens, "probability of cat")).to_have_text("0.4442")
    lens.get_by_role("slider", name="temperature T").fill("-1")
    expect(value(lens, "probability of cat")).to_have_text("1.0000")
    expect(lens.get_by_role("slider", name="smoothing ε")).to_have_count(0)
