"""What blur and rounding do to a loss: the still pictures of the chapter on stability."""

import matplotlib.pyplot as plt
import numpy as np

import ce_lib as ce

from . import style

BITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}  # of the significand


def _round(x, dtype):
    """The numbers as the dtype stores them; NumPy has no bfloat16, the first half of a float32."""
    if dtype != "bfloat16":
        return np.asarray(x).astype(dtype).astype(float)
    bits = np.asarray(x, np.float32).view(np.uint32).astype(np.uint64)
    even = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    near = even.astype(np.uint32).view(np.float32).astype(float)
    return np.where(np.isnan(x), np.nan, near)


def _rounded_losses(dtype, z, other):
    """Exact loss and slope, and those of the four formulas: (5, 2, ...)."""

    def r(x):
        return _round(x, dtype)

    def textbook(e, e_other):
        q = r(e / r(e + e_other))
        return r(-np.log(q)), r(q - 1)

    def no_maximum(e, e_other):
        total = r(e + e_other)
        return r(r(np.log(total)) - z), r(r(e / total) - 1)

    z, other = r(z), r(other)
    pairs, top = np.stack([z, other], -1), np.maximum(z, other)
    labels = np.zeros(z.shape, int)
    exact = ce.softmax_cross_entropy_with_logits(pairs, labels, reduction="none")
    loss = ce.softmax_cross_entropy_with_logits
    slope = ce.value_and_grad(loss, pairs, labels, reduction="none")[1][..., 0]
    e, e_other, u = r(np.exp(z)), r(np.exp(other)), r(z - top)
    logs = r(np.log(r(r(np.exp(u)) + r(np.exp(r(other - top))))))
    rest = r(np.exp(-np.abs(r(z - other))))
    return np.array(
        [
            (exact, slope),
            textbook(e, e_other),
            no_maximum(e, e_other),
            (r(logs - u), r(r(np.exp(r(u - logs))) - 1)),
            (r(r(np.log1p(rest)) - u), -r(np.where(z > other, rest, 1) / r(1 + rest))),
        ]
    )


def float_microscope(dtype="float32", margin=20.0, shift=0.0, axes=None):
    """The digits of loss and slope that four formulas have right, over the margin.

    Args:
        dtype: "float64", "float32", "float16" or "bfloat16": what each step is rounded to.
        margin: the true logit minus the other; a line marks it.
        shift: added to both logits.
        axes: two axes to draw in.

    Returns:
        The two axes.
    """
    axes = plt.figure(figsize=(6.4, 3.2)).subplots(1, 2, sharey=True) if axes is None else axes
    place = np.linspace(-3, 3, 151)
    margins = np.sign(place) * (10 ** np.abs(place) - 1)
    with np.errstate(all="ignore"):  # inf and nan are what is shown
        exact, *formulas = _rounded_losses(dtype, margins + shift, np.full(151, shift))
        stored, most = _round(exact, dtype), BITS[dtype] * np.log10(2)
        digits = [
            np.where(f == stored, most, np.clip(-np.log10(np.abs(f / exact - 1)), 0, most))
            for f in formulas
        ]
    for ax, what, name in ((axes[0], 0, "loss"), (axes[1], 1, "slope")):
        for lane, right in enumerate(digits):
            base = len(formulas) - 1 - lane
            height = base + 0.8 * np.nan_to_num(right[what]) / most
            ax.fill_between(place, base, height, color=style.P, alpha=0.35)
            ax.plot(place, height, color=style.P, linestyle="-", linewidth=1.5)
        at = np.sign(margin) * np.log10(1 + abs(margin))
        ax.axvline(at, color=style.Q, linestyle="--")
        ticks = np.array([-100, -10, 0, 10, 100])
        ax.set_xticks(np.sign(ticks) * np.log10(1 + np.abs(ticks)), ticks)
        ax.set_yticks(np.arange(4) + 0.4, ["log1p", "max", "log Σ", "naive"])
        ax.set(title=f"right digits of the {name}", xlabel="margin")
    axes[0].figure.tight_layout()
    return axes


def blurred_digit(pixels, weights, bias, blur=0.0, temperature=1.0, axes=None):
    """A picture of a digit, its logits in a linear model, and their softmax.

    Args:
        pixels: (64,) numbers from 0 to 16.
        weights: (64, 10) of the model.
        bias: (10,) of the model.
        blur: standard deviation of the Gaussian, in pixels.
        temperature: what the logits are divided by.
        axes: three axes to draw in.

    Returns:
        The three axes, the logits and their softmax.
    """
    axes = plt.figure(figsize=(6.4, 2.4)).subplots(1, 3) if axes is None else axes
    picture = np.asarray(pixels, float).reshape(8, 8) / 16
    if blur:
        gap = np.subtract.outer(np.arange(8), np.arange(8))
        near = ce.softmax(-(gap**2) / (2 * blur**2))  # a Gaussian, each row summing to 1
        picture = near @ picture @ near.T
    z = picture.ravel() @ np.asarray(weights) + np.asarray(bias)
    q = ce.softmax(z, temperature)
    axes[0].imshow(-picture, cmap="gray", vmin=-1, vmax=0)
    axes[0].set(xticks=[], yticks=[])
    axes[1].bar(np.arange(10), z, color=style.P)
    axes[1].set(title="logit z", xticks=range(0, 10, 3))
    axes[2].bar(np.arange(10), q, color=style.Q, alpha=0.55)
    axes[2].set(title="softmax q", ylim=(0, 1), xticks=range(0, 10, 3))
    axes[0].figure.tight_layout()
    return axes, z, q
