"""The loss lens: one point on the binary cross-entropy, against probability and logit."""

import re

import pytest
from playwright.sync_api import expect

from ce_lib.widgets import LossLens
from tools.testing.figures import (
    assert_heard,
    hands,
    number,
    open_table,
    painted,
    place,
    ready,
    show,
    value,
)

LENS = place("loss_lens")
CLAMP, SOFT = place("loss_lens", "binary", copy=2), place("loss_lens", "binary", copy=3)
WEIGHTED, FOCAL = place("loss_lens", "weights"), place("loss_lens", "weights", copy=2)
EXAMPLES = {
    "plain": lambda: LossLens(),
    "soft": lambda: LossLens(y=0.7, soft=True),
    "clamped": lambda: LossLens(z=-6.0, clamp=0.01),
    "weighted": lambda: LossLens(weight=10.0, gamma=2.0, knobs=["weight", "gamma"]),
}
REFUSED = [
    (lambda: LossLens(z=9.0), "z"),
    (lambda: LossLens(y=0.5), "y must be 0 or 1 unless soft=True, got 0.5"),
    (lambda: LossLens(clamp=0.5), "clamp"),
    (
        lambda: LossLens(logit=1.0),
        "LossLens takes clamp, gamma, knobs, soft, weight, y, z, got logit",
    ),
    (lambda: LossLens(gamma=2.0), "knobs must name weight or gamma"),
    (lambda: LossLens(clamp=0.1, knobs=["gamma"]), "clamp must be 0 beside knobs"),
]
HEARD = {
    "plain": (
        LENS,
        [
            ("slider", "logit z", "End", r"^Sure and right: .* 99\.97 %\. That costs 0\.00034,"),
            ("slider", "probability q", "PageDown", r"^Not sure: it is a yes, .* given 90 %"),
            (
                "radio",
                "y = 1",
                "ArrowDown",
                r"it is a no, and had been given 10 %\. That costs 2\.3",
            ),
        ],
    ),
    "clamped": (
        CLAMP,
        [
            (
                "slider",
                "logit z",
                "Home",
                r"^The clamp hides .* cost 8\.0 .* costs 4\.6",
            ),
            ("radio", "0.01", "ArrowDown", r"it costs 6\.9 and does not pull at all\.$"),
        ],
    ),
    "soft": (SOFT, [("slider", "target y", "Home", r"it is a no, and had been given \d+ %")]),
    "weighted": (
        WEIGHTED,
        [("slider", "weight w of y = 1", "Home", r"^With weight 0\.1 it costs 0\.069")],
    ),
    "focal": (FOCAL, [("slider", "focal γ", "Home", r"it costs 0\.11 .*: the same\.$")]),
}


@pytest.mark.parametrize(("where", "tries"), HEARD.values(), ids=HEARD)
def test_each_control_is_heard(page, where, tries):
    called = "Loss lens: binary cross-entropy against probability and logit"
    assert_heard(page, where, called, tries)


def test_the_keyboard_alone_works_the_lens(screen):
    lens = show(screen, LENS)
    expect(value(lens, "loss")).to_have_text("2.127 nats")
    lens.get_by_role("slider", name="probability q").focus()
    screen.keyboard.press("Tab")
    expect(lens.get_by_role("slider", name="logit z")).to_be_focused()
    for _ in range(10):
        screen.keyboard.press("ArrowLeft")
    expect(value(lens, "loss")).to_have_text("3.049 nats")
    screen.keyboard.press("End")
    expect(value(lens, "loss")).to_have_text("3.35·10⁻⁴ nats")
    screen.keyboard.press("Tab")
    expect(lens.get_by_role("radio", name="y = 1")).to_be_focused()
    screen.keyboard.press("ArrowDown")
    expect(value(lens, "loss")).to_have_text("8.000 nats")
    expect(value(lens, "slope dℓ/dz")).to_have_text("1.000")
    screen.keyboard.press("Tab")
    expect(lens.get_by_role("button", name="More")).to_be_focused()
    screen.keyboard.press("Tab")
    expect(lens.get_by_role("button", name="Reset")).to_be_focused()
    screen.keyboard.press("Enter")
    expect(value(lens, "loss")).to_have_text("2.127 nats")


@hands
def test_a_hand_drags_the_point_of_the_lens(screen, hand):
    lens = show(screen, LENS)
    chart = lens.locator(".ce-chart")
    chart.scroll_into_view_if_needed()
    knob = lens.locator(".ce-handle").last
    box = knob.locator(".ce-knob").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    whole = chart.bounding_box()["width"]
    hand(screen, (x, y), (x + 0.15 * whole, y))
    expect(value(lens, "loss")).not_to_have_text("2.127 nats")
    assert 0.5 < number(lens, "logit z") < 6
    at = knob.get_attribute("transform")
    screen.mouse.move(x, y)  # nothing is held any more
    painted(screen)
    assert knob.get_attribute("transform") == at


def test_the_data_table_follows_the_figure(page):
    lens = show(page, LENS)
    open_table(lens)
    row = lens.get_by_role("row", name=re.compile("^−8 "))
    expect(row).to_contain_text("8.0003")
    lens.get_by_role("radio", name="y = 0").check(force=True)
    expect(row).not_to_contain_text("8.0003")


def test_the_slider_the_read_out_and_the_sentence_say_one_probability(page):
    for z, q, said in (("-6", "0.0025", "0.25 %"), ("8", "0.9997", "99.97 %")):
        lens = show(page, LENS, f"loss-lens.z={z}")
        expect(value(lens, "probability q")).to_have_text(q)
        slider = lens.get_by_role("slider", name="probability q")
        expect(slider).to_have_attribute("aria-valuetext", q)
        expect(lens.locator(".ce-says")).to_contain_text(f"given {said}.")


def test_a_situation_is_in_the_address_and_comes_back_from_it(page):
    lens = show(page, LENS)
    lens.get_by_role("slider", name="logit z").fill("2")
    lens.get_by_role("radio", name="y = 0").check(force=True)
    expect(page).to_have_url(re.compile(r"\?loss-lens\.y=0&loss-lens\.z=2$|z=2&loss-lens\.y=0$"))
    page.reload()
    lens = ready(page, LENS[1])
    expect(value(lens, "loss")).to_have_text("2.127 nats")
    lens.get_by_role("button", name="Reset").click()
    expect(page).to_have_url(re.compile(r"\.html$"))


def test_a_clamp_ends_the_loss_in_a_flat_line(page):
    lens = show(page, CLAMP, "loss-lens-2.z=-6")
    expect(value(lens, "loss")).to_have_text("4.605 nats")  # −ln 0.01
    expect(value(lens, "slope dℓ/dz")).to_have_text("0.000")
    expect(lens.locator(".ce-says")).to_have_text(
        "The clamp hides the mistake. It should cost 6.0 and pull with 0.998; "
        "it costs 4.6 and does not pull at all."
    )
    open_table(lens)
    torch = lens.get_by_role("row", name=re.compile("^torch after a sigmoid"))
    expect(torch.get_by_role("cell")).to_have_text(["50.0000", "−1.93·10⁻¹⁰"])
    lens.get_by_role("radio", name="none").check(force=True)
    expect(value(lens, "loss")).to_have_text("6.002 nats")
    expect(value(lens, "slope dℓ/dz")).to_have_text("−0.998")
    lens.get_by_role("radio", name="0.1", exact=True).check(force=True)
    lens.get_by_role("slider", name="logit z").fill("-2")
    expect(value(lens, "slope dℓ/dz")).to_have_text("−0.881")  # q = 0.119: the clamp is idle
    expect(show(page, LENS).get_by_role("radio", name="none")).to_have_count(0)


def test_a_weight_multiplies_the_loss_of_yes_and_leaves_no_alone(screen):
    lens = show(screen, WEIGHTED, "loss-lens.weight=10")
    expect(value(lens, "loss")).to_have_text("6.931 nats")
    expect(value(lens, "plain loss")).to_have_text("0.693 nats")
    expect(value(lens, "slope dℓ/dz")).to_have_text("−5.000")
    lens.get_by_role("radio", name="y = 0").check(force=True)
    expect(value(lens, "loss")).to_have_text("0.693 nats")
    expect(value(lens, "slope dℓ/dz")).to_have_text("0.500")


def test_gamma_turns_the_easy_examples_down(page):
    lens = show(page, FOCAL)
    expect(value(lens, "loss")).to_have_text("0.001 nats")
    lens.get_by_role("slider", name="focal γ").press("Home")
    expect(value(lens, "loss")).to_have_text("0.105 nats")
