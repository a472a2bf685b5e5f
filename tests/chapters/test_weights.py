"""Chapter 4: its numbers recomputed without ce_lib, its exercises and its worksheet."""

import re

import mpmath
import numpy as np
import pytest
from mpmath import findroot, log, mpf
from scipy.optimize import minimize
from scipy.special import expit

import ce_lib as ce
from engine.chapters import BY_KEY
from tools.testing import by_hand
from tools.testing.by_hand import Rounded
from tools.testing.chapter_code import variables


def fit(X, y, losses_and_slopes):
    """The minimum of the summed loss over the coefficients, found by SciPy."""

    def total(theta):
        losses, slopes = losses_and_slopes(X @ theta, y)
        return losses.sum(), X.T @ slopes

    found = minimize(total, np.zeros(X.shape[1]), jac=True, options={"gtol": 1e-4, "xrtol": 0})
    assert found.success, found.message
    return found.x


def weighted(weight):
    def losses_and_slopes(z, y):
        mass = np.where(y == 1, weight, 1.0)
        return mass * (np.logaddexp(0, z) - y * z), mass * (expit(z) - y)

    return losses_and_slopes


def focal(z, y):
    """γ = 2: ℓ = σ(s)² log(1 + eˢ) with s = ∓z."""
    sign = 1 - 2 * y
    u, soft = expit(sign * z), np.logaddexp(0, sign * z)
    return u**2 * soft, sign * u**2 * (2 * (1 - u) * soft + u)


def expected():
    rng = np.random.default_rng(0)
    X = np.hstack([rng.normal(size=(40_000, 8)), np.ones((40_000, 1))])
    truth = X @ np.array([1.2, -0.8, 0.6, 0.4, 0, 0, 0, 0, -5.9])
    y = (rng.random(40_000) < expit(truth)).astype(float)
    X, test, y, labels = X[:20_000], X[20_000:], y[:20_000], y[20_000:]
    w = (y == 0).sum() / y.sum()
    z = {
        "plain": test @ fit(X, y, weighted(1.0)),
        "weighted": test @ fit(X, y, weighted(w)),
        "focal": test @ fit(X, y, focal),
    }
    z["corrected"] = z["weighted"] - np.log(w)

    def average_precision(score):
        hits = labels[np.argsort(-score, kind="stable")]
        return (np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits == 1].mean()

    def loss(z):
        return np.mean(np.logaddexp(0, z) - labels * z)

    given = expit(np.where(labels == 1, 1, -1) * z["plain"])[::20]
    easy = given > 0.9
    mass = [-((1 - given) ** gamma) * np.log(given) for gamma in (0, 2)]
    low, high = expit(z["plain"]) > 0.01, expit(z["weighted"]) > w / (w + 99)

    def expected_slope(q):  # of the focal loss with γ = 2, where "yes" has the probability .8
        yes = 2 * (1 - q) * log(q) - (1 - q) ** 2 / q
        no = -2 * q * log(1 - q) + q**2 / (1 - q)
        return mpf("0.8") * yes + mpf("0.2") * no

    numbers = {
        "by_n": (9 + 3) * log(2) / 4,
        "by_w": (9 + 3) * log(2) / 12,
        "half": mpf("0.99") / (mpf("0.99") + mpf("0.99")),
        "easy_ratio": 1 / (1 - mpf("0.9")) ** 2,
        "hard_ratio": 1 / (1 - mpf("0.1")) ** 2,
        "focal_best": findroot(expected_slope, mpf("0.65")),
        **{f"ap_{name}": average_precision(z[name]) for name in ("plain", "weighted", "focal")},
        "share": labels.mean(),
        **{
            f"recall_{name}": 100 * labels[z[name] > 0].sum() / labels.sum()
            for name in ("plain", "weighted")
        },
        **{f"named_{name}": (z[name] > 0).sum() for name in ("plain", "weighted")},
        "mean_weighted": expit(z["weighted"]).mean(),
        "agree": 100 * (low & high).sum() / (low | high).sum(),
        **{
            f"off_{name}": np.abs(expit(z[name]) - expit(truth[20_000:])).mean()
            for name in ("plain", "weighted", "corrected")
        },
        **{f"loss_{name}": loss(z[name]) for name in ("plain", "weighted", "corrected")},
        "easy_mass": 100 * mass[0][easy].sum() / mass[0].sum(),
        "easy_mass2": 100 * mass[1][easy].sum() / mass[1].sum(),
        "wrong_pt": mpf("0.9") ** 5,
        "wrong_factor": ((1 - mpf("0.9") ** 5) / mpf("0.1")) ** 2,
    }
    return {name: Rounded(value) for name, value in numbers.items()}


def test_a_weight_is_a_repetition_as_the_text_says(chapter):
    once, repeated = re.search(r"weighted (\S+) repeated (\S+)\n", chapter.printed).groups()
    assert float(once) == pytest.approx(float(repeated), rel=1e-14)


def test_the_weighted_model_minus_ln_w_is_calibrated_again():
    names = variables(BY_KEY["weights"], "answers", "y_test")
    answers, labels = names["answers"], names["y_test"]
    assert expit(answers["weighted"]).mean() > 20 * labels.mean()
    assert expit(answers["minus ln w"]).mean() == pytest.approx(labels.mean(), rel=0.05)


# The exercises in code, as learners answer them


def in_a_loop(losses, y, weights):
    total = sum(weights[label] * loss for loss, label in zip(losses, y, strict=True))
    return [total / len(losses), total / sum(weights[label] for label in y)]


def focal_by_hand(z, y, gamma):
    z = z - z.max(axis=1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    total = 0.0
    for row, label in zip(log_q, y, strict=True):
        total -= (1 - np.exp(row[label])) ** gamma * row[label]
    return total / len(y)


def best_by_search(p, gamma):
    def expected(q):
        return -p * (1 - q) ** gamma * np.log(q) - (1 - p) * q**gamma * np.log(1 - q)

    return min(np.arange(0.01, 1, 0.001), key=expected)


def swapped(losses, y, weights):
    each = losses * weights[y]
    return each.sum() / weights[y].sum(), each.mean()


def by_all_class_weights(losses, y, weights):
    each = losses * weights[y]
    return each.mean(), each.sum() / sum(weights)


def unweighted(losses, y, weights):
    return np.mean(losses), np.sum(losses) / np.sum(weights[y])


def only_sums(losses, y, weights):
    each = losses * np.take(weights, y)
    return each.sum(), each.sum()


def by_classes(losses, y, weights):
    each = losses * weights[y]
    return each.sum() / weights.size, each.sum() / weights[y].sum()


def turned_down_wrongly(z, y, gamma):
    q = ce.softmax(z)[np.arange(len(z)), y]
    return -(q**gamma * ce.log_softmax(z)[np.arange(len(z)), y]).mean()


def overflows(z, y, gamma):
    e = np.exp(z)
    q = (e / e.sum(axis=1)[:, None])[range(len(y)), y]
    return -((1 - q) ** gamma * np.log(q)).mean()


def log_of_zero(z, y, gamma):
    q = ce.softmax(z)[np.arange(len(y)), y]
    return np.mean(-((1 - q) ** gamma) * np.log(q))


def summed(z, y, gamma):
    log_q = np.array([row[label] for row, label in zip(ce.log_softmax(z), y, strict=True)])
    return np.sum(-((1 - np.exp(log_q)) ** gamma) * log_q)


def each_example(z, y, gamma):
    log_q = ce.log_softmax(z)[np.arange(len(y)), y]
    return -((1 - np.exp(log_q)) ** gamma) * log_q


def one_for_the_batch(z, y, gamma):
    loss = ce.softmax_cross_entropy_with_logits(z, y)
    return (1 - np.exp(-loss)) ** gamma * loss


def power_inside(z, y, gamma):
    log_q = ce.log_softmax(z)[np.arange(len(y)), y]
    return np.mean((1 - np.exp(gamma * log_q)) * -log_q)


def no_minus(z, y, gamma):
    return -focal_by_hand(z, y, gamma)


def as_if_proper(p, gamma):
    return np.round(p, 3)


def only_yes(p, gamma):
    grid = np.arange(0.01, 1, 0.001)
    return grid[np.argmin(-((1 - grid) ** gamma) * np.log(grid) * p)]


def sides_swapped(p, gamma):
    return 1 - best_by_search(p, gamma)


def largest(p, gamma):
    grid = np.arange(0.01, 1, 0.001)
    yes, no = -((1 - grid) ** gamma) * np.log(grid), -(grid**gamma) * np.log(1 - grid)
    return grid[np.argmax(p * yes + (1 - p) * no)]


def place(p, gamma):
    grid = np.arange(0.01, 1, 0.001)
    yes, no = -((1 - grid) ** gamma) * np.log(grid), -(grid**gamma) * np.log(1 - grid)
    return np.argmin(p * yes + (1 - p) * no)


RIGHT = {
    "weight-means": in_a_loop,
    "weight-focal": focal_by_hand,
    "weight-proper": best_by_search,
}
WRONG = [
    ("weight-means", swapped, "in the other order"),
    ("weight-means", by_all_class_weights, "divides by the sum of the class weights"),
    ("weight-means", unweighted, "not weighted"),
    ("weight-means", only_sums, "These are sums"),
    ("weight-means", by_classes, "divides by the number of classes"),
    ("weight-focal", turned_down_wrongly, "It must be 1 − q"),
    ("weight-focal", overflows, "exp(800) is infinite"),
    ("weight-focal", log_of_zero, "becomes log 0"),
    ("weight-focal", summed, "This is the sum"),
    ("weight-focal", each_example, "their mean was asked for"),
    ("weight-focal", one_for_the_batch, "The mean is taken too early"),
    ("weight-focal", power_inside, "1 − q^γ"),
    ("weight-focal", no_minus, "The sign is wrong"),
    ("weight-proper", as_if_proper, "as for the plain loss"),
    ("weight-proper", only_yes, "Only the loss of “yes” is there"),
    ("weight-proper", sides_swapped, "are swapped"),
    ("weight-proper", largest, "where the expected loss is largest"),
    ("weight-proper", place, "index the grid with it"),
]


# The questions of the worksheet


def two_means(losses, y, w):
    in_all = sum(loss * (w if label else 1) for loss, label in zip(losses, y, strict=True))
    return {"by n": in_all / 4, "by weights": in_all / (sum(y) * w + 4 - sum(y))}


def where_the_optimum_goes(p, w, said):
    """Where the slope of the expected loss is 0."""

    def slope(q, p):
        return -w * p / q + (1 - p) / (1 - q)

    q = mpmath.findroot(lambda q: slope(q, p), (mpf("1e-6"), 1 - mpf("1e-6")), solver="anderson")
    back = mpmath.findroot(lambda t: slope(said, t), (mpf(0), mpf(1)), solver="anderson")
    return {"q": q, "back": back, "shift": by_hand.logit(q) - by_hand.logit(p)}


def easy_and_hard(gamma, q):
    plain = [-log(x) for x in q]
    focal = [(1 - x) ** gamma * loss for x, loss in zip(q, plain, strict=True)]
    return {"focal": focal, "counts": [plain[1] / plain[0], focal[1] / focal[0]]}


def threshold(miss, alarm, w, q):
    """Where both decisions cost the same: q · miss = (1 − q) · alarm."""
    limit = alarm / (miss + alarm)
    weighted = by_hand.sigmoid(by_hand.logit(limit) + log(w))
    assert max(q) < 0.5
    assert min(abs(x / limit - 1) for x in q) > 0.2
    named = [letter for letter, x in zip("ABCD", q, strict=True) if x * miss > (1 - x) * alarm]
    return {"limit": limit, "named": ", ".join(named), "weighted": weighted}


def weight_first(w, q):
    right = (1 - q) ** 2 * w * -log(q)
    wrong = (1 - q**w) ** 2 * w * -log(q)
    assert wrong > 2 * right
    return {"right": right, "factor": wrong / right}
