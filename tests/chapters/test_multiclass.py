"""Chapter 3: its numbers recomputed without ce_lib, its exercises and its worksheet."""

import math
import re

import mpmath
import numpy as np
from mpmath import e, exp, log, mpf

import ce_lib as ce
from engine.chapters import BY_KEY
from tools.testing import by_hand
from tools.testing.chapter_code import variables


def smoothed_floor(classes):
    even = mpf("0.1") / classes
    return -(mpf("0.9") + even) * log(mpf("0.9") + even) - (classes - 1) * even * log(even)


def log_softmax(z):
    top = z.max(-1, keepdims=True)
    return z - top - np.log(np.exp(z - top).sum(-1, keepdims=True))


def train(X, target):
    """Softmax regression as the chapter does it, with the slope written out: softmax − target."""
    W, b = np.zeros((64, 10)), np.zeros(10)
    for _ in range(200):
        slope = (np.exp(log_softmax(X @ W + b)) - target) / len(X)
        W, b = W - 2 * X.T @ slope, b - 2 * slope.sum(0)
    return W, b


def expected():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    X = X / 16
    order = np.random.default_rng(0).permutation(len(X))
    seen, unseen = order[:1200], order[1200:]
    one_hot = np.eye(10)[y]

    def losses(W, b, factor=1.0):
        return -(log_softmax(factor * (X[unseen] @ W + b)) * one_hot[unseen]).sum(-1)

    def surest(W, b):
        return np.exp(log_softmax(X[unseen] @ W + b)).max()

    W, b = train(X[seen], one_hot[seen])
    smoothed = train(X[seen], 0.9 * one_hot[seen] + 0.01)
    each, truth = losses(W, b), y[unseen]
    per_class = [each[truth == k].mean() for k in range(10)]
    factors = [round(0.5 + 0.1 * k, 1) for k in range(26)]
    surprise = [-log(mpf(q)) for q in ("0.55", "0.97", "0.97", "0.97", "0.01")]
    before = [-log(mpf(q)) for q in ("0.45", "0.9", "0.9", "0.9", "0.3")]
    return {
        "acc_before": mpf(3) / 5,
        "acc_after": mpf(4) / 5,
        "loss_before": sum(before) / 5,
        "loss_after": sum(surprise) / 5,
        "worst_share": 100 * surprise[4] / sum(surprise),
        "floor2": smoothed_floor(2),
        "floor10": smoothed_floor(10),
        "n_digits": len(X),
        "n_test": len(unseen),
        "test_loss": each.mean(),
        "ln10": log(10),
        "geometric": 100 * exp(-each.mean()),
        "accuracy": 100 * np.mean((X[unseen] @ W + b).argmax(-1) == truth),
        "worst_class": int(np.argmax(per_class)),
        "class_ratio": max(per_class) / min(per_class),
        "worst_five": 100 * np.sort(each)[-5:].sum() / each.sum(),
        "double4": log(e + 3) - 1,
        "double10": log(e + 9) - 1,
        "smooth_loss": losses(*smoothed).mean(),
        "largest_q": surest(W, b),
        "largest_smooth": surest(*smoothed),
        "factor": min(factors, key=lambda factor: losses(W, b, factor).mean()),
    }


def test_the_naive_way_fails_as_the_text_says(chapter):
    assert "[ 2.  0. -1.] naive 0.1698 ce_lib 0.1698" in chapter.printed
    assert re.search(r"\[800\..*\] naive nan ce_lib 0\.0000", chapter.printed)
    assert re.search(r"\[ *0\. -800\. +0\.\] naive nan ce_lib 0\.6931", chapter.printed)


def test_labels_and_one_hot_rows_give_the_same(chapter):
    rows = re.findall(r"^(?:labels |one-hot) (\[.*\])$", chapter.printed, re.MULTILINE)
    assert len(rows) == 2
    assert rows[0] == rows[1]


def test_smoothing_and_the_best_factor_say_what_the_text_says(chapter):
    glued = {name: float(text) for name, text in chapter.glued.items()}
    assert glued["smooth_loss"] > glued["test_loss"]
    assert glued["factor"] > 1


def test_the_worst_mistakes_are_mistakes():
    names = variables(BY_KEY["multiclass"], "worst", "X", "y", "test", "W", "b")
    worst, chosen = names["worst"], names["X"][names["test"]] @ names["W"] + names["b"]
    assert (chosen[worst].argmax(-1) != names["y"][names["test"]][worst]).all()


# The exercises in code, as learners answer them


def mean_loss_by_rows(z, labels):
    losses = []
    for row, label in zip(z, labels, strict=True):
        d = row - row[label]
        m = d.max()
        losses.append(m + math.log(sum(math.exp(v - m) for v in d)))
    return sum(losses) / len(losses)


def floor_by_hand(K, epsilon):
    true, other = 1 - epsilon + epsilon / K, epsilon / K
    return -true * math.log(true) - (K - 1) * other * math.log(other)


def factor_in_a_loop(z, labels, factors):
    best, lowest = None, math.inf
    for factor in factors:
        value = -ce.log_softmax(z * factor)[np.arange(len(z)), labels].mean()
        if value < lowest:
            best, lowest = factor, value
    return best


def of_labels(z, labels):
    return z[range(len(z)), labels]


RIGHT = {
    "multi-write": mean_loss_by_rows,
    "multi-floor": floor_by_hand,
    "multi-temper": factor_in_a_loop,
}
WRONG = [
    ("multi-write", lambda z, y: np.mean(np.log(np.exp(z).sum(1)) - of_labels(z, y)), "exp(800)"),
    ("multi-write", lambda z, y: len(y) * mean_loss_by_rows(z, y), "This is the sum"),
    ("multi-write", lambda z, y: -of_labels(z, y).mean(), "these are logits, not"),
    ("multi-write", lambda z, y: ce.softmax_cross_entropy_with_logits(z, y), "Do it without"),
    ("multi-floor", lambda K, e: -(1 - e) * np.log(1 - e) - e * np.log(e / (K - 1)), "*other*"),
    ("multi-floor", lambda K, e: -np.log(1 - e), "the loss of a label"),
    ("multi-floor", lambda K, e: floor_by_hand(K, e) / np.log(2), "These are bits"),
    ("multi-temper", lambda z, y, f: 1 / factor_in_a_loop(z, y, f), "right"),
    ("multi-temper", lambda z, y, f: f[0], "the same for all factors"),
]


# The questions of the worksheet


ANIMALS = ["cat", "dog", "fox"]


def one_hot(y):
    return [mpf(name == y) for name in ANIMALS]


def softmax_and_slopes(z, y):
    q, p = by_hand.softmax(z), one_hot(y)
    slopes = [a - b for a, b in zip(q, p, strict=True)]
    return {"q": q, "loss": by_hand.cross_entropy(p, q), "slopes": slopes}


def knowing_nothing(k, start, end):
    assert start > log(k) + 1 > end + 1
    return {"nothing": log(k), "given": exp(-end), "perplexity": exp(end)}


def accuracy_and_loss(before, after):
    losses = [[-log(x) for x in q] for q in (before, after)]
    means = [sum(x) / 4 for x in losses]
    accuracy = [mpf(sum(x > 0.5 for x in q)) / 4 for q in (before, after)]
    assert accuracy[0] < accuracy[1] and means[0] < means[1]
    return {
        "accuracy": accuracy,
        "loss": means,
        "lost": after.index(min(after)) + 1,
        "share": max(losses[1]) / sum(losses[1]),
    }


def smoothing(k, eps):
    k = int(k)
    target = [1 - eps + eps / k, *[eps / k] * (k - 1)]
    sure = [mpf("0.999"), *[mpf("0.001") / (k - 1)] * (k - 1)]
    return {
        "true": target[0],
        "other": target[1],
        "floor": by_hand.cross_entropy(target, target),
        "surer": by_hand.cross_entropy(target, sure),
    }


def the_others_count(q, y):
    assert mpmath.almosteq(sum(q), 1) and q[ANIMALS.index(y)] < max(q)
    return {"right": by_hand.cross_entropy(one_hot(y), q)}
