"""Chapter 6: its numbers recomputed without ce_lib, its exercises and its worksheet."""

import itertools

import mpmath
import numpy as np
from mpmath import exp, log, mpf

from engine.chapters import BY_KEY
from tools.testing import by_hand


def sigmoid(z):
    return 1 / (1 + exp(-mpf(z)))


def race(factor, rate="0.15"):
    """The first step at which the answer to x = 1 is below a half, from w = b = 2."""
    z, step = mpf(4), 0
    while z >= 0:
        a = sigmoid(z)
        z -= 2 * mpf(rate) * (a * a * (1 - a) if factor else a)
        step += 1
    return step


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def measured_ece(q, y):
    confidence, right = q.max(-1), q.argmax(-1) == y
    bins = np.ceil(confidence * 10).astype(int)
    gaps = [abs((right[bins == b] - confidence[bins == b]).sum()) for b in range(1, 11)]
    return sum(gaps) / len(y)


def mean_loss(z, y):
    return -np.mean(np.log(softmax(z)[np.arange(len(y)), y]))


def expected():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    X, order = X / 16, np.random.default_rng(0).permutation(len(X))
    seen, held, unseen = order[:300], order[300:700], order[700:]
    q, models = {}, {}
    for kind in ("ce", "mse"):
        for scale, rate in ((0.2, 1), (2.0, 0.5)):
            rng = np.random.default_rng(1)
            V, W = 0.2 * rng.normal(size=(64, 32)), scale * rng.normal(size=(32, 10))
            for step in range(1, 1001):
                h = np.tanh(X[seen] @ V)
                p = softmax(h @ W)
                d = p - np.eye(10)[y[seen]]
                if kind == "mse":
                    d = p * (d - (p * d).sum(1, keepdims=True))
                d /= 300
                in_V = X[seen].T @ (d @ W.T * (1 - h * h))
                V, W = V - rate * in_V, W - rate * h.T @ d
                if step in (50, 1000):
                    q[kind, scale, step] = softmax(np.tanh(X[unseen] @ V) @ W)
            models[kind, scale] = V, W
    V, W = models["ce", 0.2]
    z = np.tanh((X + np.random.default_rng(2).normal(0, 0.4, X.shape)) @ V) @ W
    low, high = 0.5, 8.0  # the loss has one lowest point in T: close in on it from both sides
    while high - low > 1e-6:
        a, b = low + (high - low) / 3, high - (high - low) / 3
        if mean_loss(z[held] / a, y[held]) < mean_loss(z[held] / b, y[held]):
            high = b
        else:
            low = a

    def ece(*which):
        return f"{measured_ece(q[which], y[unseen]):.2g}"

    def accuracy(*which):
        return f"{np.mean(q[which].argmax(-1) == y[unseen]):.2g}"

    a, start = sigmoid(-10), sigmoid(4)
    return {
        "ce_slope": f"−{float(1 - a):.5f}",
        "mse_slope": f"−{float(1e5 * (1 - a) * a * (1 - a)):.3g}",
        "ratio": f"{float(1 / (a * (1 - a))):,.0f}",
        "steepest": f"{4 / 27:.3g}",
        "start": f"{float(start):.3g}",
        "ce_step": str(race(False)),
        "mse_step": str(race(True)),
        "too_large": f"{float(1 / (start * (1 - start))):.3g}",
        "fast_rate": f"{next(r for r in np.arange(0.15, 9, 0.05) if race(True, r) <= 17):.3g}",
        "ece_early_ce": ece("ce", 0.2, 50),
        "ece_early_mse": ece("mse", 0.2, 50),
        "ece_late_ce": ece("ce", 0.2, 1000),
        "ece_late_mse": ece("mse", 0.2, 1000),
        "acc_stuck": accuracy("mse", 2.0, 1000),
        "acc_ce": accuracy("ce", 2.0, 1000),
        "T": f"{low:.3g}",
        "ece_before": f"{measured_ece(softmax(z[unseen]), y[unseen]):.2g}",
        "ece_after": f"{measured_ece(softmax(z[unseen] / low), y[unseen]):.2g}",
    }


def test_squared_error_arrives_from_small_weights_and_not_from_large_ones(chapter):
    glued = {
        name: float(text.replace(",", "").replace("−", "-")) for name, text in chapter.glued.items()
    }
    assert glued["ece_early_mse"] > 2 * glued["ece_early_ce"]
    assert glued["ece_late_mse"] < 0.1
    assert glued["acc_stuck"] < glued["acc_ce"] - 0.1
    assert glued["T"] > 1
    assert glued["ece_after"] < glued["ece_before"] / 2


def test_the_prediction_and_the_text_name_the_steps_of_the_race():
    assert (race(False), race(True)) == (17, 232)
    assert "step 17 against step 232" in BY_KEY["mse"].source.read_text("utf-8")


def test_slope_4_27_is_the_steepest_and_stands_at_one_third():
    slopes = {p: p * (1 - p) ** 2 for p in (mpf(k) / 300 for k in range(1, 300))}
    assert max(slopes, key=slopes.get) == mpf(1) / 3
    assert abs(max(slopes.values()) - mpf(4) / 27) < mpf(10) ** -25
    assert abs(log(mpf(1) / 3 / (mpf(2) / 3)) + log(2)) < mpf(10) ** -25


# The exercises in code, as learners answer them


def half_mse_slope_by_exp(z, y):
    a = 1 / (1 + np.exp(-z))
    return a**2 * (1 - a) - y * a * (1 - a)


def ece_by_edges(confidence, right, n):
    edges, total = np.linspace(0, 1, n + 1), 0
    for low, high in itertools.pairwise(edges):
        inside = (confidence >= low) & (confidence < high)
        total += abs(right[inside].sum() - confidence[inside].sum())
    return total / len(right)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def gap(confidence, right, inside):
    return right[inside].mean() - confidence[inside].mean()


def unweighted_bins(confidence, right, n):
    bins = np.minimum(np.floor(confidence * n), n - 1)
    return np.mean([abs(gap(confidence, right, bins == k)) for k in np.unique(bins)])


def worst_bin(confidence, right, n):
    bins = np.minimum(np.floor(confidence * n), n - 1)
    return max(abs(gap(confidence, right, bins == k)) for k in np.unique(bins))


RIGHT = {
    "mse-slope": half_mse_slope_by_exp,
    "mse-rate": 2.2,
    "mse-ece": ece_by_edges,
}
WRONG = [
    ("mse-slope", lambda z, y: sigma(z) - y, "the slope of cross-entropy"),
    ("mse-slope", lambda z, y: 2 * half_mse_slope_by_exp(z, y), "Twice too large"),
    ("mse-slope", lambda z, y: (sigma(z) - y) * sigma(z), "a(1 − a), not a"),
    ("mse-slope", lambda z, y: (sigma(z) - y) ** 2 / 2, "This is the loss"),
    ("mse-rate", 2.05, "one for one"),
    ("mse-rate", 2.3, "after 16 steps already"),
    ("mse-rate", 0.15, "232 steps"),
    ("mse-ece", unweighted_bins, "Every bin counts the same"),
    ("mse-ece", worst_bin, "the largest gap"),
    ("mse-ece", lambda c, r, n: abs(r - c).mean(), "example by example"),
    ("mse-ece", lambda c, r, n: abs(r.mean() - c.mean()), "cancel here"),
]


# The questions of the worksheet


def two_slopes(z, y):
    in_ce, in_mse = by_hand.binary(z, y)[1], by_hand.half_mse_gradient(z, y)
    return {
        "a": by_hand.sigmoid(z),
        "ce": in_ce,
        "mse": in_mse,
        "ratio": in_ce / in_mse,
        "least": 4,
    }


def one_step(w, b, rate):
    z = w + b
    return {
        "ce": w - rate * by_hand.binary(z, 0)[1],
        "mse": w - rate * by_hand.half_mse_gradient(z, 0),
    }


def where_it_pulls(a):
    slopes = [by_hand.half_mse_gradient(by_hand.logit(x), 1) for x in a]
    bends = [mpmath.diff(lambda t: by_hand.half_mse_gradient(t, 1), by_hand.logit(x)) for x in a]
    most = "ABC"[slopes.index(min(slopes))], "ABC"[a.index(min(a))]
    assert most[0] != most[1]
    bent = [letter for letter, bend in zip("ABC", bends, strict=True) if bend < 0]
    return {"slopes": slopes, "most": "; ".join(most), "bent": f"not at {' and '.join(bent)}"}


def calibration_error(q, y):
    gaps, error = [], 0
    for inside in ([x < 0.5 for x in q], [x > 0.5 for x in q]):
        n = sum(inside)
        total = sum(a - b for a, b, here in zip(q, y, inside, strict=True) if here)
        gaps.append(abs(total) / n)
        error += abs(total) / 5
    assert min(gaps) > 0.01
    return {"gaps": gaps, "error": error}


def missing_factor(a, y):
    slope = by_hand.half_mse_gradient(by_hand.logit(a), y)
    return {"slope": slope, "factor": (a - y) / slope}
