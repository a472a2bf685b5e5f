"""From logits to probabilities, and the slopes that test_accuracy.py leaves, to the last digit."""

import numpy as np
import pytest

import ce_lib as ce
from tools.testing import sweep

torch = pytest.importorskip("torch")


def array(x, dtype, backend):
    if backend == "torch":
        return torch.from_numpy(np.ascontiguousarray(x)).to(getattr(torch, dtype)).requires_grad_()
    return x.astype(pytest.importorskip("ml_dtypes").bfloat16 if dtype == "bfloat16" else dtype)


def numbers(x):
    return x.detach().double().numpy() if torch.is_tensor(x) else np.asarray(x, np.float64)


def bound(dtype, of_float64):
    return of_float64 if dtype == "float64" else 0.51


def value_and_slope(loss, z, target, backend, **options):
    if backend == "torch":
        value = loss(z, torch.as_tensor(target).detach(), reduction="none", **options)
        return value, *torch.autograd.grad(value.sum(), z)
    return ce.value_and_grad(loss, z, target, reduction="none", **options)


every = pytest.mark.parametrize("dtype", sweep.DTYPES)
backends = pytest.mark.parametrize("backend", ["numpy", "torch"])


@every
@backends
@pytest.mark.parametrize("name", ["log_softmax", "softmax"])
def test_probabilities_and_their_logarithms(name, backend, dtype):
    for classes, rows in sweep.rows(dtype).items():
        z = array(sweep.column(rows, "logits"), dtype, backend)
        got, (want, in_z) = getattr(ce, name)(z), sweep.exact(dtype, classes)[name]
        assert sweep.ulps(numbers(got), want, dtype).max() <= bound(dtype, 3)
        if backend == "torch":
            labels = torch.tensor([[row.label] for row in rows])
            (slope,) = torch.autograd.grad(got.gather(-1, labels).sum(), z)
            assert sweep.ulps(numbers(slope), in_z, dtype).max() <= bound(dtype, 5)


@every
@backends
def test_the_normaliser_has_the_digits_of_the_largest_logit(backend, dtype):
    for classes, rows in sweep.rows(dtype).items():
        z = array(sweep.column(rows, "logits"), dtype, backend)
        got, (want, in_z) = ce.logsumexp(z), sweep.exact(dtype, classes)["logsumexp"]
        # Near a result of 0 the largest logit cancels a logarithm as large. Their sum has no
        # rounding to make good: the exponentials have theirs, ½ ulp of 1 and more where the
        # processor's are less exact (on ARM the worst was 1.68), and that is all of it.
        scale = np.abs(numbers(z)).max(-1, where=np.isfinite(numbers(z)), initial=0)
        cancelled = np.abs(want[:, 0]) < (1 if dtype == "float64" else 1e-6) * scale
        off = sweep.ulps(numbers(got), want, dtype, np.where(cancelled, scale, 0))
        assert off.max() <= bound(dtype, 2)
        if backend == "torch":
            (slope,) = torch.autograd.grad(got.sum(), z)
            assert sweep.ulps(numbers(slope), in_z, dtype).max() <= bound(dtype, 5)


@every
@backends
@pytest.mark.parametrize("way", ["fast", "textbook"])
def test_cross_entropy_of_a_label(way, backend, dtype, monkeypatch):
    if way == "textbook":
        for path in ("numpy_blocked", "torch_blocked"):
            monkeypatch.setattr(f"ce_lib.{path}.supports", lambda call: False)
    for classes, rows in sweep.rows(dtype).items():
        z = array(sweep.column(rows, "logits"), dtype, backend)
        labels = np.array([row.label for row in rows])
        want, in_z = sweep.exact(dtype, classes)["softmax_cross_entropy_with_logits"]
        loss = ce.softmax_cross_entropy_with_logits
        value, slope = value_and_slope(loss, z, labels, backend)
        assert sweep.ulps(numbers(value), want, dtype).max() <= bound(dtype, 1.5)
        assert sweep.ulps(numbers(slope), in_z, dtype).max() <= bound(dtype, 5)


@every
@backends
def test_cross_entropy_of_a_soft_label(backend, dtype):
    for classes, rows in sweep.rows(dtype).items():
        z = array(sweep.column(rows, "logits"), dtype, backend)
        shares = sweep.column(rows, "target")
        target = array(shares, dtype, backend)
        want, in_z = sweep.exact(dtype, classes)["soft"]
        loss = ce.softmax_cross_entropy_with_logits
        value, gradient = value_and_slope(loss, z, target, backend)
        assert sweep.ulps(numbers(value), want, dtype).max() <= bound(dtype, 4)
        larger = np.maximum(shares, shares + in_z[..., 0])  # of softmax and target
        assert sweep.ulps(numbers(gradient), in_z, dtype, larger).max() <= bound(dtype, 4)


@every
@backends
@pytest.mark.parametrize("gamma", sweep.GAMMAS)
def test_softmax_focal_loss(gamma, backend, dtype):
    for classes, rows in sweep.rows(dtype).items():
        chosen = np.array([row.gamma == gamma for row in rows])
        if not chosen.any():
            continue
        z = array(sweep.column(rows, "logits")[chosen], dtype, backend)
        labels = np.array([row.label for row in rows])[chosen]
        got = value_and_slope(ce.softmax_focal_loss, z, labels, backend, gamma=gamma)
        want, in_z = sweep.exact(dtype, classes)["softmax_focal_loss"]
        most = 2 * gamma + 2
        assert sweep.ulps(numbers(got[0]), want[chosen], dtype).max() <= bound(dtype, most)
        most = max(5, most)  # 5: of cross-entropy, γ = 0
        assert sweep.ulps(numbers(got[1]), in_z[chosen], dtype).max() <= bound(dtype, most)


@every
@backends
@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("gamma", [*sweep.GAMMAS, 3.3])  # 3.3 has more bits than a product holds
def test_sigmoid_focal_loss(gamma, label, backend, dtype):
    z, _ = sweep.scalars(dtype)
    want = sweep.exact_scalars(dtype, label, gamma)
    z, target = array(z, dtype, backend), np.full(len(z), float(label))
    got = value_and_slope(ce.sigmoid_focal_loss, z, target, backend, gamma=gamma)
    for one, exact in zip(got, want, strict=True):
        assert sweep.ulps(numbers(one), exact, dtype).max() <= bound(dtype, 2 * gamma + 2)


@every
@backends
def test_yes_at_a_logit_costs_what_no_costs_at_its_negative(backend, dtype):
    z, _ = sweep.scalars(dtype)
    loss = ce.binary_cross_entropy_with_logits
    yes = value_and_slope(loss, array(z, dtype, backend), np.ones(len(z)), backend)
    no = value_and_slope(loss, array(-z, dtype, backend), np.zeros(len(z)), backend)
    np.testing.assert_array_equal(numbers(yes[0]), numbers(no[0]))
    np.testing.assert_array_equal(numbers(yes[1]), -numbers(no[1]))


@every
@backends
def test_a_soft_binary_label_at_a_logit(backend, dtype):
    z, y = sweep.scalars(dtype)
    want, in_z = sweep.exact_scalars(dtype, "soft")
    z, target = (array(x, dtype, backend) for x in (z, y))
    loss = ce.binary_cross_entropy_with_logits
    if backend == "torch":
        value = loss(z, target.detach(), reduction="none")
        (slope,) = torch.autograd.grad(value.sum(), z)
    else:
        value, slope = ce.value_and_grad(loss, z, target, reduction="none")
    assert sweep.ulps(numbers(value), want, dtype).max() <= bound(dtype, 2)
    larger = np.maximum(y, y + in_z[:, 0])  # of σ(z) and y
    assert sweep.ulps(numbers(slope), in_z, dtype, larger).max() <= bound(dtype, 4)


@every
@backends
@pytest.mark.parametrize("label", [0, 1, "soft"])
def test_a_binary_label_at_a_probability(label, backend, dtype):
    q, y = sweep.probabilities(dtype)
    want, in_q = sweep.exact_probabilities(dtype, label)
    target = array(y if label == "soft" else np.full(len(q), float(label)), dtype, backend)
    input = array(q, dtype, backend)
    if backend == "numpy":
        value = ce.binary_cross_entropy(input, target, reduction="none")
        assert sweep.ulps(numbers(value), want, dtype).max() <= bound(dtype, 2)
        return
    value = ce.binary_cross_entropy(input, target.detach(), reduction="none")
    assert sweep.ulps(numbers(value), want, dtype).max() <= bound(dtype, 2)
    (slope,) = torch.autograd.grad(value.sum(), input)
    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # the larger of the two that are subtracted
        parts = np.where(y > 0, y / q, 0), np.where(y < 1, (1 - y) / (1 - q), 0)
    scale = np.maximum(*parts) if label == "soft" else np.zeros(len(q))
    scale = np.where(np.isfinite(scale), scale, 0)
    assert sweep.ulps(numbers(slope), in_q, dtype, scale).max() <= bound(dtype, 3)
