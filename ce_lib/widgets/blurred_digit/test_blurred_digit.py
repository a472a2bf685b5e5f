"""The blurred digit: its picture and its logits."""

from pathlib import Path

import numpy as np

from tools.testing.javascript import under_node


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
