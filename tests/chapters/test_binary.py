"""Chapter 2: its numbers recomputed without ce_lib, its exercises and its worksheet."""

import math
import re

import mpmath
import numpy as np
import pytest
from mpmath import exp, log, mpf

import ce_lib as ce
from tools.testing import by_hand

GIVEN = [0.21]  # the loss of the colleague, which no cell has


def entropy(share):
    share = mpf(share)
    return -share * log(share) - (1 - share) * log(1 - share)


def first_zero(smallest):
    """How many halves make a product that rounds to 0: half of the smallest number does."""
    return 1 + round(-log(mpf(smallest), 2))


def first_one(dtype):
    """The first whole z whose exp(−z) is at most half a step above 1, so that 1 + exp(−z) is 1."""
    return next(z for z in range(99) if exp(-z) <= mpf(float(np.finfo(dtype).eps)) / 2)


def training():
    """The loss after the steps of the chapter, and that of the true rule, one example at a time."""
    labels = [i % 2 for i in range(2000)]
    xs = np.random.default_rng(0).normal([2 * y - 1 for y in labels]).tolist()
    examples = list(zip(xs, labels, strict=True))

    def loss(w, b):
        each = (math.log1p(math.exp((1 - 2 * y) * (w * x + b))) for x, y in examples)
        return math.fsum(each) / 2000

    w = b = 0.0
    for _ in range(59):  # the 60th loss is measured after 59 steps
        slopes = [(1 / (1 + math.exp(-w * x - b)) - y, x) for x, y in examples]
        w -= math.fsum(s * x for s, x in slopes) / 2000
        b -= math.fsum(s for s, _ in slopes) / 2000
    return loss(w, b), loss(2.0, 0.0)


def expected():
    trained, rule = training()
    sure = log(1 + exp(-mpf(1)))  # −log σ(1)
    return {
        "halves32": first_zero(np.finfo(np.float32).smallest_subnormal.item()),
        "halves64": first_zero(np.finfo(np.float64).smallest_subnormal.item()),
        "ln2": log(2),
        "floor": entropy("0.01"),
        "floor5": entropy("0.05"),
        "times": log(2) / entropy("0.01"),
        "bias": -log(99),
        "trained": trained,
        "rule": rule,
        "stop32": 23 * log(2),  # eps is 2⁻²³
        "stop64": 52 * log(2),
        "twice1": sure,
        "twice": (sure + log(2)) / 2,
        "saturate32": first_one(np.float32),
        "saturate64": first_one(np.float64),
        "largest": (2 - mpf(2) ** -52) * mpf(2) ** 1023,
    }


def test_the_loss_of_010_is_worse_than_a_constant_with_1_percent_positives():
    assert entropy("0.01") < mpf("0.10") < log(2)
    assert entropy("0.05") < mpf("0.21")  # the colleague of the exercise


def test_the_libraries_stop_where_the_picture_says(chapter):
    pytest.importorskip("torch")
    pytest.importorskip("keras")
    pytest.importorskip("sklearn")
    rows = dict(
        re.findall(r"^(keras|torch|scikit-learn|from logits) +(\S+ +\S+)$", chapter.printed, re.M)
    )
    stops = {name: float(row.split()[0]) for name, row in rows.items()}
    slopes = {name: float(row.split()[1]) for name, row in rows.items()}
    assert stops["from logits"] == 130
    assert stops["torch"] == 100
    assert stops["keras"] == pytest.approx(float(7 * log(10)), abs=5e-4)
    assert stops["scikit-learn"] == pytest.approx(float(52 * log(2)), abs=5e-4)
    assert slopes["from logits"] == -1
    assert slopes["keras"] == 0
    # torch divides by max(q(1 − q), 10⁻¹²), and the sigmoid multiplies by q(1 − q) = e⁻⁵⁰
    assert slopes["torch"] == pytest.approx(float(-exp(-mpf(50)) * 10**12), rel=0.02)


def test_both_models_tie_at_zero_as_products_and_not_as_means(chapter):
    assert chapter.printed.count("likelihood 0.0\n") == 2
    for q in ("0.7", "0.1"):
        mean = -(7 * log(mpf(q)) + 3 * log(1 - mpf(q))) / 10
        assert f"q = {q}: mean loss {float(mean):.3f} nats" in chapter.printed


# The exercises in code, as learners answer them


def stable_by_cases(z, y):
    with np.errstate(over="ignore"):
        high = np.log1p(np.exp(-z)) + (1 - y) * z
        low = np.log1p(np.exp(z)) - y * z
    return np.where(z > 0, high, low)


def baseline_by_counting(y):
    ones, n = int(y.sum()), len(y)
    parts = [k / n * math.log(n / k) for k in (ones, n - ones) if k]
    return sum(parts)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def clipped(z, y):
    q = np.minimum(np.maximum(sigma(z), 1e-7), 1 - 1e-7)
    return -(y * np.log(q) + (1 - y) * np.log(1 - q))


def rounded_to_one(z, y):
    return np.maximum(z, 0) - z * y + np.log(1 + np.exp(-abs(z)))


RIGHT = {
    "bce-stable": stable_by_cases,
    "bce-saturate": [17.0, 37.0],
    "bce-baseline": baseline_by_counting,
}
WRONG = [
    ("bce-stable", lambda z, y: -y * np.log(sigma(z)) - (1 - y) * np.log(1 - sigma(z)), "nan"),
    ("bce-stable", lambda z, y: np.log(1 + np.exp(z)) - y * z, "exp(800) is infinite"),
    ("bce-stable", rounded_to_one, "np.log1p keeps what the sum loses"),
    ("bce-stable", clipped, "The clamp stops the loss near 16"),
    ("bce-stable", lambda z, y: stable_by_cases(z, 1 - y), "The labels are swapped"),
    ("bce-stable", lambda z, y: np.mean(stable_by_cases(z, y)), "This is the mean"),
    ("bce-saturate", (37, 17), "The other way round"),
    ("bce-saturate", (89, 710), "There exp(z) overflows"),
    ("bce-saturate", "17 and 37", "The answer must be two numbers"),
    ("bce-saturate", 17, "is not it"),
    ("bce-baseline", lambda y: math.log(2), "ln 2 is the loss of ½"),
    ("bce-baseline", lambda y: y.sum() / len(y), "the best constant itself"),
    ("bce-baseline", lambda y: len(y) * baseline_by_counting(y), "This is the sum"),
    ("bce-baseline", lambda y: ce.entropy([y.mean(), 1 - y.mean()]), "Do it without entropy"),
]


# The questions of the worksheet


def loss_and_slope(z, y):
    loss, slope = by_hand.binary(z, y)
    return {
        "q": by_hand.sigmoid(z),
        "loss": loss,
        "slope": slope,
        "step": "raise" if slope < 0 else "lower",
    }


def base_rate(n, ones, loss):
    rate = ones / n
    floor = by_hand.cross_entropy([rate, 1 - rate], [rate, 1 - rate])
    assert abs(loss / floor - 1) > 0.1
    better = "(b) yes" if loss < floor else "(b) no"
    return {
        "rate": rate,
        "floor": floor,
        "ratio": loss / floor,
        "better": better,
        "start": log(2),
    }


def likelihood(q, y):
    product = mpmath.fprod(a if b else 1 - a for a, b in zip(q, y, strict=True))
    return {"likelihood": product, "loss": -log(product) / 4}


def sure_and_wrong(z, y):
    losses = [by_hand.binary(a, b)[0] for a, b in zip(z, y, strict=True)]
    worst, best = losses.index(max(losses)), losses.index(min(losses))
    assert losses[worst] > 2.9
    once, twice = by_hand.binary(z[worst], y[worst]), by_hand.binary(2 * z[worst], y[worst])
    return {
        "which": f"{'ABCD'[worst]}; {'ABCD'[best]}",
        "loss": [once[0], twice[0]],
        "slope": [once[1], twice[1]],
    }


def sigmoid_twice(z, y):
    return {"right": by_hand.binary(z, y)[0], "lowest": log(1 + 1 / mpmath.e) if y else log(2)}
