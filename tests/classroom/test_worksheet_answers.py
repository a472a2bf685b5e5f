"""The key of each worksheet is right: every answer is found again from the numbers on the sheet.

By mpmath, from the definitions: nothing here is computed by the library that made the key.
"""

import itertools
import re

import mpmath
import numpy as np
import pytest
from mpmath import exp, log, mpf

from tools.classroom.questions import CHAPTERS

SEEDS = range(300)
questions = [(c, q) for c, of_chapter in CHAPTERS.items() for q in of_chapter]
every_question = pytest.mark.parametrize(
    "question", [q for _, q in questions], ids=[f"{c}-{q.__name__}" for c, q in questions]
)


def exact(x):
    """The numbers as the sheet prints them: 0.1 is a tenth."""
    return [exact(one) for one in x] if np.ndim(x) else mpf(str(float(x)))


def cross(p, q):
    """H(p, q) in nats."""
    return sum(a * -log(b) if b else mpmath.inf for a, b in zip(p, q, strict=True) if a)


def softmax(z):
    powers = [exp(x) for x in z]
    return [x / sum(powers) for x in powers]


def sigmoid(z):
    return 1 / (1 + exp(-z))


def binary(z, y):
    """Loss and slope in the logit."""
    q = sigmoid(z)
    return -log(q if y else 1 - q), q - y


def half_mse(z, y):
    """The slope of ½(σ(z) − y)² in the logit, by differences."""
    return mpmath.diff(lambda t: (sigmoid(t) - y) ** 2 / 2, z)


def logit(q):
    return log(q / (1 - q))


# Chapter 1


def best_code(p):
    nats = cross(p, p)
    return {
        "lengths": [-log(x, 2) for x in p],
        "bits": nats / log(2),
        "nats": nats,
        "uniform": log(5, 2),
    }


def wrong_code(p, lengths, entropy):
    q = [2**-n for n in lengths]
    bits, best = cross(p, q) / log(2), cross(p, p) / log(2)
    assert abs(best - entropy) <= 0.0005
    assert sum(q) == 1
    return {"q": q, "cross": bits, "extra": bits - best}


def which_perplexity(red, blue):
    found = {
        name: mpmath.root(1 / mpmath.fprod(q), 4) for name, q in (("red", red), ("blue", blue))
    }
    better = min(found, key=found.get)
    assert max((sum(red), "red"), (sum(blue), "blue"))[1] != better  # the means say the opposite
    assert abs(sum(red) - sum(blue)) > 0.1
    return found | {"better": f"better: {better}"}


def never_seen(p, counts):
    q = [(n + 1) / (sum(counts) + 3) for n in counts]
    assert min(p) > 0 and counts.count(0) == 1
    return {"with zero": mpmath.inf, "q": q, "loss": cross(p, q)}


def the_perfect_model(votes):
    p = [n / sum(votes) for n in votes]
    return {"floor": cross(p, p)}


# Chapter 2


def loss_and_slope(z, y):
    loss, slope = binary(z, y)
    return {
        "q": sigmoid(z),
        "loss": loss,
        "slope": slope,
        "step": "raise" if slope < 0 else "lower",
    }


def base_rate(n, ones, loss):
    rate = ones / n
    floor = cross([rate, 1 - rate], [rate, 1 - rate])
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
    losses = [binary(a, b)[0] for a, b in zip(z, y, strict=True)]
    worst, best = losses.index(max(losses)), losses.index(min(losses))
    assert losses[worst] > 2.9
    once, twice = binary(z[worst], y[worst]), binary(2 * z[worst], y[worst])
    return {
        "which": f"{'ABCD'[worst]}; {'ABCD'[best]}",
        "loss": [once[0], twice[0]],
        "slope": [once[1], twice[1]],
    }


def sigmoid_twice(z, y):
    return {"right": binary(z, y)[0], "lowest": log(1 + 1 / mpmath.e) if y else log(2)}


# Chapter 3

ANIMALS = ["cat", "dog", "fox"]


def one_hot(y):
    return [mpf(name == y) for name in ANIMALS]


def softmax_and_slopes(z, y):
    q, p = softmax(z), one_hot(y)
    slopes = [a - b for a, b in zip(q, p, strict=True)]
    return {"q": q, "loss": cross(p, q), "slopes": slopes}


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
        "floor": cross(target, target),
        "surer": cross(target, sure),
    }


def the_others_count(q, y):
    assert mpmath.almosteq(sum(q), 1) and q[ANIMALS.index(y)] < max(q)
    return {"right": cross(one_hot(y), q)}


# Chapter 4


def two_means(losses, y, w):
    in_all = sum(loss * (w if label else 1) for loss, label in zip(losses, y, strict=True))
    return {"by n": in_all / 4, "by weights": in_all / (sum(y) * w + 4 - sum(y))}


def where_the_optimum_goes(p, w, said):
    """Where the slope of the expected loss is 0."""

    def slope(q, p):
        return -w * p / q + (1 - p) / (1 - q)

    q = mpmath.findroot(lambda q: slope(q, p), (mpf("1e-6"), 1 - mpf("1e-6")), solver="anderson")
    back = mpmath.findroot(lambda t: slope(said, t), (mpf(0), mpf(1)), solver="anderson")
    return {"q": q, "back": back, "shift": logit(q) - logit(p)}


def easy_and_hard(gamma, q):
    plain = [-log(x) for x in q]
    focal = [(1 - x) ** gamma * loss for x, loss in zip(q, plain, strict=True)]
    return {"focal": focal, "counts": [plain[1] / plain[0], focal[1] / focal[0]]}


def threshold(miss, alarm, w, q):
    """Where both decisions cost the same: q · miss = (1 − q) · alarm."""
    limit = alarm / (miss + alarm)
    weighted = sigmoid(logit(limit) + log(w))
    assert max(q) < 0.5
    assert min(abs(x / limit - 1) for x in q) > 0.2
    named = [letter for letter, x in zip("ABCD", q, strict=True) if x * miss > (1 - x) * alarm]
    return {"limit": limit, "named": ", ".join(named), "weighted": weighted}


def weight_first(w, q):
    right = (1 - q) ** 2 * w * -log(q)
    wrong = (1 - q**w) ** 2 * w * -log(q)
    assert wrong > 2 * right
    return {"right": right, "factor": wrong / right}


# Chapter 5


def shift_or_scale(a, b, c, d):
    q = softmax(a)
    others = {name: softmax(z) for name, z in (("B", b), ("C", c), ("D", d))}
    apart = {n: max(abs(x - y) for x, y in zip(q, s, strict=True)) for n, s in others.items()}
    (odd,) = [name for name, gap in apart.items() if gap > 0.01]
    assert sorted(apart.values())[1] < 1e-12
    spread = {"B": b, "C": c, "D": d}[odd]
    t = (max(a) - min(a)) / (max(spread) - min(spread))
    return {"odd": f"(a) {odd}", "q": q, "scaled": softmax([x / t for x in a]), "T": t}


def log_sum_exp(z, place):
    lse = log(sum(exp(x) for x in z))
    assert max(z) > 710
    loss = lse - z[["first", "second", "third"].index(place)]
    return {"lse": lse, "loss": loss, "bounds": [max(z), max(z) + log(3)]}


def lost_digits(power, step, k):
    def lost(m):
        return (k - 1) * exp(-mpf(m)) <= mpf(2) ** (step - 1)

    overflow = next(z for z in itertools.count(1) if exp(mpf(z)) > mpf(2) ** power)
    margin = next(m for m in itertools.count(1) if lost(m))
    return {"overflow": overflow, "margin": margin, "loss": log(1 + (k - 1) * exp(-mpf(margin)))}


def temperature(z, wish):
    at, t = sorted(z), abs(z[1] - z[0]) / logit(wish)
    assert softmax([x / t for x in at])[1] - wish < 1e-12
    return {"sure": softmax(at)[1], "sharp": softmax([2 * x for x in at])[1], "T": t}


def not_a_log_odds(z):
    q = softmax(z)
    assert z[0] != z[1]
    return {"q": q[0], "log-odds": log(q[0] / (q[1] + q[2]))}


# Chapter 6


def two_slopes(z, y):
    in_ce, in_mse = binary(z, y)[1], half_mse(z, y)
    return {"a": sigmoid(z), "ce": in_ce, "mse": in_mse, "ratio": in_ce / in_mse, "least": 4}


def one_step(w, b, rate):
    z = w + b
    return {"ce": w - rate * binary(z, 0)[1], "mse": w - rate * half_mse(z, 0)}


def where_it_pulls(a):
    slopes = [half_mse(logit(x), 1) for x in a]
    bends = [mpmath.diff(lambda t: half_mse(t, 1), logit(x)) for x in a]
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
    slope = half_mse(logit(a), y)
    return {"slope": slope, "factor": (a - y) / slope}


def flat(found):
    """The numbers and words of an answer, one after the other."""
    for value in found.values():
        yield from np.ravel(np.array(value, dtype=object))


@every_question
def test_an_answer_is_what_its_numbers_give(question):
    by_hand = globals()[question.__name__]
    with mpmath.workdps(40):
        for seed in SEEDS:
            made = question(np.random.default_rng(seed))
            given = {k: v if isinstance(v, str) else exact(v) for k, v in made.given.items()}
            want = by_hand(**given)
            assert want.keys() == made.answers.keys()
            for got, right in zip(flat(made.answers), flat(want), strict=True):
                if isinstance(right, str):
                    assert got == right
                else:
                    assert mpmath.almosteq(float(got), right, 1e-9) or got == right, (seed, got)


def numbers(text):
    """The numbers that a text shows, with the half of the last digit of each."""
    text = text.replace("{,}", "")
    for above, below in re.findall(r"\\tfrac\{(\d+)\}\{(\d+)\}", text):
        yield int(above) / int(below), 0
    found = re.findall(r"(-?\d+)(?:\.(\d+))?(?: \\cdot 10\^\{(-\d+)\})?", text)
    for whole, rest, exponent in found:
        power = int(exponent or 0)
        yield float(f"{whole}.{rest or 0}e{power}"), 0.5 * 10.0 ** (power - len(rest))


def shown(value, text):
    """Whether a text shows a word, or a number to three digits, without zeros at the end."""
    if isinstance(value, str):
        return value in text
    if np.isinf(value):
        return r"\infty" in text
    rounded = 0.0051 * abs(value) if abs(value) < 0.1 else 0.00051
    rounded = max(rounded, 0.051 * (abs(value) >= 100), 0.51 * (abs(value) >= 1000))
    return any(
        abs(number - value) <= min(rounded, half * 1000) or number == value
        for number, half in numbers(text)
    )


@every_question
def test_the_sheet_shows_what_is_given_and_the_key_what_is_asked(question):
    for seed in SEEDS:
        made = question(np.random.default_rng(seed))
        for value in flat(made.given):
            if isinstance(value, str):
                assert value in made.ask
            else:
                printed = [number for number, _ in numbers(made.ask)]
                assert np.isclose(printed, float(value), rtol=1e-12, atol=0).any(), (seed, value)
        for value in flat(made.answers):
            assert shown(value, made.answer), (seed, value, made.answer)
            if not isinstance(value, str):
                assert value != 0


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_in_each_chapter_a_student_made_a_mistake(chapter):
    asks = {q: " ".join(q(np.random.default_rng(0)).ask.split()) for q in CHAPTERS[chapter]}
    wrong = [q for q, ask in asks.items() if "A student wrote" in ask]
    assert len(wrong) == 1
    for seed in SEEDS:
        made = wrong[0](np.random.default_rng(seed))
        line = " ".join(re.findall(r"(?m)^> (.*)$", made.ask))
        *_, (said, _) = numbers(line)
        right = next(flat(made.answers))
        assert abs(said - right) > 0.01 * abs(right), (seed, said, right)
