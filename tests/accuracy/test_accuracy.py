"""Every loss and its slopes, to the last digit, against mpmath.

Each dtype sees its own seeded 1,000 rows of every function: tiny and huge logits, huge spreads,
near ties, near certainty, common offsets, 2 to 50,000 classes. The exact answer is that of the
rounded inputs, computed with at least 60 digits; an ULP is the distance of neighbours in the dtype
of the result, at the exact answer. Exact answers beyond the dtype's range must be ∞ or 0 as it
rounds them, and no 0 may stand where a number can. It takes two minutes and runs each week; day by
day ``test_softmax.py`` sweeps the same functions.
"""

import functools
import math
import random

import ml_dtypes
import mpmath
import numpy as np
import pytest
import torch
from mpmath import mp, mpf

import ce_lib as ce

pytestmark = pytest.mark.weekly
ROWS = 1000
DTYPES = {
    "float64": np.float64,
    "float32": np.float32,
    "float16": np.float16,
    "bfloat16": ml_dtypes.bfloat16,
}
BACKENDS = ("numpy", "torch")


@pytest.fixture(autouse=True)
def digits():
    with mp.workdps(60):  # the setting is mpmath's, and other tests have theirs
        yield


# ------------------------------------------------------------------ the rows


def logits(rng, classes, largest):
    """Logits of one of ten kinds."""
    z = [rng.gauss(0, 1) for _ in range(classes)]
    kind, power = rng.randrange(10), math.log10(largest)
    if kind == 0:
        return z
    if kind == 1:  # moderate
        return [v * 10 ** rng.uniform(0, 2) for v in z]
    if kind == 2:  # tiny, to 1e-300
        scale = 10 ** rng.uniform(-min(300, power - 8), 0)
        return [v * scale for v in z]
    if kind == 3:  # near ties under a common offset of a million and more
        offset = 10 ** rng.uniform(6, min(15, power - 1)) if power > 7 else 1e4
        return [v + offset for v in z]
    if kind in (4, 5):  # near certainty, to 1e-300
        z[rng.randrange(classes)] += 10 ** rng.uniform(1, math.log10(690))
        return z
    if kind == 6:  # ties
        return [float(round(v)) for v in z]
    if kind == 7:  # huge spread
        scale = 10 ** rng.uniform(2, power - 1)
        return [v * scale for v in z]
    if kind == 8:  # some classes excluded
        return [v if k < 2 or rng.random() < 0.7 else -math.inf for k, v in enumerate(z)]
    return [v * 1e-3 + 3 * (k == 0) for k, v in enumerate(z)]


def as_dtype(values, dtype):
    """The values rounded to the dtype, one too large being its largest."""
    info = ml_dtypes.finfo(dtype)
    with np.errstate(all="ignore"):
        x = np.asarray(values, np.float64).astype(dtype)
    wide = x.astype(np.float64)
    top = float(info.max)
    return np.where(np.isposinf(wide), top, wide).astype(dtype)


@functools.cache
def problems(name):
    """Rows of logits with a label and a soft target: few classes, and now and then very many."""
    rng, dtype = random.Random(f"softmax {name}"), DTYPES[name]
    largest = float(ml_dtypes.finfo(dtype).max)
    sizes = [rng.choice([2, 2, 3, 5, 10, 30]) for _ in range(ROWS - 12)] + [1000] * 8 + [50_000] * 4
    rows = []
    for classes in sizes:
        z = as_dtype(logits(rng, classes, largest), dtype)
        inside = [k for k, v in enumerate(z.astype(np.float64)) if v > -math.inf]
        label = rng.choice(inside) if rng.random() < 0.5 else int(np.argmax(z.astype(np.float64)))
        rows.append((z, label))
    return rows


# ------------------------------------------------------------------ the exact answers


def exact(x):
    return [mpf(float(v)) for v in np.asarray(x, np.float64)]


@functools.cache
def exponentials(name, n):
    """exp(z_k − z_y) for row n, and their sum without the label's own 1."""
    z, label = problems(name)[n]
    wide = exact(z)
    e = [mpf(0) if v == -mpmath.inf else mpmath.exp(v - wide[label]) for v in wide]
    return e, mpmath.fsum(v for k, v in enumerate(e) if k != label)


def log1p(x):
    """log(1 + x) with all digits for small x as well."""
    if abs(x) < mpf(10) ** -30:
        return x - x * x / 2
    return mpmath.log(1 + x)


def ulps(got, want, dtype):
    """How far apart the two are, in units of the last place at the exact one."""
    got = float(got)
    info = ml_dtypes.finfo(dtype)
    size = abs(want)
    if size > mpf(float(info.max)) * (1 + mpf(float(info.eps)) / 4):
        return 0.0 if math.isinf(got) and (got > 0) == (want > 0) else math.inf
    if not math.isfinite(got):
        return 0.0 if want == got else math.inf
    exponent = max(int(mpmath.floor(mpmath.log(size, 2))) if size else -2000, int(info.minexp))
    return float(abs(mpf(got) - want) / (mpf(2) ** exponent * mpf(float(info.eps))))


# ------------------------------------------------------------------ the calls


def call(backend, function, x, *others, **options):
    """The losses one by one and their slopes in the first argument, as float64 arrays."""
    options["reduction"] = "none"
    if backend == "numpy":
        results = ce.value_and_grad(function, x, *others, **options)
    else:
        leaf = tensor(x).requires_grad_()
        losses = function(leaf, *map(tensor, others), **options)
        results = losses.detach().double(), torch.autograd.grad(losses.sum(), leaf)[0].double()
    return [np.asarray(result).astype(np.float64) for result in results]


def tensor(x):
    if not isinstance(x, np.ndarray):
        return torch.as_tensor(x)
    if x.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(x.astype(np.float32)).bfloat16()
    return torch.from_numpy(x.copy())


def worst(pairs, dtype):
    return max(ulps(got, want, dtype) for got, want in pairs)


every = pytest.mark.parametrize("name", DTYPES)
backends = pytest.mark.parametrize("backend", BACKENDS)


def bound(name, of_float64):
    return of_float64 if name == "float64" else 0.51


# ------------------------------------------------------------------ K classes


@every
@backends
def test_cross_entropy_of_a_label(backend, name):
    dtype, values, slopes = DTYPES[name], [], []
    for n, (z, label) in enumerate(problems(name)):
        e, others = exponentials(name, n)
        value, slope = call(backend, ce.softmax_cross_entropy_with_logits, z, np.array(label))
        values.append((value, log1p(others)))
        total = 1 + others
        slopes += [
            (got, -others / total if k == label else e[k] / total)
            for k, got in enumerate(slope)
            if k % (1 + len(e) // 2000) == 0 or k == label
        ]
    assert worst(values, dtype) <= bound(name, 2)
    assert worst(slopes, dtype) <= bound(name, 5)


def soft_target(rng, classes):
    """A float64 distribution, often with zeros."""
    share = [rng.random() ** rng.choice([1, 8]) * (rng.random() < 0.8) for _ in range(classes)]
    share[rng.randrange(classes)] += 1e-3
    total = math.fsum(share)
    return np.array([v / total for v in share])


@every
@backends
def test_cross_entropy_of_a_soft_label(backend, name):
    rng, dtype, values, off = random.Random(name), DTYPES[name], [], []
    for n, (z, _) in enumerate(problems(name)):
        if len(z) > 1000:
            continue
        p = soft_target(rng, len(z)) * (z.astype(np.float64) > -math.inf)
        p /= p.sum()
        e, others = exponentials(name, n)
        total = 1 + others
        log_total = log1p(others)
        wide, y = exact(z), problems(name)[n][1]
        cost = mpmath.fsum(
            mpf(float(v)) * (log_total - (wide[k] - wide[y])) for k, v in enumerate(p) if v
        )
        mass = mpmath.fsum(mpf(float(v)) for v in p)
        value, slope = call(backend, ce.softmax_cross_entropy_with_logits, z, p)
        values.append((value, cost))
        for k, got in enumerate(slope):
            q, truth = e[k] / total * mass, mpf(float(p[k]))
            size = max(q, truth)
            if size > mpf(float(ml_dtypes.finfo(dtype).smallest_normal)):
                ulp = mpf(2) ** int(mpmath.floor(mpmath.log(size, 2))) * mpf(
                    float(ml_dtypes.finfo(dtype).eps)
                )
                off.append(float(abs(mpf(float(got)) - (q - truth)) / ulp))
    assert max(off) <= bound(name, 4)
    assert worst(values, dtype) <= bound(name, 4)


GAMMAS = [0.0, 0.5, 1.0, 2.0, 5.0]


def focal(p, not_p, surprise, gamma):
    """(1 − p)^γ (−log p), and its slope in the logit of the label over −(1 − p)."""
    power = not_p**gamma if gamma else mpf(1)
    return power * surprise, power * (gamma * p * surprise + not_p) / not_p if not_p else mpf(0)


@every
@backends
@pytest.mark.parametrize("gamma", GAMMAS)
def test_softmax_focal_loss(backend, name, gamma):
    dtype, values, slopes = DTYPES[name], [], []
    for n in range(0, ROWS - 12, 1 if gamma == 2 else 5):
        z, label = problems(name)[n]
        e, others = exponentials(name, n)
        total = 1 + others
        loss, factor = focal(1 / total, others / total, log1p(others), gamma)
        value, slope = call(backend, ce.softmax_focal_loss, z, np.array(label), gamma=gamma)
        values.append((value, loss))
        slopes += [
            (got, factor * (-others / total if k == label else e[k] / total))
            for k, got in enumerate(slope)
        ]
    assert worst(values, dtype) <= bound(name, 2 * gamma + 2)
    assert worst(slopes, dtype) <= bound(name, max(5, 2 * gamma + 2))  # 5: of cross-entropy, γ = 0


# ------------------------------------------------------------------ two classes


@functools.cache
def questions(name):
    """Logits of a yes-or-no question, and a label."""
    rng, dtype = random.Random(f"sigmoid {name}"), DTYPES[name]
    largest = math.log10(float(ml_dtypes.finfo(dtype).max))
    sizes = [10 ** rng.uniform(-min(300, largest - 8), min(308, largest)) for _ in range(ROWS // 4)]
    sizes += [rng.uniform(0, 40) for _ in range(ROWS // 4)]
    sizes += [10 ** rng.uniform(-2, 2.87) for _ in range(ROWS - 2 * (ROWS // 4))]
    z = as_dtype([rng.choice([-1, 1]) * v for v in sizes], dtype)
    return z, np.array([rng.randrange(2) for _ in range(ROWS)])


def sides(z):
    """σ(z), σ(−z), −log σ(z) and −log σ(−z), exactly."""
    z = mpf(float(z))
    e = mpmath.exp(-abs(z))
    small, large = e / (1 + e), 1 / (1 + e)
    cheap, dear = log1p(e), abs(z) + log1p(e)
    return (large, small, cheap, dear) if z >= 0 else (small, large, dear, cheap)


@every
@backends
def test_binary_cross_entropy_with_logits(backend, name):
    dtype, (z, y) = DTYPES[name], questions(name)
    values, slopes = call(backend, ce.binary_cross_entropy_with_logits, z, y.astype(float))
    want = [sides(v) for v in z]
    exact_values = [s[2] if label else s[3] for s, label in zip(want, y, strict=True)]
    exact_slopes = [-s[1] if label else s[0] for s, label in zip(want, y, strict=True)]
    assert worst(zip(values, exact_values, strict=True), dtype) <= bound(name, 2)
    assert worst(zip(slopes, exact_slopes, strict=True), dtype) <= bound(name, 5)


@every
@backends
def test_binary_cross_entropy_of_a_probability(backend, name):
    rng, dtype = random.Random(name), DTYPES[name]
    tiny = math.log10(float(ml_dtypes.finfo(dtype).smallest_normal))
    q = [10 ** rng.uniform(tiny, 0) if rng.random() < 0.5 else rng.random() for _ in range(ROWS)]
    q, y = as_dtype(q, dtype), np.array([float(rng.randrange(2)) for _ in range(ROWS)])
    if backend == "numpy":
        values = ce.binary_cross_entropy(q, y, reduction="none").astype(np.float64)
    else:
        values = ce.binary_cross_entropy(tensor(q), tensor(y), reduction="none").double().numpy()
    want = [-mpmath.log(v) if label else -log1p(-v) for v, label in zip(exact(q), y, strict=True)]
    assert worst(zip(values, want, strict=True), dtype) <= bound(name, 2)


@every
@backends
@pytest.mark.parametrize("gamma", GAMMAS)
def test_sigmoid_focal_loss(backend, name, gamma):
    dtype, (z, y) = DTYPES[name], questions(name)
    values, slopes = call(backend, ce.sigmoid_focal_loss, z, y.astype(float), gamma=gamma)
    want = []
    for v, label in zip(z, y, strict=True):
        yes, no, cost_yes, cost_no = sides(v)
        p, not_p, surprise = (yes, no, cost_yes) if label else (no, yes, cost_no)
        loss, factor = focal(p, not_p, surprise, gamma)
        want.append((loss, (-1 if label else 1) * factor * not_p))
    for got, k in (values, 0), (slopes, 1):
        pairs = zip(got, (w[k] for w in want), strict=True)
        assert worst(pairs, dtype) <= bound(name, 2 * gamma + 2)
