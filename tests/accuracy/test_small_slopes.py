"""Slopes that are a small difference of large terms: none is 0, and none loses its digits."""

import numpy as np
import pytest
from mpmath import exp, log, mp, mpf

import ce_lib as ce
from ce_lib import numpy_backend

torch = pytest.importorskip("torch")


def double(x):
    return torch.tensor(x, dtype=torch.float64)


def slopes(function, *inputs):
    """The gradients that autograd finds, as flat lists."""
    leaves = [double(x).requires_grad_() for x in inputs]
    return [x.flatten().tolist() for x in torch.autograd.grad(function(*leaves).sum(), leaves)]


def softmax(z):
    e = [exp(mpf(x)) for x in z]
    return [x / sum(e) for x in e]


# ------------------------------------------------------------------ two classes


def cross_entropy(q, y):
    return q - y


def squared_error(q, y):
    return 2 * (q - y) * q * (1 - q)


def focal(gamma):
    def slope(q, y):
        yes = (1 - q) ** gamma * (1 - q - gamma * q * log(q))
        no = q**gamma * (q - gamma * (1 - q) * log(1 - q))
        return (1 - y) * no - y * yes

    return slope


NEAR_HALF = {
    "cross-entropy": (ce.binary_cross_entropy_with_logits, {}, cross_entropy),
    "squared-error": (ce.mse_with_logits, {}, squared_error),
    "focal": (ce.sigmoid_focal_loss, {}, focal(mpf(2))),
    "focal-half": (ce.sigmoid_focal_loss, {"gamma": 0.5}, focal(mpf(1) / 2)),
    "focal-without": (ce.sigmoid_focal_loss, {"gamma": 0}, focal(mpf(0))),
    "focal-hard": (ce.sigmoid_focal_loss, {"gamma": 20}, focal(mpf(20))),
}


@pytest.mark.parametrize(("loss", "keywords", "exact"), NEAR_HALF.values(), ids=NEAR_HALF)
def test_near_a_logit_of_0_half_a_yes_pulls_back(loss, keywords, exact):
    logits = [s * z for z in (1e-300, 3e-17, 1e-9, 2e-3, 0.05, 0.7, 3.0) for s in (1, -1)]
    values, in_numpy = ce.value_and_grad(loss, np.array(logits), 0.5, reduction="none", **keywords)
    (in_torch,) = slopes(lambda z: loss(z, double(0.5), reduction="sum", **keywords), logits)
    with mp.workdps(700):
        due = [float(exact(1 / (1 + exp(-mpf(z))), mpf(1) / 2)) for z in logits]
    tolerance = 2e-15 * (1 + keywords.get("gamma", 2))
    assert in_numpy.tolist() == pytest.approx(due, rel=tolerance, abs=0)
    assert in_torch == pytest.approx(due, rel=tolerance, abs=0)
    if exact is squared_error:
        with mp.workdps(700):
            squares = [float((1 / (1 + exp(-mpf(z))) - mpf(1) / 2) ** 2) for z in logits]
        assert values.tolist() == pytest.approx(squares, rel=2e-15, abs=0)


def test_the_slopes_of_these_slopes_are_those_of_finite_differences():
    z = double([0.0, 1e-3, -0.2, 0.9, -4.0]).requires_grad_()
    for loss, keywords, _ in NEAR_HALF.values():
        torch.autograd.gradgradcheck(lambda z: loss(z, double(0.5), **keywords), z)  # noqa: B023


# ------------------------------------------------------------------ K classes

LEVEL = {
    "two": ([1e-17, 0.0], [0.5, 0.5]),
    "two-thirds": ([1e-17, 0.0, 0.0], [1 / 3] * 3),
    "hardly-apart": ([1e-9, 0.0], [0.5, 0.5]),
    "apart": ([1e-3, 0.0], [0.5, 0.5]),
    "around-0": ([3e-17, -2e-17, 0.0, 0.0], [0.25] * 4),
    "on-a-level": ([1000.0, 1000.0, 1000.0 + 2**-40], [1 / 3] * 3),
    "nearly-even": ([1e-12, 0.0], [0.5 + 1e-13, 0.5 - 1e-13]),
    "many": ([1e-15] * 50 + [0.0] * 50, [0.01] * 100),
}


@pytest.mark.parametrize("rows", [1, 3000], ids=["small", "in-blocks"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("logits", "target"), LEVEL.values(), ids=LEVEL)
def test_an_even_target_pulls_at_nearly_equal_logits(logits, target, dtype, rows):
    z, y = np.array(logits).astype(dtype), np.array(target)
    with mp.workdps(100):
        mass, p = sum(map(mpf, y.tolist())), softmax(z.tolist())
        due = [float(a * mass - mpf(b)) for a, b in zip(p, y.tolist(), strict=True)]
    z, y = np.tile(z, (rows, 1)), np.tile(y, (rows, 1))
    loss = ce.softmax_cross_entropy_with_logits
    _, in_numpy = ce.value_and_grad(loss, z, y, reduction="sum")
    leaf = torch.from_numpy(z).requires_grad_()
    (in_torch,) = torch.autograd.grad(loss(leaf, torch.from_numpy(y), reduction="sum"), leaf)
    apart = max(map(abs, due))  # classes in the middle have a difference of such differences
    bound = (
        {"rel": 5e-13, "abs": 2e-15 * apart} if dtype == "float64" else {"rel": 6e-8, "abs": 1e-90}
    )
    assert in_numpy[-1].tolist() == pytest.approx(due, **bound)
    assert in_torch[-1].tolist() == pytest.approx(due, **bound)


def test_second_slopes_at_nearly_equal_logits_are_those_of_finite_differences():
    y = double([[0.25] * 4, [0.1, 0.2, 0.3, 0.4]])
    loss = ce.softmax_cross_entropy_with_logits
    for scale in (0, 1e-5):
        z = (scale * double([[1.0, -2.0, 0.5, 3.0]] * 2)).requires_grad_()
        torch.autograd.gradgradcheck(lambda z: loss(z, y, reduction="none"), z)


PAIRS = {
    "sure": ([0.0, -46.0], [0.0, 0.0]),
    "surer": ([0.0, -500.0, -700.0], [0.0, 3.0, -20.0]),
    "as-sure-as-the-model": ([40.0, 0.0, 0.5], [45.0, 0.0, -0.25]),
    "not-sure": ([0.0, 1.0, 2.0], [0.1, 0.2, 0.3]),
    "nearly-equal": ([0.0, -1.0, -2.0], [1e-9, -1.0, -2.0]),
}


@pytest.mark.parametrize(("p", "q"), PAIRS.values(), ids=PAIRS)
def test_kl_of_a_sure_truth_still_falls_with_its_doubts(p, q):
    in_numpy = numpy_backend.kl_divergence_with_logits_gradient(np.array(p), np.array(q))
    in_torch = slopes(ce.kl_divergence_with_logits, p, q)
    with mp.workdps(700):
        a, b = softmax(p), softmax(q)
        t = [log(y / x) for x, y in zip(a, b, strict=True)]
        kl = -sum(x * y for x, y in zip(a, t, strict=True))
        due = [float(-x * (y + kl)) for x, y in zip(a, t, strict=True)]
    assert in_numpy[0].tolist() == pytest.approx(due, rel=2e-15, abs=0)
    assert in_torch[0] == pytest.approx(due, rel=2e-15, abs=0)


def test_one_truth_for_many_models_adds_up_their_slopes():
    p, q = [0.0, -46.0], [[0.0, 0.0], [0.0, 3.0]]
    both, _ = slopes(ce.kl_divergence_with_logits, p, q)
    each = [slopes(ce.kl_divergence_with_logits, p, row)[0] for row in q]
    assert both == pytest.approx(np.sum(each, 0).tolist(), rel=1e-15, abs=0)


FUNCTIONS = {
    "logsumexp": lambda z: ce.logsumexp(z),
    "log-softmax-of-the-largest": lambda z: ce.log_softmax(z)[..., 7],
    "log-softmax-of-another": lambda z: ce.log_softmax(z)[..., 8],
    "softmax-of-the-largest": lambda z: ce.softmax(z)[..., 7],
    "softmax-of-another": lambda z: ce.softmax(z)[..., 8],
    "softmax-at-a-temperature": lambda z: ce.softmax(z, 2.0)[..., 7],
    "log-softmax-at-a-temperature": lambda z: ce.log_softmax(z, 2.0)[..., 7],
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("lead", [0.0, 40.0], ids=["open", "near-certain"])
def test_the_slopes_of_a_softmax_of_50_000_classes_keep_their_digits(name, lead):
    groups, classes = {7: 9.0 + lead, 8: -2.5, 9: 1.25, 10: 0.3}, 50_000  # all others are as 10
    z = np.full(classes, groups[10])
    z[list(groups)] = list(groups.values())
    (got,) = slopes(FUNCTIONS[name], z)
    k = 8 if "another" in name else 7
    with mp.workdps(60):
        t = mpf(2 if "temperature" in name else 1)
        e = {i: exp(mpf(x) / t) for i, x in groups.items()}
        count = {i: classes - 3 if i == 10 else 1 for i in groups}
        total = sum(e[i] * count[i] for i in groups)
        p = {i: x / total for i, x in e.items()}
        if name == "logsumexp":
            due = p
        else:
            due = {i: ((i == k) - p[i]) * (p[k] if name[0] == "s" else 1) / t for i in groups}
    assert [got[i] for i in groups] == pytest.approx([float(due[i]) for i in groups], rel=1e-15)
    assert all(x == got[10] for x in got[10:])
