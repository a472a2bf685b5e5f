"""The numbers of the chapter on class weights and focal loss, recomputed without ce_lib."""

import re
from pathlib import Path

import numpy as np
import pytest
from mpmath import findroot, log, mpf
from scipy.optimize import minimize
from scipy.special import expit

from tools.testing.chapters import run

CHAPTER = Path(__file__).parent.parent / "chapters" / "weights-and-focal-loss.md"


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


@pytest.fixture(scope="module")
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

    return {
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


@pytest.fixture(scope="module")
def chapter():
    return run("weights-and-focal-loss")


def test_each_glued_number_is_recomputed(chapter, expected):
    assert chapter.glued.keys() == expected.keys()
    for name, text in chapter.glued.items():
        digits = len(text.partition(".")[2])
        assert float(text.replace(",", "")) == round(float(expected[name]), digits), name


def test_a_weight_is_a_repetition_as_the_text_says(chapter):
    once, repeated = re.search(r"weighted (\S+) repeated (\S+)\n", chapter.printed).groups()
    assert float(once) == pytest.approx(float(repeated), rel=1e-14)


def test_the_weighted_model_minus_ln_w_is_calibrated_again(chapter):
    answers, labels = chapter.namespace["answers"], chapter.namespace["y_test"]
    assert expit(answers["weighted"]).mean() > 20 * labels.mean()
    assert expit(answers["minus ln w"]).mean() == pytest.approx(labels.mean(), rel=0.05)
