"""What the interactive figures show before, or without, JavaScript: one still picture each."""

import re

import matplotlib.pyplot as plt
import numpy as np

import ce_lib as ce

from . import style


def code_length(p, q, unit="bits", labels=None, ax=None):
    """Areas p × code length: each symbol is p wide, and as high as its code is long.

    Args:
        p: (K,) the truth.
        q: (K,) the model that the code was made for.
        unit: "bits" or "nats".
        labels: K names.
        ax: where to draw.

    Returns:
        The axes.
    """
    ax = ax or plt.figure().add_subplot()
    p, q = np.asarray(p, float), np.asarray(q, float)
    scale = ce.to_bits(1.0) if unit == "bits" else 1.0
    each = np.eye(len(p))  # a symbol for sure: its cross-entropy is the length of its code
    best, actual = ce.cross_entropy(each, p) * scale, ce.cross_entropy(each, q) * scale
    finite = np.concatenate([best, actual])[np.isfinite(np.concatenate([best, actual]))]
    top = max(4.0 * scale / ce.to_bits(1.0), finite.max(initial=0.0)) * 1.08
    left = np.concatenate([[0.0], np.cumsum(p)[:-1]])
    best, actual = np.minimum(best, top), np.minimum(actual, top)
    bars = {"width": p, "align": "edge"}
    ax.bar(left, best, color=style.P, alpha=0.35, label="best code, area H(p)", **bars)
    gap = {"color": "none", "edgecolor": style.Q, **bars}
    ax.bar(left, actual - best, bottom=best, hatch="///", label="difference, area KL(p‖q)", **gap)
    ax.bar(left, actual, color="none", edgecolor=style.INK, linewidth=1.5, **bars)
    for x, width, name in zip(left, p, labels or [f"{i + 1}" for i in range(len(p))], strict=True):
        ax.text(x + width / 2, 0.02 * top, name, ha="center", va="bottom")
    ax.set(xlim=(0, 1), ylim=(0, top), xlabel="probability p", ylabel=f"code length ({unit})")
    ax.legend(loc="upper right")
    return ax


def loss_lens(z=0.0, y=1.0, clamp=0.0, weight=1.0, gamma=0.0, axes=None):
    """The binary cross-entropy against the probability q and against the logit z, with the slope.

    Args:
        z: the logit at the point.
        y: the target in [0, 1].
        clamp: q is moved into [clamp, 1 − clamp] first.
        weight: what y = 1 counts for.
        gamma: that of the focal loss.
        axes: two axes to draw in.

    Returns:
        The two axes.
    """
    axes = plt.figure().subplots(1, 2, sharey=True) if axes is None else axes
    from_logits = ce.binary_cross_entropy_with_logits
    logits, target = np.linspace(-8, 8, 401), np.full(401, y)
    exact = from_logits(logits, target, reduction="none")
    loss = exact
    value, slope = ce.value_and_grad(from_logits, np.array(z), np.array(y))
    q = ce.sigmoid(z)
    if weight != 1 or gamma:
        factor, focal = 1 + (weight - 1) * y, ce.sigmoid_focal_loss
        loss = factor * focal(logits, target, gamma=gamma, reduction="none")
        at_z = ce.value_and_grad(focal, np.array(z), np.array(y), gamma=gamma)
        value, slope = factor * at_z[0], factor * at_z[1]
    if clamp:
        inside = np.clip(ce.sigmoid(logits), clamp, 1 - clamp)
        loss = ce.binary_cross_entropy(inside, target, reduction="none")
        if not clamp <= q <= 1 - clamp:
            value, slope = ce.binary_cross_entropy(np.clip(q, clamp, 1 - clamp), y), 0.0
    for ax, x, at, tangent, label in (
        (axes[0], ce.sigmoid(logits), q, slope / (q * (1 - q)), "model's probability q"),
        (axes[1], logits, z, slope, "logit z"),
    ):
        if loss is not exact:
            ax.plot(x, exact, color=style.INK, linestyle=":", linewidth=1.5)
        ax.plot(x, loss)
        ax.axline((at, value), slope=tangent, color=style.Q, linestyle="--", linewidth=1.5)
        ax.plot(at, value, "o", color=style.Q, markersize=9)
        ax.set(xlabel=label, ylim=(0, 8.5), xlim=(x[0].round(), x[-1].round()))
    axes[0].set_ylabel("loss (nats)")
    return axes


def likelihood(q=0.5, n=10, share=0.7, dtype="float32", axes=None):
    """The likelihood of n coin flips, as the dtype multiplies it, above the mean −log likelihood.

    Args:
        q: the model's probability of heads.
        n: how many flips.
        share: of heads among them.
        dtype: "float32" or "float64".
        axes: two axes to draw in.

    Returns:
        The two axes.
    """
    axes = plt.figure(figsize=(5, 4.4)).subplots(2, 1, sharex=True) if axes is None else axes
    heads = round(share * n)
    grid = np.linspace(0.005, 0.995, 199)

    def product(q):
        q = np.asarray(q, dtype)
        flips = [q] * heads + [(1 - q).astype(dtype)] * (n - heads)
        return np.prod(flips, axis=0, dtype=dtype)

    def mean_loss(q):
        return ce.binary_cross_entropy(q, np.full(np.shape(q), heads / n), reduction="none")

    for ax, curve, label in (
        (axes[0], product, f"product, {dtype}"),
        (axes[1], mean_loss, "mean −log (nats)"),
    ):
        ax.plot(grid, curve(grid))
        ax.plot(q, curve(q), "o", color=style.Q, markersize=9)
        ax.set(ylabel=label, ylim=(0, None), xlim=(0, 1))
    axes[1].axvline(heads / n, color=style.GAP, linestyle=":")
    axes[1].set_xlabel("model's probability of heads q")
    return axes


def text_cost(text, q, ax=None):
    """The code length of each symbol of a text, in the code made for q.

    Args:
        text: what is no letter is a space.
        q: (27,) the model: the space, then a to z.
        ax: where to draw.

    Returns:
        The axes.
    """
    ax = ax or plt.figure().add_subplot()
    symbols = re.sub("[^a-z]+", " ", text.lower()).strip()
    index = [max(ord(symbol) - 96, 0) for symbol in symbols]
    bits = ce.to_bits(ce.cross_entropy(np.eye(27), np.asarray(q, float)))[index]
    top = max(8, bits[np.isfinite(bits)].max(initial=0)) * 1.08
    ax.bar(range(len(bits)), np.minimum(bits, top), color=style.P, alpha=0.35)
    if len(bits):
        ax.axhline(min(bits.mean(), top), color=style.Q, linestyle="--")
    ax.set_xticks(range(len(bits)), symbols.replace(" ", "␣"))
    ax.set(ylim=(0, top), xlabel="the text, symbol by symbol", ylabel="code length (bits)")
    return ax


def sampling(ax=None):
    """The entropy of the counts of a fair die's throws, and the loss on fresh ones, on average.

    Args:
        ax: where to draw.

    Returns:
        The axes.
    """
    ax = ax or plt.figure().add_subplot()
    rng, die, throws = (
        np.random.default_rng(0),
        np.full(6, 1 / 6),
        np.array([5, 10, 20, 50, 100, 200]),
    )
    counts = [rng.multinomial(n, die, size=4000) for n in throws]
    plug_in = [ce.entropy(c / n).mean() for c, n in zip(counts, throws, strict=True)]
    fresh = [
        ce.cross_entropy(die, (c + 1) / (n + 6)).mean() for c, n in zip(counts, throws, strict=True)
    ]
    ax.plot(
        throws,
        ce.to_bits(np.array(fresh)),
        "s--",
        color=style.Q,
        label="counts + 1, on fresh throws",
    )
    ax.axhline(ce.to_bits(ce.entropy(die)), color=style.GAP, linestyle=":", label="truth, H(p)")
    ax.plot(
        throws,
        ce.to_bits(np.array(plug_in)),
        "o-",
        color=style.P,
        label="plug-in, on the same throws",
    )
    ax.set(xlabel="throws N", ylabel="average (bits)", xscale="log")
    ax.legend()
    return ax


def softmax_lens(z, y, labels, smoothing=0.0, temperature=1.0, axes=None):
    """Logits, their softmax beside the target, and the slopes of the cross-entropy.

    Args:
        z: (K,) logits.
        y: the true class.
        labels: K names.
        smoothing: the share of the target spread over all classes.
        temperature: what the logits are divided by.
        axes: three axes to draw in.

    Returns:
        The three axes, and the loss in nats.
    """
    axes = plt.figure(figsize=(6.4, 2.6)).subplots(1, 3) if axes is None else axes
    scaled = np.asarray(z, float) / temperature
    target = np.full(len(z), smoothing / len(z))
    target[y] += 1 - smoothing
    loss, slope = ce.value_and_grad(ce.softmax_cross_entropy_with_logits, scaled, target)
    where = np.arange(len(z))
    axes[0].bar(where, z, color=style.P)
    axes[1].bar(where, ce.softmax(scaled), color=style.Q, alpha=0.55)
    axes[1].bar(where, target, color="none", edgecolor=style.INK, linewidth=1.5)
    axes[2].bar(where, slope / temperature, color=style.Q, alpha=0.55)
    names = ("logit z", "softmax q", "slope dℓ/dz")
    for ax, name, limits in zip(axes, names, ((-6, 6), (0, 1), None), strict=True):
        ax.axhline(0, color=style.INK, linewidth=1)
        ax.set_xticks(where, labels)
        ax.set(title=name, ylim=limits)
    axes[0].figure.tight_layout()
    return axes, loss


def thermometer(loss, classes, ax=None):
    """The probability of the truth against the loss.

    Args:
        loss: nats, where the point is.
        classes: K; a line marks ln K.
        ax: where to draw.

    Returns:
        The axes.
    """
    ax = ax or plt.figure().add_subplot()
    nats = np.linspace(0, 12, 241)
    ax.plot(nats, 1 / ce.perplexity(nats))
    ax.plot(loss, 1 / ce.perplexity(loss), "o", color=style.Q, markersize=9)
    even = ce.entropy(np.full(classes, 1 / classes))
    ax.axvline(even, color=style.GAP, linestyle=":", label="ln K: knows nothing")
    ax.set(xlabel="loss (nats)", ylabel="probability of the truth", ylim=(0, None), xlim=(0, 12))
    ax.legend()
    return ax


def _neuron_losses():
    """Of each loss, its name, the loss and its slope in the logit, both element by element."""

    def half_mse(z, y):
        return ce.mse_with_logits(z, y, reduction="none") / 2

    def error(z, y):
        return ce.sigmoid(z) - y

    cross_entropy = ce.binary_cross_entropy_with_logits
    return (
        ("cross-entropy", lambda z, y: cross_entropy(z, y, reduction="none"), error),
        ("½MSE", half_mse, lambda z, y: error(z, y) * ce.sigmoid(z) * ce.sigmoid(-z)),
    )


def slopes(z, y, scale="linear", ax=None):
    """The size of the slope in the logit, of cross-entropy and of ½MSE behind a sigmoid.

    Args:
        z: the logit at the points.
        y: the label, 0 or 1.
        scale: "linear" or "log".
        ax: where to draw.

    Returns:
        The axes.
    """
    ax = ax or plt.figure().add_subplot()
    grid = np.linspace(-10, 10, 401)
    for (name, _, slope), marker in zip(_neuron_losses(), "os", strict=True):
        (line,) = ax.plot(grid, abs(slope(grid, y)), label=name)
        ax.plot(z, abs(slope(np.array(z), y)), marker, color=line.get_color(), markersize=8)
    ax.set(xlabel="logit z", ylabel="size of the slope", yscale=scale)
    ax.legend()
    return ax


def race(w, b, rate, steps=300, ax=None):
    """The output of a neuron with x = 1 and y = 0 as it learns by either loss.

    Args:
        w: the weight at the start.
        b: the bias at the start.
        rate: the learning rate.
        steps: how many.
        ax: where to draw.

    Returns:
        The axes.
    """
    ax = ax or plt.figure().add_subplot()
    for name, _, slope in _neuron_losses():
        z = [w + b]  # x = 1, so weight and bias have one slope and z moves by twice the step
        for _ in range(steps):
            z.append(z[-1] - 2 * rate * slope(np.array(z[-1]), 0.0))
        ax.plot(ce.sigmoid(np.array(z)), label=name)
    ax.axhline(0.5, color=style.GAP, linestyle=":")
    ax.set(xlabel="step", ylabel="output a, wanted 0", ylim=(0, 1))
    ax.legend()
    return ax


def surface(x, y, w, b, axes=None):
    """Contours of the mean cross-entropy and of ½MSE of a neuron over (w, b).

    Args:
        x: (N,) inputs.
        y: (N,) labels.
        w: the weight at the start.
        b: the bias at the start.
        axes: two axes to draw in.

    Returns:
        The two axes.
    """
    axes = plt.figure(figsize=(6.4, 3)).subplots(1, 2, sharey=True) if axes is None else axes
    x, y, side = np.asarray(x, float), np.asarray(y, float), np.linspace(-6, 6, 61)
    z = side[None, :, None] * x + side[:, None, None]
    for ax, (name, loss, _) in zip(axes, _neuron_losses(), strict=True):
        height = loss(z, np.broadcast_to(y, z.shape)).mean(-1)
        ax.contour(side, side, height, 12, colors=style.P, linewidths=1.2)
        ax.plot(w, b, "o", color="none", markeredgecolor=style.Q, markersize=9)
        ax.set(xlabel="weight w", title=name)
    axes[0].set(ylabel="bias b")
    return axes


def reliability(logits, labels, temperature=1.0, ax=None):
    """The fraction of right answers against their confidence, in ten bins.

    Args:
        logits: (N, K) logits.
        labels: (N,) classes.
        temperature: what the logits are divided by.
        ax: where to draw.

    Returns:
        The axes, and the expected calibration error.
    """
    ax = ax or plt.figure().add_subplot()
    probs = ce.softmax(np.asarray(logits, float), temperature=temperature)
    confidence, fraction, count = ce.reliability_curve(probs, np.asarray(labels))
    ax.bar(np.arange(10) / 10 + 0.05, np.nan_to_num(fraction), 0.09, color=style.P, alpha=0.35)
    ax.plot([0, 1], [0, 1], color=style.GAP, linestyle=":", label="calibrated")
    ax.scatter(confidence, fraction, 15 + 150 * count / count.sum(), color=style.Q, zorder=3)
    ax.set(xlabel="confidence", ylabel="fraction right", xlim=(0, 1), ylim=(0, 1.02))
    ax.legend(loc="upper left")
    return ax, ce.expected_calibration_error(probs, np.asarray(labels))
