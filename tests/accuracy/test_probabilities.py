"""The focal loss of rows of probabilities and the squared error, with slopes, against mpmath."""

import ml_dtypes
import numpy as np
import pytest
from mpmath import exp, fsum, log, mp, mpf

import ce_lib as ce

torch = pytest.importorskip("torch")
DTYPES = {
    "float64": np.float64,
    "float32": np.float32,
    "float16": np.float16,
    "bfloat16": ml_dtypes.bfloat16,
}


def rows(dtype):
    """(logits, target) of few and many classes, open and near-certain, sharp and soft."""
    rng = np.random.default_rng(31)
    for classes in (2, 3, 10, 70):
        for spread, lead in ((1e-3, 0), (1, 0), (5, 0), (1, 20), (1, 60), (1, 200)):
            z = spread * rng.standard_normal(classes)
            z[rng.integers(classes)] += lead
            y = rng.dirichlet(np.full(classes, rng.choice([0.05, 2])))
            for target in (y / y.sum(), np.eye(classes)[rng.integers(classes)]):
                yield z.astype(dtype), target


def focal(p, not_p, y, gamma):
    """The loss, its gradient, and the largest terms of that."""
    a = [
        c * n ** (gamma - 1) * (n - gamma * q * log(q)) if c else mpf(0)
        for c, q, n in zip(y, p, not_p, strict=True)
    ]
    total = fsum(a)
    loss = fsum(-c * n**gamma * log(q) for c, q, n in zip(y, p, not_p, strict=True) if c)
    pairs = list(zip(p, a, strict=True))
    return loss, loss, [q * total - x for q, x in pairs], [max(q * total, x) for q, x in pairs]


def squared(p, not_p, y, _):
    apart = [(1 - c) * q - c * n for q, n, c in zip(p, not_p, y, strict=True)]
    loss, mean = fsum(d * d for d in apart), fsum(d * q for d, q in zip(apart, p, strict=True))
    # p − y itself is a difference
    size = [(1 - c) * q + c * n for q, n, c in zip(p, not_p, y, strict=True)]
    spread = fsum(s * q for s, q in zip(size, p, strict=True))
    gradient = [2 * q * (d - mean) for q, d in zip(p, apart, strict=True)]
    of_loss = fsum(s * max(q, c) for s, q, c in zip(size, p, y, strict=True))
    return loss, of_loss, gradient, [2 * q * (s + spread) for q, s in zip(p, size, strict=True)]


LOSSES = {f"focal-{g}": (ce.softmax_focal_loss, {"gamma": g}, focal) for g in (0.0, 0.5, 1.0, 2.0)}
LOSSES |= {
    "focal-5": (ce.softmax_focal_loss, {"gamma": 5.0}, focal),
    "squared": (ce.brier_with_logits, {}, squared),
}


def computed(backend, loss, z, y, keywords):
    keywords = {"reduction": "none", **keywords}
    if backend == "numpy":
        return ce.value_and_grad(loss, z, y, **keywords)
    leaf = torch.from_numpy(z.astype(np.float64)).to(getattr(torch, z.dtype.name)).requires_grad_()
    value = loss(leaf, torch.from_numpy(y), **keywords)
    (gradient,) = torch.autograd.grad(value, leaf)
    return value.detach().double().numpy(), gradient.double().numpy()


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_each_probability_keeps_its_digits(name, dtype, backend):
    (loss, keywords, exact), gamma = LOSSES[name], LOSSES[name][1].get("gamma", 0)
    info, off = ml_dtypes.finfo(DTYPES[dtype]), []
    for z, y in rows(DTYPES[dtype]):
        value, gradient = computed(backend, loss, z, y, keywords)
        with mp.workdps(250):
            e = [exp(mpf(float(x))) for x in z]
            total = fsum(e)
            p, not_p = [x / total for x in e], [(total - x) / total for x in e]
            due, size, dues, sizes = exact(p, not_p, [mpf(v) for v in y.tolist()], mpf(gamma))
            for got, due, size in zip(  # noqa: B020
                [value, *gradient], [due, *dues], [size, *sizes], strict=True
            ):
                least = max(size, float(info.smallest_normal))
                unit = float(info.eps) * mpf(2) ** int(mp.floor(log(least, 2)))
                off.append(float(abs(mpf(float(got)) - due) / unit))
    assert max(off) <= (0.51 if dtype != "float64" else max(5, 2 * gamma + 2))
