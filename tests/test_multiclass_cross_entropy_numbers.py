"""The numbers of the chapter on multiclass cross-entropy, recomputed without ce_lib."""

import re
from pathlib import Path

import numpy as np
import pytest
from mpmath import e, exp, log, mpf

from tools.testing.chapters import run

CHAPTER = Path(__file__).parent.parent / "chapters" / "multiclass-cross-entropy.md"


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


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def chapter():
    return run("multiclass-cross-entropy")


def test_each_glued_number_is_recomputed(chapter, expected):
    assert chapter.glued.keys() == expected.keys()
    for name, text in chapter.glued.items():
        assert text == f"{float(expected[name]):.4g}", name


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


def test_the_worst_mistakes_are_mistakes(chapter):
    names = chapter.namespace
    worst, chosen = names["worst"], names["X"][names["test"]] @ names["W"] + names["b"]
    assert (chosen[worst].argmax(-1) != names["y"][names["test"]][worst]).all()
