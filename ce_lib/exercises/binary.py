"""Code exercises on binary cross-entropy."""

import numpy as np

from . import Exercise, Trap


def stable(z, y):
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


def stable_steps(z, y):
    top = np.maximum(z, 0)
    bend = np.log1p(np.exp(-np.abs(z)))
    return top - z * y + bend


def stable_cases(rng):
    return [
        (np.array([-800.0, 800.0, 0.0, 800.0]), np.array([1.0, 0.0, 1.0, 1.0])),
        (np.array([2.0, -3.0]), np.array([1.0, 1.0])),
        (np.array([40.0, -40.0]), np.array([1.0, 0.0])),  # sure and right, and not yet free
        *((rng.normal(0, 5, n), rng.integers(0, 2, n).astype(float)) for n in (3, 6, 20)),
    ]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def saturate_steps():
    bce_saturate = ()
    for dtype in (np.float32, np.float64):
        z = np.arange(800, dtype=dtype)
        q = 1 / (1 + np.exp(-z))
        bce_saturate += (np.argmax(q == 1),)
    return bce_saturate


def baseline(y):
    share = np.mean(y)
    return -sum(q * np.log(q) for q in (share, 1 - share) if q > 0)


def baseline_steps(y):
    share = np.mean(y)
    chances = [q for q in (share, 1 - share) if q > 0]
    return -sum(q * np.log(q) for q in chances)


def baseline_cases(rng):
    return [
        (np.array([1.0, 0.0, 0.0, 0.0]),),
        (np.zeros(5),),
        (np.ones(3),),
        *(
            ((rng.random(n) < share).astype(float),)
            for n, share in ((50, 0.1), (90, 0.3), (40, 0.8))
        ),
    ]


EXERCISES = {
    "bce-stable": Exercise(
        stable,
        stable_cases,
        (
            Trap(
                lambda z, y: -y * np.log(sigmoid(z)) - (1 - y) * np.log(1 - sigmoid(z)),
                "At z = ±800 the probability is rounded to 0 or 1, and 0 · log 0 is nan. Do not go "
                "through the probability at all.",
            ),
            Trap(
                lambda z, y: -np.log(np.where(y == 1, sigmoid(z), 1 - sigmoid(z))),
                "At z = ±800 the probability is rounded to 0, and the loss to infinity: it is 800. "
                "Do not go through the probability at all.",
            ),
            Trap(
                lambda z, y: np.log1p(np.exp(z)) - z * y,
                "exp(800) is infinite. Take the larger of z and 0 out first, so that the "
                "exponential sees −|z| only.",
            ),
            Trap(
                lambda z, y: np.log(1 + np.exp(z)) - z * y,
                "exp(800) is infinite. Take the larger of z and 0 out first, so that the "
                "exponential sees −|z| only.",
            ),
            Trap(
                lambda z, y: (
                    -y * np.log(np.clip(sigmoid(z), 1e-7, 1 - 1e-7))
                    - (1 - y) * np.log(1 - np.clip(sigmoid(z), 1e-7, 1 - 1e-7))
                ),
                "The clamp stops the loss near 16, where 800 is right, and its slope is 0 there.",
            ),
            Trap(
                lambda z, y: stable(z, 1 - y),
                "The labels are swapped: this is the loss of 1 − y. For y = 1 it falls with z.",
                "return top - z * (1 - y) + bend",
            ),
            Trap(
                lambda z, y: stable(z, y).mean(),
                "This is the mean; the loss of each example was asked for.",
            ),
            Trap(
                lambda z, y: np.maximum(z, 0) - z * y + np.log(1 + np.exp(-np.abs(z))),
                "Nearly: at z = 40 the loss is 4 · 10⁻¹⁸, and 1 + exp(−40) is rounded to 1. "
                "np.log1p keeps what the sum loses.",
                "bend = np.log(1 + np.exp(-np.abs(z)))",
            ),
            Trap(
                lambda z, y: np.maximum(z, 0) - z * y,
                "Only the straight parts are there: log(1 + exp(−|z|)) is missing, which is the "
                "bend at 0.",
                "return top - z * y",
            ),
        ),
        (
            "For y = 0 it is log(1 + exp(z)); write that as max(z, 0) + log(1 + exp(−|z|)).",
            "np.maximum(z, 0) − z·y + np.log1p(np.exp(−np.abs(z))).",
        ),
        without=("binary_cross_entropy_with_logits", "logaddexp"),
        steps=stable_steps,
        atol=0,
    ),
    "bce-saturate": Exercise(
        (17, 37),
        traps=(
            Trap(
                (37, 17),
                "The other way round: float32 has fewer digits and gives up first.",
                "for dtype in (np.float64, np.float32):",
            ),
            Trap(
                (89, 710),
                "There exp(z) overflows. σ(z) is 1 long before: as soon as 1 + exp(−z) is 1.",
                "bce_saturate += (np.argmax(np.exp(z) == np.inf),)",
            ),
            Trap((88, 709), "That is where exp(z) is still finite; look at 1 + exp(−z)."),
            Trap(
                (16, 36),
                "At these σ(z) is still below 1, by a rounding error.",
                "bce_saturate += (np.argmax(q == 1) - 1,)",
            ),
            Trap((24, 53), "These are the bits of the two; look for exp(−z) below 2⁻²⁴ and 2⁻⁵³."),
        ),
        hints=(
            "When is 1 + exp(−z) rounded to 1?",
            "Try z = np.arange(60, dtype=...) and look for the first 1 / (1 + np.exp(-z)) == 1.",
        ),
        steps=saturate_steps,
    ),
    "bce-baseline": Exercise(
        baseline,
        baseline_cases,
        (
            Trap(
                lambda y: np.log(2),
                "ln 2 is the loss of ½. A constant may be any number: the share of ones is best.",
                "share = 0.5",
            ),
            Trap(
                lambda y: -np.mean(y) * np.log(np.mean(y)) if y.any() else 0.0,
                "Only the ones pay here: the zeros cost −log(1 − q) each.",
            ),
            Trap(
                lambda y: np.mean(y),
                "This is the best constant itself; what it costs was asked for.",
                "return share",
            ),
            Trap(
                lambda y: (
                    -np.mean(y) * np.log(np.mean(y)) - np.mean(1 - y) * np.log(np.mean(1 - y))
                ),
                "Where all labels are the same it says nan: then the loss is 0, as 0 · log 0 is.",
                "chances = [share, 1 - share]",
            ),
            Trap(
                lambda y: len(y) * baseline(y),
                "This is the sum over the examples; the mean was asked for.",
            ),
        ),
        ("Which constant is best? (exercise on paper)", "The entropy of (share, 1 − share)."),
        without=("entropy",),
        steps=baseline_steps,
    ),
}
