"""The blurred digit: a picture, its logits and their softmax."""

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from ce_lib.widgets import BlurredDigit
from tools.testing.figures import assert_heard, hands, inside, place, show, value
from tools.testing.javascript import under_node

WHERE = place("blurred_digit")
EXAMPLES = {
    "plain": lambda: BlurredDigit([[0, 16] * 32], [7], [[0.1234] * 10] * 64, [0] * 10),
}
REFUSED = [
    (
        lambda: BlurredDigit([[0] * 64], [1], [[0.0] * 9] * 64, [0.0] * 10),
        "weights must be (64, 10) and bias (10,), got (64, 9) and (10,)",
    ),
    (
        lambda: BlurredDigit([[0] * 64], [1], [[0.0] * 10] * 64, [0.0] * 10, digit=1),
        "above digit, got 1, 1 and digit = 1",
    ),
]


def test_a_blurred_picture_is_a_gaussian_mean_and_its_logits_are_linear():
    rng = np.random.default_rng(0)
    pixels, weights, bias = rng.random(64), rng.normal(size=(64, 10)), rng.normal(size=10)
    script = """
    const { blurred, linear } = await import(process.argv[1]);
    const [x, W, b] = JSON.parse(process.argv[2]);
    const all = [0, 0.5, 2].map((s) => blurred(x, s));
    console.log(JSON.stringify([all, all.map((v) => linear(v, W, b))]));
    """
    arguments = [pixels.tolist(), weights.tolist(), bias.tolist()]
    pictures, logits = under_node(script, Path(__file__).with_name("blurring.js"), arguments)
    gap = np.subtract.outer(np.arange(8), np.arange(8)) ** 2
    for sigma, picture, z in zip([0, 0.5, 2], pictures, logits, strict=True):
        near = np.exp(-gap / (2 * sigma**2)) if sigma else np.eye(8)
        near /= near.sum(1, keepdims=True)
        want = np.einsum("ij,jk,lk->il", near, pixels.reshape(8, 8), near).ravel()
        np.testing.assert_allclose(picture, want, rtol=1e-12)
        np.testing.assert_allclose(z, want @ weights + bias, rtol=1e-9)


def test_each_control_is_heard(page):
    told = r"^A 4, blurred by 4\.00 pixels, .* with probability 0\.\d+"
    assert_heard(
        page,
        WHERE,
        "Blurred digit: a picture, its logits and their softmax",
        [
            ("slider", "blur", "End", told),
            ("slider", "temperature T", "Home", r"temperature 0\.10: "),
            ("radio", "4", "ArrowDown", r"^A 7, blurred by 4\.00 pixels"),
        ],
    )


def test_a_blurred_digit_is_less_sure_and_a_temperature_hides_it(screen):
    figure = show(screen, WHERE)
    expect(value(figure, "its probability")).to_have_text("0.999")
    blur = figure.get_by_role("slider", name="blur")
    blur.focus()
    screen.keyboard.press("End")
    expect(value(figure, "the model's choice")).to_have_text("4")
    expect(value(figure, "its probability")).to_have_text(re.compile(r"0\.[23]\d\d"))
    figure.get_by_role("slider", name="temperature T").fill("-1")
    expect(value(figure, "its probability")).to_have_text(re.compile(r"0\.9\d\d|1\.000"))
    figure.get_by_role("radio", name="3", exact=True).check()
    expect(value(figure, "the model's choice")).not_to_have_text("3")
    blur.fill("0")
    expect(value(figure, "the model's choice")).to_have_text("3")


@hands
def test_a_hand_blurs_the_picture(screen, hand):
    figure = show(screen, WHERE)
    image = figure.locator(".ce-image")
    hand(screen, inside(image, 0.1, 0.5), inside(image, 0.75, 0.5))
    expect(figure.get_by_role("slider", name="blur")).to_have_value("3")


def test_the_read_out_names_the_digit(page):
    figure = show(page, WHERE)
    figure.get_by_role("radio", name="7", exact=True).check()
    expect(value(figure, "loss of the 7")).to_have_text(re.compile("nats$"))
