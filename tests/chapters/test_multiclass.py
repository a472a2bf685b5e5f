"""Chapter 3: its numbers recomputed without ce_lib, its exercises and its worksheet."""

import functools
import math
import re

import mpmath
import numpy as np
from mpmath import e, exp, log, mpf

import ce_lib as ce
from ce_lib.widgets import Overfit
from engine.chapters import BY_KEY
from tools.testing import by_hand
from tools.testing.chapter_code import variables

QUIZZES = {  # the right number of each quiz that asks for one, then the likely wrong ones
    "multi-quarter": [-log(mpf(1) / 4) / log(2), -log(mpf(1) / 4), mpf(1) / 4],
    "multi-pull": [mpf("0.5"), -mpf("0.5"), mpf("0.2") - 1],
    "multi-tokens": [exp(3), mpf(2) ** 3, 3],
    "multi-target": [1 - mpf("0.2") + mpf("0.2") / 5, 1 - mpf("0.2"), 1],
}
GIVEN = [3.3]  # the lead in the first quiz, 3.2 + 0.1
SMUDGED = 1611


def smoothed_floor(classes):
    even = mpf("0.1") / classes
    return -(mpf("0.9") + even) * log(mpf("0.9") + even) - (classes - 1) * even * log(even)


def log_softmax(z):
    top = z.max(-1, keepdims=True)
    return z - top - np.log(np.exp(z - top).sum(-1, keepdims=True))


@functools.cache
def digits():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X / 16, y


def train(X, target):
    """Softmax regression as the chapter does it, with the gradient by the logarithm of softmax."""
    W, b = np.zeros((64, 10)), np.zeros(10)
    for _ in range(200):
        slope = (np.exp(log_softmax(X @ W + b)) - target) / len(X)
        W, b = W - 2 * X.T @ slope, b - 2 * slope.sum(0)
    return W, b


def split(seed):
    order = np.random.default_rng(seed).permutation(len(digits()[0]))
    return order[:1200], order[1200:]


def trained(seed=0, smoothing=0.0):
    """The model of a split, and the losses of its test pictures."""
    X, y = digits()
    seen, _ = split(seed)
    target = (1 - smoothing) * np.eye(10)[y] + smoothing / 10
    W, b = train(X[seen], target[seen])
    return W, b, unseen_losses(W, b, seed)


def unseen_losses(W, b, seed=0, factor=1.0):
    X, y = digits()
    unseen = split(seed)[1]
    return -log_softmax(factor * (X[unseen] @ W + b))[np.arange(len(unseen)), y[unseen]]


def per_digit(losses, seed=0):
    """The mean loss of each digit, and its standard error."""
    labels = digits()[1][split(seed)[1]]
    groups = [losses[labels == k] for k in range(10)]
    means = np.array([np.mean(group) for group in groups])
    return means, np.array([np.std(group) / len(group) ** 0.5 for group in groups])


def expected():
    X, y = digits()
    unseen = split(0)[1]
    W, b, each = trained()
    V, c, smoothed = trained(smoothing=0.1)
    right = np.mean((X[unseen] @ W + b).argmax(-1) == y[unseen])
    means, errors = per_digit(each)
    hardest = int(np.argmax(means))
    factors = [round(0.5 + 0.1 * k, 1) for k in range(26)]
    q = np.exp(log_softmax(X[SMUDGED] @ W + b))
    surprise = [-log(mpf(given)) for given in ("0.55", "0.97", "0.97", "0.97", "0.01")]
    before = [-log(mpf(given)) for given in ("0.45", "0.9", "0.9", "0.9", "0.3")]
    numbers = {
        "q_smudged": 100 * q[4],
        "q_small": q[4],
        "smudged_loss": -np.log(q[4]),
        "cheap": -log(mpf("0.9")),
        "pull_4": 1 - q[4],
        "push_8": q[8],
        "push_9": q[9],
        "perplexity": 1 / np.exp(log_softmax(SCORES))[4],
        "soft_floor": -mpf("0.7") * log(mpf("0.7")) - mpf("0.3") * log(mpf("0.3")),
        "ln10": log(10),
        "n_digits": len(X),
        "n_test": len(unseen),
        "test_loss": each.mean(),
        "accuracy": 100 * right,
        "accuracy_error": 100 * np.sqrt(right * (1 - right) / len(unseen)),
        "worst_five": 100 * np.sort(each)[-5:].sum() / each.sum(),
        "worst_class": hardest,
        "worst_mean": means[hardest],
        "worst_error": errors[hardest],
        "acc_before": 60,
        "acc_after": 80,
        "loss_before": sum(before) / 5,
        "loss_after": sum(surprise) / 5,
        "worst_share": 100 * surprise[4] / sum(surprise),
        "floor2": smoothed_floor(2),
        "floor10": smoothed_floor(10),
        "double4": log(e + 3) - 1,
        "double10": log(e + 9) - 1,
        "smooth_loss": smoothed.mean(),
        "largest_q": np.exp(log_softmax(X[unseen] @ W + b)).max(),
        "largest_smooth": np.exp(log_softmax(X[unseen] @ V + c)).max(),
        "factor": min(factors, key=lambda factor: unseen_losses(W, b, factor=factor).mean()),
    }
    return {name: by_hand.Rounded(number) for name, number in numbers.items()}


# The claims of the text


SCORES = np.array([-4.51, 2.25, 0.32, -1.87, -0.07, -0.20, -3.87, 1.58, 3.21, 3.16])


def test_the_scores_of_the_smudged_picture_are_those_of_the_model(chapter):
    X, y = digits()
    W, b, _ = trained()
    assert y[SMUDGED] == 4
    assert SMUDGED in split(0)[1]
    assert np.abs(X[SMUDGED] @ W + b - SCORES).max() < 0.005
    printed = re.findall(r"^\d: score +(\S+), q", chapter.printed, re.MULTILINE)
    assert [float(score) for score in printed] == SCORES.tolist()


def test_the_line_of_the_gradient_stands_in_a_cell(chapter):
    assert "slope = (softmax(z) - onehot) / N" in chapter.code
    by_formula, by_nudge = re.search(r"formula (\S+), nudge (\S+)", chapter.printed).groups()
    assert by_formula == by_nudge == "0.3571"


def test_the_formula_typed_in_as_it_stands_fails_as_the_text_says(chapter):
    assert "[2.0, 0.0, -1.0] naive 0.1698, ce_lib 0.1698" in chapter.printed
    assert "[800.0, 0.0, -1.0] naive nan, ce_lib 0\n" in chapter.printed
    assert "[0.0, -800.0, 0.0] naive nan, ce_lib 0.6931" in chapter.printed


def test_labels_and_one_hot_rows_give_the_same(chapter):
    rows = re.findall(r"^(?:index|one-hot) +(\S+)$", chapter.printed, re.MULTILINE)
    assert len(rows) == 2
    assert rows[0] == rows[1]


def test_the_hardest_digit_changes_with_the_split(chapter):
    shuffles = re.findall(r"shuffle (\d): hardest is (\d), (\S+) ± (\S+)", chapter.printed)
    assert [row[0] for row in shuffles] == list("12345")
    for seed, digit, mean, error in shuffles:
        means, errors = per_digit(trained(int(seed))[2], int(seed))
        k = int(digit)
        assert k == means.argmax()
        assert (float(mean), float(error)) == (round(means[k], 2), round(errors[k], 2))
    assert [row[1] for row in shuffles] == ["4", "8", "8", "8", "8"]  # as the text tells
    assert np.argmax(per_digit(trained()[2])[0]) == 9


def test_accuracy_and_loss_rise_together_in_all_three_networks(chapter):
    line = r"  epoch +\d+: (\d+) of 600 right, loss (\S+), smudged: 8 by (\S+)"
    rows = [tuple(map(float, row)) for row in re.findall(line, chapter.printed)]
    runs = list(zip(rows[::2], rows[1::2], strict=True))
    cooled = re.findall(r"network \d: \S+, divided by 2: (\S+)", chapter.printed)
    for (start, end), divided in zip(runs, cooled, strict=True):
        assert 1 <= end[0] - start[0] <= 3
        assert 1.4 < end[1] / start[1] < 1.65  # by about half
        assert start[2] < 0.9
        assert end[2] >= 0.97
        assert float(divided) < start[1] + 0.035  # nearly back


def test_the_runs_of_the_figure_are_as_the_text_tells():
    record = Overfit.record()
    runs = record["runs"]
    lowest = [run["loss"].index(min(run["loss"])) for run in runs]
    assert len(runs) == 10
    assert all(run["loss"][-1] > 1.4 * min(run["loss"]) for run in runs)
    more = [run["right"][-1] > run["right"][at] for run, at in zip(runs, lowest, strict=True)]
    assert sum(more) == 4
    (shown,) = [run for run in runs if run["seed"] == record["seed"]]
    at = record["epochs"].index(15)
    assert shown["loss"][at] == min(shown["loss"])
    assert 1.8 < shown["loss"][-1] / shown["loss"][at] < 2  # nearly doubled
    assert abs(shown["right"][-1] - shown["right"][at]) <= 3
    cooled = record["tempered"][-1][record["temperatures"].index(2.8)]
    assert cooled < 1.05 * shown["loss"][at]  # nearly all of the damage is gone
    bills = [dearest(record, epoch) for epoch in (at, -1)]
    assert max(bills[0]) < 7
    assert 19 < max(bills[1]) < 20.5


def dearest(record, epoch):
    """What the digits that the figure shows pay at a stored epoch."""
    logits = [-np.array(digit["below"][epoch]) / 10 for digit in record["digits"]]
    return [-log_softmax(z)[d["y"]] for z, d in zip(logits, record["digits"], strict=True)]


def test_smoothing_and_the_best_factor_say_what_the_text_says(chapter):
    glued = {name: float(text.replace(",", "")) for name, text in chapter.glued.items()}
    assert glued["smooth_loss"] > glued["test_loss"]
    assert glued["factor"] > 1


def test_the_worst_mistakes_are_mistakes_and_the_smudged_picture_is_the_second():
    names = variables(BY_KEY["multiclass"], "worst", "X", "y", "test", "W", "b")
    worst, chosen = names["worst"], names["X"][names["test"]] @ names["W"] + names["b"]
    assert (chosen[worst].argmax(-1) != names["y"][names["test"]][worst]).all()
    assert names["test"][worst][1] == SMUDGED


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
