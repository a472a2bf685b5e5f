"""Code exercises on cross-entropy and squared error."""

import numpy as np

import ce_lib as ce

from . import Exercise, Trap


def half_mse_slope(z, y):
    a = ce.sigmoid(z)
    return (a - y) * a * (1 - a)


def half_mse_slope_steps(z, y):
    a = ce.sigmoid(z)
    outer = a - y
    inner = a * (1 - a)
    return outer * inner


def slope_cases(rng):
    return [
        (np.array([4.0, -10.0, 0.0]), np.array([0.0, 1.0, 1.0])),
        *((rng.normal(0, 3, n), rng.integers(0, 2, n).astype(float)) for n in (2, 5, 20)),
    ]


def first_rate(steps=17):
    """The smallest rate, by 0.05, with which ½MSE is below ½ after so many steps of the race."""
    for rate in np.arange(3, 200) * 0.05:
        w = b = 2.0
        for _ in range(steps):
            step = rate * half_mse_slope(w + b, 0)
            w, b = w - step, b - step
        if w + b < 0:
            return round(float(rate), 2)
    return None


def first_rate_steps():
    for mse_rate in np.arange(3, 200) * 0.05:
        w = b = 2.0
        for _ in range(17):
            a = ce.sigmoid(w + b)
            step = mse_rate * a * a * (1 - a)
            w, b = w - step, b - step
        if w + b < 0:
            break
    return mse_rate


def bin_of(confidence, n):
    return np.minimum((confidence * n).astype(int), n - 1)


def ece(confidence, right, n):
    bins, total = np.minimum((confidence * n).astype(int), n - 1), 0.0
    for k in range(n):
        inside = bins == k
        if inside.any():
            gap = abs(right[inside].mean() - confidence[inside].mean())
            total += inside.mean() * gap
    return total


def ece_cases(rng):
    fixed = (np.array([0.55, 0.65, 0.95, 0.95]), np.array([1.0, 0.0, 1.0, 1.0]), 5)
    cases = [fixed]
    for size, n in ((30, 4), (80, 10), (200, 15)):
        confidence = rng.uniform(0.05, 0.999, size)
        cases.append((confidence, (rng.random(size) < confidence**2).astype(float), n))
    return cases


def gaps(confidence, right, n):
    """Of each bin that is not empty: its share of the examples, and the gap with its sign."""
    bins = bin_of(confidence, n)
    some = [bins == k for k in range(n) if (bins == k).any()]
    return np.array([[i.mean(), right[i].mean() - confidence[i].mean()] for i in some]).T


EXERCISES = {
    "mse-slope": Exercise(
        half_mse_slope,
        slope_cases,
        (
            Trap(
                lambda z, y: ce.sigmoid(z) - y,
                "This is the slope of cross-entropy: the derivative of the sigmoid, a(1 − a), is "
                "missing.",
            ),
            Trap(
                lambda z, y: 2 * half_mse_slope(z, y),
                "Twice too large: the ½ of ½(a − y)² takes the 2 away.",
                "outer = 2 * (a - y)",
            ),
            Trap(
                lambda z, y: -half_mse_slope(z, y),
                "The sign: (y − a) is the direction of the step, downhill; the slope has (a − y).",
                "outer = y - a",
            ),
            Trap(
                lambda z, y: ce.sigmoid(z) * (1 - ce.sigmoid(z)),
                "This is the derivative of the sigmoid alone; times it goes a − y.",
            ),
            Trap(
                lambda z, y: (ce.sigmoid(z) - y) * ce.sigmoid(z),
                "The derivative of the sigmoid is a(1 − a), not a.",
            ),
            Trap(
                lambda z, y: 0.5 * (ce.sigmoid(z) - y) ** 2,
                "This is the loss; its slope in z was asked for.",
            ),
            Trap(
                lambda z, y: (ce.sigmoid(z) - y) * z * (1 - z),
                "In a(1 − a) stands the answer a = σ(z), not the logit.",
                "inner = z * (1 - z)",
            ),
        ),
        ("Chain rule: dℓ/da times da/dz.", "dℓ/da = a − y and da/dz = a(1 − a)."),
        without=("value_and_grad",),
        steps=half_mse_slope_steps,
    ),
    "mse-rate": Exercise(
        first_rate(),
        traps=(
            Trap(
                round(0.15 * 232 / 17, 2),
                "That would hold if steps and rate traded one for one. They do not: the slope "
                "changes on the way.",
            ),
            Trap(
                first_rate(16),
                "That one is below ½ after 16 steps already: a little less does.",
                "for _ in range(16):",
            ),
            Trap(17, "That is the number of steps; the rate was asked for."),
            Trap(
                0.15,
                "That is the rate of the chapter, with which it takes 232 steps.",
                "if w + b > 0:",
            ),
        ),
        hints=(
            "Try rates upward from 0.15 until first_below_half(1, rate=rate) is at most 17.",
            "next(r for r in np.arange(0.15, 9, 0.05) if …), rounded to two decimals.",
        ),
        steps=first_rate_steps,
        rtol=1e-3,
    ),
    "mse-ece": Exercise(
        ece,
        ece_cases,
        (
            Trap(
                lambda confidence, right, n: np.abs(gaps(confidence, right, n)[1]).mean(),
                "Every bin counts the same here. Weight each gap by the share of the examples in "
                "its bin.",
            ),
            Trap(
                lambda confidence, right, n: abs(np.prod(gaps(confidence, right, n), 0).sum()),
                "Gaps of opposite sign cancel here: take the absolute value bin by bin.",
            ),
            Trap(
                lambda confidence, right, n: np.prod(gaps(confidence, right, n), 0).sum(),
                "The gaps keep their signs here: take the absolute value bin by bin.",
                "gap = right[inside].mean() - confidence[inside].mean()",
            ),
            Trap(
                lambda confidence, right, n: np.abs(gaps(confidence, right, n)[1]).max(),
                "This is the largest gap (the maximum calibration error); the mean was asked for.",
                "total = max(total, gap)",
            ),
            Trap(
                lambda confidence, right, n: np.abs(right - confidence).mean(),
                "Compared example by example, where a single answer is right or wrong and never "
                "0.8 right. Average within each bin first.",
            ),
            Trap(
                lambda confidence, right, n: len(right) * ece(confidence, right, n),
                "Weighted by the number in each bin: divide by the number of all examples.",
                "total += inside.sum() * gap",
            ),
        ),
        (
            "The bin of a confidence: np.minimum((confidence * n).astype(int), n - 1).",
            "Per bin that is not empty: its share of the examples times "
            "|mean of right − mean of confidence|.",
        ),
        without=("expected_calibration_error", "reliability_curve"),
    ),
}
