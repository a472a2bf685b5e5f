"""Overfit: a network trained for too long, the loss that rises, and the digits that pay."""

import re

import mpmath
import numpy as np
import pytest
from playwright.sync_api import expect

from benchmarks import overfit as benchmark
from ce_lib.widgets import Overfit
from tools.testing.figures import assert_heard, hands, place, show

WHERE = place("overfit")
EXAMPLES = {"plain": lambda: Overfit(), "mended": lambda: Overfit(epoch=1000, T=2.9)}
REFUSED = [
    (lambda: Overfit(epoch=1001), "epoch"),
    (lambda: Overfit(T=0.5), "T"),
]
RECORD = Overfit.record()
RUN = RECORD["runs"][RECORD["seed"]]
BEST = RUN["loss"].index(min(RUN["loss"]))


def says(figure):
    return figure.locator(".ce-says")


# ------------------------------------------------------------------ the record


def test_the_first_epochs_of_two_seeds_give_the_recorded_numbers():
    for seed in (RECORD["seed"], 0):
        moments = list(benchmark.training(seed, last=6))
        first = benchmark.summary(seed, moments)
        for name in ("right", "loss"):
            assert first[name] == RECORD["runs"][seed][name][: len(moments)]
        if seed == RECORD["seed"]:
            trained = [m.train_loss for m in moments]
            assert trained == pytest.approx(RECORD["train"][: len(moments)], rel=6e-3)
            pixels, labels = benchmark.data(seed)[1]
            numbers = benchmark.data(seed)[2].tolist()
            for digit in RECORD["digits"]:
                n = numbers.index(digit["number"])
                assert digit["y"] == labels[n]
                assert [int(c, 17) for c in digit["pixels"]] == (16 * pixels[n]).tolist()
                for moment, below in zip(moments, digit["below"], strict=False):
                    z = moment.logits[n]
                    np.testing.assert_allclose(np.array(below) / 10, z.max() - z, atol=0.0501)


def test_the_dearest_digits_pay_what_their_logits_say():
    """Recomputed in 30 digits, the five dearest pay a large part of the bill, and not all of it."""
    with mpmath.workdps(30):
        pays = []
        for digit in RECORD["digits"]:
            z = [-mpmath.mpf(v) / 10 for v in digit["below"][-1]]
            pays.append(mpmath.log(sum(map(mpmath.exp, z))) - z[digit["y"]])
        five = sum(sorted(pays)[-5:])
        assert 0.1 < five / (RUN["loss"][-1] * RECORD["tested"] / 1000) < 0.9


def test_the_run_that_is_shown_has_the_middle_rise_of_all():
    rises = sorted(map(benchmark.rise, RECORD["runs"]))
    assert benchmark.rise(RUN) == rises[len(rises) // 2]
    assert [run["seed"] for run in RECORD["runs"]] == list(benchmark.SEEDS)


def test_in_every_run_the_loss_rises_and_a_temperature_mends_this_one():
    assert all(benchmark.rise(run) > 1.3 for run in RECORD["runs"])
    tempered = RECORD["tempered"][-1]
    assert tempered[0] == RUN["loss"][-1] and min(tempered) < 0.7 * tempered[0]


# ------------------------------------------------------------------ the figure


def test_each_control_is_heard(page):
    assert_heard(
        page,
        WHERE,
        "A network trained for too long",
        [
            ("slider", "epoch", "End", r"^Still \d\d\.\d\s% are right, but the loss has "),
            ("slider", "divide the logits by T", "PageUp", r"^Divide every logit by 1\.2: "),
            ("slider", "divide the logits by T", "Home", r"the same mistakes, made more surely\.$"),
            ("button", "Start again", "Enter", r"^Nothing is learned yet: .* ln 10 = 2\.30"),
            ("slider", "epoch", "ArrowUp", r"^After 1 epoch "),
            ("slider", "epoch", "ArrowUp", r"^After 2 epochs "),
            ("button", "Train on", "Enter", r"^The loss is as low as it gets"),
            ("button", "Reset", "Enter", r"^Still "),
        ],
    )  # fmt: skip


def test_the_keyboard_alone_trains_to_the_end(screen):
    figure = show(screen, WHERE, "overfit.epoch=0")
    train = figure.get_by_role("button", name="Train on")
    train.focus()
    screen.keyboard.press("Enter")
    expect(screen).to_have_url(re.compile(rf"overfit\.epoch={RECORD['epochs'][BEST]}(&|$)"))
    expect(says(figure)).to_contain_text(f"{RUN['loss'][BEST] / 1000:.2f}")
    screen.keyboard.press("Enter")
    expect(figure.get_by_role("button", name="Start again")).to_be_focused()
    expect(screen).to_have_url(re.compile(r"overfit\.epoch=1000"))
    expect(says(figure)).to_contain_text(f"{RUN['loss'][-1] / 1000:.2f}")


@hands
def test_a_hand_drags_the_epoch(screen, hand):
    figure = show(screen, WHERE)
    knob = figure.locator(".ce-handle .ce-knob")
    knob.scroll_into_view_if_needed()
    box = knob.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand(screen, (x, y), (x - 60, y + 5))
    expect(figure.get_by_role("slider", name="epoch")).not_to_have_value("0.76")
    epoch = figure.get_by_role("slider", name="epoch")
    expect(epoch).to_have_attribute("aria-valuetext", re.compile(r"^epoch (\d\d|1\d\d)$"))


def test_a_click_in_the_picture_goes_to_that_epoch(page):
    figure = show(page, WHERE)
    surface = figure.locator(".ce-chart > rect").last
    surface.click(position={"x": 2, "y": 40})
    expect(says(figure)).to_contain_text("Nothing is learned yet")


def test_the_five_pictures_follow_the_temperature(page):
    figure = show(page, WHERE, "overfit.epoch=1000")
    pays = figure.locator(".ce-chart").get_by_text(re.compile(r"^pays \d")).filter(visible=True)
    expect(pays).to_have_count(5)
    before = pays.all_text_contents()
    figure.get_by_role("slider", name="divide the logits by T").fill("1.1")
    expect(says(figure)).to_contain_text("not one answer changes")
    expect(pays).to_have_count(5)
    assert set(pays.all_text_contents()).isdisjoint(before)


@pytest.mark.parametrize("bad", ["epoch=1001", "epoch=0.5", "epoch=-1", "T=0.5", "T=9", "T=NaN"])
def test_an_address_that_makes_no_sense_is_ignored(page, bad):
    figure = show(page, WHERE, f"overfit.{bad}")
    expect(says(figure)).to_contain_text("Still ")
    epoch = figure.get_by_role("slider", name="epoch")
    expect(epoch).to_have_attribute("aria-valuetext", "epoch 200")
