"""The numbers in the prose of the chapter on binary cross-entropy, recomputed without ce_lib."""

import math
import re
import warnings
from pathlib import Path

import myst_nb
import numpy as np
import pytest
from mpmath import exp, log, mp, mpf

from tools.testing.chapters import whole

CHAPTER = Path(__file__).parent.parent / "chapters" / "binary-cross-entropy.md"
CELL = re.compile(r"^```\{code-cell\} ipython3\n(?::tags: [^\n]*\n)?(.*?)^```$", re.M | re.S)
FOLDED = re.compile(r"^:::\{solution\}.*?^:::$", re.M | re.S)


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


@pytest.fixture(scope="module")
def chapter():
    """The source, the variables its cells leave, what they print and what they glue."""
    source = whole(CHAPTER)
    glued, printed, variables = {}, [], {}
    patch = pytest.MonkeyPatch()
    patch.setenv("KERAS_BACKEND", "torch")
    patch.setattr(myst_nb, "glue", lambda name, text, display: glued.update({name: text}))
    variables["print"] = lambda *values: printed.append(" ".join(map(str, values)))
    with warnings.catch_warnings(), mp.workdps(50):
        warnings.simplefilter("ignore")  # what other libraries say while they are imported
        for cell in CELL.findall(source):
            exec(cell, variables)
        yield source, variables, "\n".join(printed), glued
    patch.undo()


def test_each_number_of_the_prose_is_what_mpmath_says(chapter):
    *_, glued = chapter
    numbers = {name: f"{float(value):.4g}".replace("-", "−") for name, value in expected().items()}
    assert glued == numbers


def test_the_prose_uses_each_number_and_no_other(chapter):
    source, _, _, glued = chapter
    assert set(re.findall(r"\{glue:text\}`(.+?)`", source)) == set(glued)


def test_the_loss_of_010_is_worse_than_a_constant_with_1_percent_positives():
    assert entropy("0.01") < mpf("0.10") < log(2)
    assert entropy("0.05") < mpf("0.21")  # the colleague of the exercise


def test_the_libraries_stop_where_the_picture_says(chapter):
    pytest.importorskip("torch")
    pytest.importorskip("keras")
    pytest.importorskip("sklearn")
    _, _, printed, _ = chapter
    rows = dict(re.findall(r"^(keras|torch|scikit-learn|from logits) +(\S+ +\S+)$", printed, re.M))
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
    _, _, printed, _ = chapter
    assert printed.count("likelihood 0.0\n") == 2
    for q in ("0.7", "0.1"):
        mean = -(7 * log(mpf(q)) + 3 * log(1 - mpf(q))) / 10
        assert f"q = {q}: mean loss {float(mean):.3f} nats" in printed


def test_the_folded_solutions_run(chapter):
    source, variables, _, _ = chapter
    programs = [
        program
        for solution in FOLDED.findall(source)
        for program in re.findall(r"^```python\n(.*?)^```$", solution, re.M | re.S)
    ]
    assert programs
    for program in programs:
        exec(program, dict(variables))
