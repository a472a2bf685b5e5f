"""The project: its numbers recomputed without ce_lib's losses, and its page."""

import itertools
import re

import numpy as np
import pytest
from mpmath import log, mpf

import ce_lib as ce
from ce_lib.exercises import project
from ce_lib.exercises._suspects import FAULTS, OF_THE_PAGE
from engine.chapters import BY_KEY

PROJECT = BY_KEY["project"]
EPSILON = mpf("0.4")


def softmax(z):
    exps = np.exp(z - z.max(-1, keepdims=True))
    return exps / exps.sum(-1, keepdims=True)


def train(one, epsilon):
    """The run in float64; what it reports last, and its probabilities for the validation data."""
    (W, b), known = one.start, one.y >= 0
    X, K = one.X[known], one.K
    truth = (1 - epsilon) * np.eye(K)[one.y[known]] + epsilon / K
    for _ in range(one.steps):
        q = softmax(X @ W + b)
        reported = -(truth * np.log(q)).sum(1).mean()
        slope = (q - truth) / len(X)
        W, b = W - one.rate * X.T @ slope, b - one.rate * slope.sum(0)
    return reported, softmax(one.X_val @ W + b)


def expected():
    one = ce.patient(0)
    counts = [int(n) for n in np.bincount(one.y[one.y >= 0])]
    shares = [mpf(n) / sum(counts) for n in counts]
    reported, q = train(one, float(EPSILON))
    _, repaired = train(one, 0.0)
    of_truth = np.arange(600), one.y_val
    numbers = {
        "end": reported,
        "base": -sum(p * log(p) for p in shares),
        "right": round(100 * np.mean(q.argmax(1) == one.y_val)),
        "own": -np.log(q[of_truth]).mean(),
        "unit": EPSILON * (1 - mpf(1) / len(counts)),
        "epsilon": EPSILON,
        "K": len(counts),
        "repaired": -np.log(repaired[of_truth]).mean(),
    }
    # what the text concludes from them
    assert numbers["own"] > one.goal > numbers["repaired"]
    assert 0.95 < numbers["end"] / numbers["base"] < 1
    assert 3.5 < numbers["end"] / one.goal < 4.5
    return numbers


def test_the_loss_of_the_page_grows_where_a_second_softmax_would_not(chapter):
    rows = re.findall(r"logit +(-?\d+) above: +([\d.]+), should be +([\d.]+)", chapter.printed)
    K = ce.patient(0).K
    for margin, asked, should in ((int(m), float(a), float(s)) for m, a, s in rows):
        rest = log(1 + (K - 1) * mpf(np.exp(-margin)))
        assert should == pytest.approx(float(rest), abs=6e-4)
        smoothed = rest + EPSILON * (1 - mpf(1) / K) * margin
        assert asked == pytest.approx(float(smoothed), abs=6e-4)
    assert [int(m) for m, _, _ in rows] == [-20, 0, 10, 20, 30]


def test_the_page_shows_the_fault_rebuilt_and_repaired(chapter):
    rebuilt, asked = re.search(r"rebuilt ([\d.]+), patient ([\d.]+)", chapter.printed).groups()
    assert float(rebuilt) == pytest.approx(float(asked), rel=1e-5)
    assert "sick, rebuilt: ✗ Not yet" in chapter.printed
    assert "repaired: ✓ Well again" in chapter.printed
    assert "patient = ce.patient(0)" in chapter.code
    assert ce.patient(0).diagnose(*OF_THE_PAGE)


def test_the_suspects_of_the_page_are_those_that_a_patient_can_have():
    named = re.findall(r'^\| `"(.+?)"` \|', PROJECT.source.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(set(FAULTS) - set(OF_THE_PAGE))
    assert project.key([0]) == [OF_THE_PAGE]


def test_the_points_of_the_rubric_have_the_sum_that_the_text_says():
    source = PROJECT.source.read_text("utf-8")
    points = dict(re.findall(r"^\| ([A-Z]\w+), (\d+) \|", source, re.MULTILINE))
    assert sum(map(int, points.values())) == 20
    assert "Twenty points" in source
    assert 5 * int(points["Diagnosis"]) == 20  # the names are a fifth of the grade
    parts = re.findall(r"^:::\{exercise\} (.+)$", source, re.MULTILINE)
    assert parts == ["The patient", *points]


def test_the_patients_to_try_show_what_the_text_says():
    thousands, plateau, gone = (np.array(ce.patient(seed).log["loss"]) for seed in (2, 3, 5))
    assert thousands.min() > 1000
    assert np.ptp(plateau[100:]) < 0.05 * plateau[100:].mean()
    assert np.isnan(gone[-1])
    assert np.isfinite(gone[0])


def test_the_notebook_has_a_cell_for_words_and_one_for_code_in_each_part():
    import nbformat

    cells = nbformat.read(PROJECT.source.with_suffix(".ipynb"), nbformat.NO_CONVERT).cells
    after = {cell.id: following for cell, following in itertools.pairwise(cells)}
    words = [cell for cell in cells if cell.id.startswith("words-")]
    assert len(words) == 6
    for cell in words:
        assert cell.cell_type == "markdown"
        code = after[cell.id]
        assert (code.cell_type, code.source) == ("code", "")
