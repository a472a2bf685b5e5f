"""Chapter 5: its numbers recomputed without ce_lib, its exercises and its worksheet."""

import itertools
import math
import re

import numpy as np
import pytest
from mpmath import e, exp, log, log1p, mpf

from engine.chapters import BY_KEY
from tools.testing import by_hand
from tools.testing.chapter_code import variables

FORMATS = {"64": (53, 1023), "32": (24, 127), "16": (11, 15), "b16": (8, 127)}


def softmax(z):
    exps = np.exp(z - z.max(-1, keepdims=True))
    return exps / exps.sum(-1, keepdims=True)


def digits():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    return X / 16, y, order[:1200], order[1200:]


def train(X, y):
    """Softmax regression as in the multiclass chapter, by the gradient softmax − one-hot."""
    W, b = np.zeros((64, 10)), np.zeros(10)
    for _ in range(200):
        slope = (softmax(X @ W + b) - np.eye(10)[y]) / len(X)
        W, b = W - 2 * X.T @ slope, b - 2 * slope.sum(0)
    return W, b


def share_beyond_half_a_step(X, y):
    """How many of a hundred have r = Σ exp(z_k − z_y) ≤ 2⁻²⁴ after Adam's 2,000 steps, in float64.

    By then the start is forgotten, so zeros do for it.
    """
    theta = np.zeros((65, 10))
    X = np.hstack([X, np.ones((len(X), 1))])
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    for step in range(1, 2001):
        z = X @ theta
        slope = X.T @ (softmax(z) - np.eye(10)[y]) / len(X)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        size = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        theta -= 0.3 * first / (1 - 0.9**step) / size
    rest = np.exp(z - z[np.arange(len(z)), y][:, None]).sum(1) - 1
    return 100 * np.mean(rest <= 2.0**-24)


def expected():
    X, y, seen, unseen = digits()
    W, b = train(X[seen], y[seen])
    gap = np.subtract.outer(np.arange(8), np.arange(8)) ** 2
    near = np.exp(-gap / 8)  # two pixels
    near /= near.sum(1, keepdims=True)
    pictures = X[unseen].reshape(-1, 8, 8)
    numbers = {
        "first_inf": next(z for z in range(999) if exp(z) >= (2 - mpf(2) ** -24) * mpf(2) ** 127),
        "n_test": len(unseen),
        "sure6": 100 / (1 + exp(-mpf(6))),
        "ten": log(10),
        "silent": round(share_beyond_half_a_step(X[seen], y[seen]), -1),
        **{f"floor{K}": log(e + K - 1) - 1 for K in (2, 10, 1000)},
    }
    coin = np.random.default_rng(0).integers(0, 2, (1000, 64))
    numbers["sure_noise"] = softmax(coin @ W + b).max(1).mean().round(2)
    for name, seen_as in (
        ("0", pictures),
        ("2", np.einsum("ij,njk,lk->nil", near, pictures, near)),
    ):
        z = seen_as.reshape(-1, 64) @ W + b
        numbers[f"spread{name}"] = (z.max(1) - z.min(1)).mean().round(1)
        numbers[f"sure{name}"] = softmax(z).max(1).mean().round(2)
    for name, (bits, most) in FORMATS.items():
        numbers[f"over{name}"] = log((2 - mpf(2) ** (1 - bits)) * mpf(2) ** most)
        numbers[f"under{name}"] = log(mpf(2) ** (2 - most - bits) / 2)
        numbers[f"gone{name}"] = -log(mpf(2) ** -bits)
    return numbers


def test_the_table_of_dtypes_has_the_limits_of_numpy_and_torch():
    torch = pytest.importorskip("torch")
    for name, (bits, most) in FORMATS.items():
        dtype = getattr(torch, "bfloat16" if name == "b16" else f"float{name}")
        assert torch.finfo(dtype).max == (2 - 2.0 ** (1 - bits)) * 2.0**most
        assert torch.finfo(dtype).eps == 2.0 ** (1 - bits)


def test_derivative_differences_and_autograd_agree(chapter):
    rows = dict(re.findall(r"^(derived|finite|autograd) +\[(.*)\]$", chapter.printed, re.M))
    for name in ("derived", "finite", "autograd"):
        slopes = [float(v) for v in rows[name].split()]
        assert slopes == pytest.approx([0.2, -0.7, 0.5], abs=1e-7), name


def test_the_naive_ways_fail_as_the_text_says(chapter):
    assert re.search(r"\[88\. +0\.\]: 0\.0, 0\.0, ce_lib 6\.05\d+e-39", chapter.printed)
    assert re.search(r"\[89\. +0\.\]: nan, inf, ce_lib 2\.22\d+e-39", chapter.printed)


def test_torch_is_exactly_0_where_the_text_says_and_ce_lib_is_right(chapter):
    pattern = r"^(\w+) +(torch|ce_lib) +loss +(\S+), slopes +(\S+) +(\S+)$"
    rows = re.findall(pattern, chapter.printed, re.M)
    gaps = {"float64": 37, "float32": 17, "float16": 8, "bfloat16": 6}
    assert [row[:2] for row in rows] == [(d, f) for d in gaps for f in ("torch", "ce_lib")]
    for dtype, library, value, slope, other in rows:
        r = exp(-mpf(gaps[dtype]))
        near = 0 if library == "torch" else 1
        assert float(value) == pytest.approx(near * float(log1p(r)), rel=0.05)
        assert float(slope) == pytest.approx(-near * float(r / (1 + r)), rel=0.05)
        assert float(other) == pytest.approx(float(r / (1 + r)), rel=0.05)


def test_torch_is_not_0_one_margin_earlier():
    torch = pytest.importorskip("torch")
    for dtype, gap in (("float64", 36), ("float32", 16), ("float16", 7), ("bfloat16", 5)):
        z = torch.tensor([gap, 0.0], dtype=getattr(torch, dtype))
        assert torch.nn.functional.cross_entropy(z, torch.tensor(0)) > 0


def test_no_example_falls_silent_in_ce_lib():
    zeros = np.array(variables(BY_KEY["stability"], "zeros")["zeros"])
    assert (zeros[:, 1] == 0).all()
    assert 35 < zeros[-1, 0] < 45


def test_the_pictures_of_the_figure_are_sure_and_the_blurred_3_is_another_digit():
    names = variables(BY_KEY["stability"], "X", "shown", "labels", "W", "b")
    near = np.exp(-(np.subtract.outer(np.arange(8), np.arange(8)) ** 2) / 32)  # four pixels
    near /= near.sum(1, keepdims=True)
    pictures = names["X"][names["shown"]].reshape(-1, 8, 8)
    blurred = (near @ pictures @ near.T).reshape(-1, 64)
    crisp = names["X"][names["shown"]] @ names["W"] + names["b"]
    assert names["labels"][names["shown"]].tolist() == [4, 7, 3] == crisp.argmax(1).tolist()
    assert (softmax(crisp).max(1) > 0.99).all()
    soft = softmax(blurred @ names["W"] + names["b"])
    assert soft[0].max() < 0.35
    assert soft[2].argmax() != 3


def test_softmax_twice_has_its_best_and_worst_one_nat_apart():
    for K in (2, 10, 1000):
        best, worst = (log(exp(1) + K - 1) - taken for taken in (1, 0))
        assert worst - best == 1


def test_the_frameworks_take_and_return_what_the_table_says(monkeypatch):
    torch, special = pytest.importorskip("torch"), pytest.importorskip("scipy.special")
    log_loss = pytest.importorskip("sklearn.metrics").log_loss
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    z, y = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 0.0]]), np.array([0, 2])
    q, rows = softmax(z), np.eye(3)[y]
    mean, cross_entropy = -np.log(q[[0, 1], y]).mean(), torch.nn.functional.cross_entropy
    assert torch.nn.functional.cross_entropy(torch.tensor(z), torch.tensor(y)) == pytest.approx(
        mean
    )
    for target in (rows, 0.5 * rows + 0.5 / 3):
        want = -(target * np.log(q)).sum(1).mean()
        assert cross_entropy(torch.tensor(z), torch.tensor(target)) == pytest.approx(want)
    assert log_loss(y, q, labels=[0, 1, 2]) == pytest.approx(mean)
    losses = keras.losses.CategoricalCrossentropy
    assert float(losses()(rows, q)) == pytest.approx(mean, rel=1e-5)
    assert float(losses(from_logits=True)(rows, z)) == pytest.approx(mean, rel=1e-5)
    assert float(losses()(rows, z)) != pytest.approx(mean, rel=0.1)
    assert not hasattr(special, "cross_entropy")
    for gap in (16, 17):
        far = np.array([gap, 0], np.float32)
        given = torch.tensor(far[None]), torch.tensor([[1.0, 0.0]])
        kept = float(losses(from_logits=True)(given[1], given[0]))
        assert (kept == 0) == (special.log_softmax(far)[0] == 0) == (gap == 17)
        sure = torch.softmax(given[0], -1)
        assert 0 < float(losses()(given[1], sure)) < 3e-7
        assert 0 < log_loss([0], sure.numpy(), labels=[0, 1]) < 3e-7


def test_a_function_that_takes_logits_says_nan_where_the_table_says():
    torch = pytest.importorskip("torch")
    loss, inf = torch.nn.functional.cross_entropy, float("inf")
    row, first = torch.tensor([[1.0, 2.0]]), torch.tensor([0])
    masked, second = torch.tensor([[-inf, 2.0]]), torch.tensor([1])
    for value in (
        loss(torch.tensor([[inf, 2.0]]), first),
        loss(row, torch.tensor([-100])),
        loss(row, first, weight=torch.tensor([0.0, 1.0])),
        loss(masked, torch.tensor([[0.0, 1.0]])),
    ):
        assert value.isnan()
    assert loss(masked, second) == 0
    assert loss(masked, second, label_smoothing=0.1) == inf
    assert loss(masked.clamp(-10_000), second, label_smoothing=0.1).isfinite()
    assert torch.tensor([65_519.0, 65_520.0], dtype=torch.float16).isinf().tolist() == [False, True]


# The exercises in code, as learners answer them


def log_softmax_by_rows(z):
    out = []
    for row in z:
        m = max(row)
        out.append([v - m - math.log(sum(math.exp(u - m) for u in row)) for v in row])
    return out


def loss_without_delete(z, y):
    d = np.asarray(z) - z[y]
    d[y] = -np.inf
    m = max(d.max(), 0.0)
    if m > 0:
        return m + np.log1p(np.exp(-m) + np.exp(d - m).sum() - 1)
    return np.log1p(np.exp(d).sum())


def by_jacobians(q, slope):
    return np.stack([(np.diag(r) - np.outer(r, r)) @ s for r, s in zip(q, slope, strict=True)])


RIGHT = {
    "stable-log-softmax": log_softmax_by_rows,
    "stable-loss": loss_without_delete,
    "stable-twice": by_jacobians,
}
WRONG = [
    ("stable-log-softmax", lambda z: np.log(np.exp(z) / np.exp(z).sum(1)[:, None]), "exp(1000)"),
    ("stable-log-softmax", lambda z: z - np.log(np.exp(z).sum(1))[:, None], "exp(1000)"),
    ("stable-log-softmax", lambda z: np.exp(log_softmax_by_rows(z)), "This is softmax"),
    ("stable-log-softmax", lambda z: z - np.log(np.exp(z).sum(1)), "It stopped for"),
    ("stable-loss", lambda z, y: -np.array(log_softmax_by_rows([z]))[0, y], "this is exactly 0"),
    ("stable-loss", lambda z, y: np.log(1 + np.exp(np.delete(z, y) - z[y]).sum()), "log1p(r)"),
    ("stable-loss", lambda z, y: np.log1p(np.exp(np.delete(z, y) - z[y]).sum()), "exp overflows"),
    ("stable-loss", lambda z, y: np.log(np.exp(z).sum()) - z[y], "exp(1000) is infinite"),
    ("stable-twice", lambda q, s: s * q * (1 - q), "Only the diagonal"),
    ("stable-twice", lambda q, s: q * s, "The second term is missing"),
    ("stable-twice", lambda q, s: q * (s - s.sum(1, keepdims=True)), "weighted by q"),
    ("stable-twice", lambda q, s: q * (s - np.sum(q * s)), "The sum runs over all examples"),
]


# The questions of the worksheet


def shift_or_scale(a, b, c, d):
    q = by_hand.softmax(a)
    others = {name: by_hand.softmax(z) for name, z in (("B", b), ("C", c), ("D", d))}
    apart = {n: max(abs(x - y) for x, y in zip(q, s, strict=True)) for n, s in others.items()}
    (odd,) = [name for name, gap in apart.items() if gap > 0.01]
    assert sorted(apart.values())[1] < 1e-12
    spread = {"B": b, "C": c, "D": d}[odd]
    t = (max(a) - min(a)) / (max(spread) - min(spread))
    return {"odd": f"(a) {odd}", "q": q, "scaled": by_hand.softmax([x / t for x in a]), "T": t}


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
    at, t = sorted(z), abs(z[1] - z[0]) / by_hand.logit(wish)
    assert by_hand.softmax([x / t for x in at])[1] - wish < 1e-12
    return {
        "sure": by_hand.softmax(at)[1],
        "sharp": by_hand.softmax([2 * x for x in at])[1],
        "T": t,
    }


def not_a_log_odds(z):
    q = by_hand.softmax(z)
    assert z[0] != z[1]
    return {"q": q[0], "log-odds": log(q[0] / (q[1] + q[2]))}
