"""Chapter 2: its numbers recomputed without ce_lib, its exercises and its worksheet."""

import math
import re

import mpmath
import numpy as np
import pytest
from mpmath import exp, log, mpf

import ce_lib as ce
from engine.chapters import BY_KEY
from tools.testing import by_hand
from tools.testing.chapter_code import variables

GIVEN = [0.21, 0.02, 19.8, 80.2, 8.0, 0.0003]  # in the exercises on paper, which no cell has

SCORES = ["-3.9", "-3.3", "-2.8", "-2.3", "-1.9", "-1.4", "-1", "-0.6", "-0.2", "0.2"]
SCORES += ["0.6", "1", "1.4", "1.8", "2.2", "2.6", "3", "3.4", "3.8", "4.3"]
SPAM = [int(one) for one in "00001001010110111111"]
FAVOUR, FRIDAY = SCORES.index("-1.9"), SCORES.index("1.8")


def prices(w, b):
    """What a filter with z = wx + b pays for each of the twenty mails."""
    mails = zip(SCORES, SPAM, strict=True)
    return [by_hand.binary(mpf(w) * mpf(x) + mpf(b), y)[0] for x, y in mails]


def entropy(share):
    share = mpf(share)
    return -share * log(share) - (1 - share) * log(1 - share)


def first_zero(smallest):
    """How many halves make a product that rounds to 0: half of the smallest number does."""
    return 1 + round(-log(mpf(smallest), 2))


def first_one(dtype):
    """The first whole z whose exp(−z) is at most half a step above 1, so that 1 + exp(−z) is 1."""
    return next(z for z in range(99) if exp(-z) <= mpf(float(np.finfo(dtype).eps)) / 2)


def descend(examples, steps):
    """Weight and bias after steps of 1 against the mean gradient, one example at a time."""
    w = b = 0.0
    for _ in range(steps):
        gaps = [(1 / (1 + math.exp(-w * x - b)) - y, x) for x, y in examples]
        w -= math.fsum(gap * x for gap, x in gaps) / len(examples)
        b -= math.fsum(gap for gap, _ in gaps) / len(examples)
    return w, b


def invented():
    labels = [i % 2 for i in range(2000)]
    xs = np.random.default_rng(0).normal([2 * y - 1 for y in labels]).tolist()
    return list(zip(xs, labels, strict=True))


def mean_loss(examples, w, b):
    each = (math.log1p(math.exp((1 - 2 * y) * (w * x + b))) for x, y in examples)
    return math.fsum(each) / len(examples)


def expected():
    surely_right = log(1 + exp(-mpf(1)))  # −log σ(1)
    sure, calm = prices(3, 0), prices("0.81", "0.05")
    numbers = {
        "friday_sure": 100 * (1 - exp(-sure[FRIDAY])),
        "friday_calm": 100 * (1 - exp(-calm[FRIDAY])),
        "favour_odds": exp(sure[FAVOUR]),
        "right": sum(price < log(2) for price in sure),
        "coin": log(2),
        "sure_total": sum(sure),
        "sure_two": sure[FAVOUR] + sure[FRIDAY],
        "sure_mean": sum(sure) / 20,
        "calm_mean": sum(calm) / 20,
        "prize": log(8),
        "stranger": log(3),
        "two": by_hand.sigmoid(mpf(2)),
        "four": by_hand.sigmoid(mpf(4)),
        "thousand": log(1000),
        "million": log(10**6),
        "ln2": log(2),
        "floor": entropy("0.01"),
        "floor5": entropy("0.05"),
        "fifth": entropy("0.2"),
        "times": log(2) / entropy("0.01"),
        "bias": -log(99),
        "soft": entropy("0.7"),
        "rule": mean_loss(invented(), 2, 0),
        "stop32": 23 * log(2),  # eps is 2⁻²³
        "stop64": 52 * log(2),
        "twice1": surely_right,
        "twice": (surely_right + log(2)) / 2,
        "saturate32": first_one(np.float32),
        "saturate64": first_one(np.float64),
        "halves32": first_zero(np.finfo(np.float32).smallest_subnormal.item()),
        "halves64": first_zero(np.finfo(np.float64).smallest_subnormal.item()),
    }
    largest = (2 - mpf(2) ** -52) * mpf(2) ** 1023
    rounded = {name: by_hand.Rounded(number) for name, number in numbers.items()}
    return rounded | {"largest": f"{float(largest):.2g}"}


QUIZZES = {
    "binary-price": [-log(mpf("0.1")), -log(mpf("0.9")), mpf("0.9"), -log(mpf("0.1"), 2)],
    "binary-evidence": [log(9), 9, 6, mpf("0.9")],
    "binary-pull": [(mpf("0.8") - 1) * 3, mpf("0.8") - 1, mpf("0.8") * 3, mpf("0.2") * 3],
    "binary-proper": [1, mpf("0.8"), mpf("0.5")],
    "binary-million": [log(10**6), 1000 * log(1000), log(1000) + 1],
    "binary-fifth": [entropy("0.2"), mpf("0.2"), -log(mpf("0.2")), log(2)],
    "binary-soft": [log(2), 0, mpf("0.5"), 1],
}


def test_the_twenty_mails_are_those_of_the_figure_and_of_this_test(chapter):
    data = variables(BY_KEY["binary"], "x", "y")
    assert data["x"].tolist() == [float(x) for x in SCORES]
    assert data["y"].tolist() == SPAM


def test_two_filters_make_the_same_mistakes_and_one_pays_more_than_a_coin(chapter):
    sure, calm = prices(3, 0), prices("0.81", "0.05")
    assert [price > log(2) for price in sure] == [price > log(2) for price in calm]
    assert sum(calm) / 20 < log(2) < sum(sure) / 20
    assert sorted(sure)[-2:] == [sure[FRIDAY], sure[FAVOUR]]
    row = rf"^sure of itself +{float(sure[FAVOUR]):.2f} +{float(sure[FRIDAY]):.2f} +0.80$"
    assert re.search(row, chapter.printed, re.M)
    assert 5 < exp(calm[FAVOUR]) < 6  # "one chance in five"


def test_the_formula_for_the_gradient_agrees_with_trying_it_out(chapter):
    slopes = [
        by_hand.binary(2 * mpf(x) - 5, y)[1] * mpf(x) for x, y in zip(SCORES, SPAM, strict=True)
    ]
    by_formula, by_trying = re.findall(r"^by .*?(-[\d.]+)  (-[\d.]+)$", chapter.printed, re.M)
    assert by_formula == by_trying
    assert float(by_formula[0]) == pytest.approx(float(sum(slopes) / 20), abs=1e-6)


def test_the_loop_ends_at_the_filter_on_trial_where_the_pulls_cancel(chapter):
    mails = [(float(x), y) for x, y in zip(SCORES, SPAM, strict=True)]
    w, b = descend(mails, 20)
    assert f"w = {w:.2f}, b = {b:.2f}, mean price {mean_loss(mails, w, b):.2f}" in chapter.printed
    assert (f"{w:.2f}", f"{b:.2f}") == ("0.81", "0.05")
    assert mean_loss(mails, w, b) == pytest.approx(mean_loss(mails, *descend(mails, 400)), abs=1e-6)
    mean_q = math.fsum(1 / (1 + math.exp(-w * x - b)) for x, _ in mails) / 20
    assert mean_q == pytest.approx(sum(SPAM) / 20, abs=1e-3)


def test_a_price_by_distance_pays_for_boasting_and_the_logarithm_for_the_truth(chapter):
    said = dict(re.findall(r"^(\w[\w ]*?) +cheapest if one says (.*)$", chapter.printed, re.M))
    assert said == {"distance": "0.99", "distance squared": "0.70", "logarithm": "0.70"}


def test_the_loss_of_010_is_worse_than_a_constant_with_1_percent_positives():
    assert entropy("0.01") < mpf("0.10") < log(2)
    assert entropy("0.05") < mpf("0.21")  # the colleague of the exercise
    always_004 = -mpf("0.2") * log(mpf("0.004")) - mpf("0.8") * log(1 - mpf("0.004"))
    assert always_004 > log(2)  # a flat no to everybody


def test_the_exercises_on_paper_are_worked_out_right():
    mistake = -log(mpf("0.01"))
    assert round(float(mistake / -log(mpf("0.51"))), 1) == 6.8
    assert round(float(mistake / -log(mpf("0.99"))), -1) == 460
    assert round(float(99 * -log(mpf("0.99"))), 1) == 1.0
    for_spam = (1000 * mpf("0.10") - 990 * mpf("0.02")) / 10
    assert float(for_spam) == pytest.approx(8.02)
    assert round(float(exp(-for_spam)), 4) == 0.0003
    assert round(float(10 * mistake - 990 * log(mpf("0.99"))) / 1000, 3) == 0.056


def test_a_clamp_leaves_the_value_of_torch_right_and_takes_its_slope(chapter):
    if "To be complete this picture needs" in chapter.printed:
        pytest.skip("the picture lacks torch, keras or scikit-learn")
    named = r"^(keras|torch|scikit-learn|from logits) +(\S+) +(\S+) +(\S+)$"
    rows = {
        name: [float(x) for x in row] for name, *row in re.findall(named, chapter.printed, re.M)
    }
    keras, sklearn = float(7 * log(10)), float(52 * log(2))
    # torch divides by max(q(1 − q), 10⁻¹²), and the sigmoid multiplies by q(1 − q) = e⁻⁵⁰
    faded = float(-exp(-mpf(50)) * 10**12)
    assert rows["from logits"] == [50, -1, 130]
    assert rows["torch"] == [50, pytest.approx(faded, rel=0.02), 100]
    assert rows["keras"] == [pytest.approx(keras, abs=5e-4), 0, pytest.approx(keras, abs=5e-4)]
    assert rows["scikit-learn"][::2] == [pytest.approx(sklearn, abs=5e-4)] * 2
    assert math.isnan(rows["scikit-learn"][1])
    assert f"{faded:.1e}" == "-1.9e-10"  # as the text says it


def test_from_logits_keeps_what_a_rounded_probability_loses(chapter):
    assert re.search(r"^  37  0 +inf +37$", chapter.printed, re.M)
    assert re.search(r"^  37  1 +nan +8.53e-17$", chapter.printed, re.M)
    assert float(log(1 + exp(-mpf(37)))) == pytest.approx(8.53e-17, rel=1e-3)


def test_both_models_tie_at_zero_as_products_and_not_as_means(chapter):
    for q in ("0.7", "0.1"):
        mean = -(7 * log(mpf(q)) + 3 * log(1 - mpf(q))) / 10
        assert f"q = {q}: likelihood 0.0, mean loss {float(mean):.2f} nats" in chapter.printed


def test_the_trained_filter_is_a_hair_below_the_rule_that_made_its_mails(chapter):
    examples = invented()
    trained, rule = mean_loss(examples, *descend(examples, 59)), mean_loss(examples, 2, 0)
    assert rule - 0.001 < trained < rule
    assert re.search(rf"^trained filter +{trained:.4f}$", chapter.printed, re.M)
    assert re.search(rf"^the rule that made the mails +{rule:.4f}$", chapter.printed, re.M)


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
