"""A weight for each example and a divisor of one's own: micro-batches that add up to the batch."""

import numpy as np
import pytest

import ce_lib as ce
from ce_lib import numpy_linear

rng = np.random.default_rng(0)
Z = rng.normal(size=(2, 6, 5))
Y = rng.integers(0, 5, (2, 6))
Y[1, 4] = -100
SOFT = rng.dirichlet(np.ones(5), (2, 6))
A = rng.random((2, 6))
W = rng.random(5)
LOSSES = {
    "labels": (ce.softmax_cross_entropy_with_logits, Y, {}),
    "smoothed": (ce.softmax_cross_entropy_with_logits, Y, {"label_smoothing": 0.1, "weight": W}),
    "soft": (ce.softmax_cross_entropy_with_logits, SOFT, {"weight": W}),
    "focal": (ce.softmax_focal_loss, Y, {"weight": W}),
    "soft-focal": (ce.softmax_focal_loss, SOFT, {}),
}
each = pytest.mark.parametrize(("loss", "target", "keywords"), LOSSES.values(), ids=LOSSES)


def both(backend, loss, z, target, **keywords):
    """The value and the gradient, from ``value_and_grad`` and, in torch, also from autograd."""
    given = {k: backend.array(v) if isinstance(v, np.ndarray) else v for k, v in keywords.items()}
    z, target = backend.array(z), backend.array(target)
    found = ce.value_and_grad(loss, z, target, **given)
    if backend.device:
        leaf = z.clone().requires_grad_()
        value = loss(leaf, target, **given)
        value.sum().backward()
        np.testing.assert_allclose(backend.numpy(value), backend.numpy(found[0]), rtol=1e-14)
        np.testing.assert_allclose(backend.numpy(leaf.grad), backend.numpy(found[1]), rtol=1e-13)
    return [backend.numpy(x) for x in found]


def a_weight(target, keywords):
    """The weight that a class weight gives to each example."""
    w = keywords.get("weight", np.ones(5))
    return target @ w if target.ndim == 3 else np.where(target < 0, 0, w[np.maximum(target, 0)])


@each
@pytest.mark.parametrize("way", ["fast", "textbook"])
@pytest.mark.parametrize("shape", [(2, 6), (6,), (2, 1), ()], ids=str)
def test_an_example_counts_as_often_as_its_weight_says(
    backend, loss, target, keywords, way, shape, monkeypatch
):
    if way == "textbook":
        for path in ("numpy_blocked", "torch_blocked"):
            monkeypatch.setattr(f"ce_lib.{path}.supports", lambda call: False)
    a = A[: shape[0]] if len(shape) == 2 and shape[1] == 6 else np.full(shape, 0.75)
    losses, slopes = both(backend, loss, Z, target, reduction="none", **keywords)
    mass = (a * a_weight(target, keywords)).sum()
    for reduction, divisor, scale in (
        *(("none", None, 1), ("sum", None, 1), ("mean", None, mass), ("mean", 7, 7)),
    ):
        options = {"reduction": reduction, "divisor": divisor, "example_weight": a}
        value, slope = both(backend, loss, Z, target, **options, **keywords)
        due = losses * a if reduction == "none" else (losses * a).sum() / scale
        np.testing.assert_allclose(value, due, rtol=1e-13)
        due = slopes * np.broadcast_to(a, (2, 6))[..., None] / scale
        np.testing.assert_allclose(slope, due, rtol=1e-12, atol=1e-17)


@each
def test_an_example_of_weight_0_costs_0_whatever_its_logits(backend, loss, target, keywords):
    z, a = Z.copy(), A.copy()
    z[0, 1], a[0, 1] = [np.nan, np.inf, 0, 0, 0], 0
    value, slope = both(backend, loss, z, target, example_weight=a, **keywords)
    due, _ = both(backend, loss, Z, target, example_weight=a, **keywords)
    np.testing.assert_allclose(value, due, rtol=1e-14)
    assert (slope[0, 1] == 0).all()
    assert np.isfinite(slope).all()


@each
def test_micro_batches_add_up_to_the_mean_of_the_batch(backend, loss, target, keywords):
    whole = both(backend, loss, Z, target, **keywords)
    mass = float(a_weight(target, keywords).sum())
    parts = [
        both(backend, loss, Z[i : i + 1], target[i : i + 1], divisor=mass, **keywords)
        for i in range(2)
    ]
    np.testing.assert_allclose(sum(value for value, _ in parts), whole[0], rtol=1e-14)
    slopes = np.concatenate([slope for _, slope in parts])
    np.testing.assert_allclose(slopes, whole[1], rtol=1e-13)


def test_a_micro_batch_may_be_empty_or_ignored(backend):
    loss = ce.softmax_cross_entropy_with_logits
    for z, y in ((Z[:0], Y[:0]), (Z, np.full_like(Y, -100))):
        value, slope = both(backend, loss, z, y, divisor=3)
        assert value == 0
        assert (slope == 0).all()


@pytest.mark.parametrize("loss", [ce.softmax_cross_entropy_with_logits, ce.softmax_focal_loss])
def test_what_is_no_weight_or_no_divisor_is_refused(backend, loss):
    z, y = backend.array(Z), backend.array(Y)
    for a, sentence in {
        (3, 6): r"example_weight must have a shape that broadcasts to \(2, 6\), got shape \(3, 6\)",
        (): "example_weight must be finite and at least 0, got values from -1 to -1",
        (
            1,
            6,
        ): r"example_weight must be above 0 for some example for reduction=.mean., got",
    }.items():
        weight = {(): np.float64(-1), (1, 6): np.zeros((1, 6))}.get(a, np.ones(a))
        with pytest.raises(ValueError, match=sentence):
            loss(z, y, example_weight=backend.array(weight))
    for divisor in (0, -1.0, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="divisor must be finite and above 0, got"):
            loss(z, y, divisor=divisor)
    with pytest.raises(TypeError, match="divisor must be a number, got list"):
        loss(z, y, divisor=[3])
    with pytest.raises(ValueError, match='divisor must be left at None for reduction="sum", got 3'):
        loss(z, y, divisor=3, reduction="sum")


def test_torch_differentiates_in_the_weight_of_an_example_too():
    torch = pytest.importorskip("torch")
    z, y, a = (torch.tensor(x) for x in (Z[0], Y[0], A[0]))
    loss = ce.softmax_cross_entropy_with_logits
    leaf = a.clone().requires_grad_()
    loss(z, y, example_weight=leaf).backward()
    losses = loss(z, y, reduction="none")
    mean = (a * losses).sum() / a.sum()
    torch.testing.assert_close(leaf.grad, (losses - mean) / a.sum())


# ------------------------------------------------------------------ a linear layer


@pytest.mark.parametrize("shape", [(8,), (2, 4), (), (0,), (2, 0)], ids=str)
@pytest.mark.parametrize("features", [3, 0])
def test_a_linear_layer_has_the_loss_of_its_logits(backend, shape, features, monkeypatch):
    monkeypatch.setattr(numpy_linear, "LOGITS", 3 * 4)  # three rows at once
    if backend.device:
        monkeypatch.setattr("ce_lib.torch_linear.CPU_LOGITS", 3 * 4)
    g = np.random.default_rng(1)
    x, layer, bias = (
        g.normal(size=(*shape, features)),
        g.normal(size=(4, features)),
        g.normal(size=4),
    )
    y = np.where(g.random(shape) < 0.3 * len(shape), 2, g.choice([0, 1, 3], shape))
    a, w = g.random(shape), g.random(4)
    for keywords in (
        *({"weight": w}, {"label_smoothing": 0.1}, {"example_weight": a}, {"ignore_index": 2}),
        {"weight": w, "label_smoothing": 0.2, "example_weight": a, "ignore_index": 2},
    ):
        for way in ({"reduction": "none"}, {"reduction": "sum"}, {"divisor": 17}, {}):
            given = {
                k: backend.array(v) if isinstance(v, np.ndarray) else v
                for k, v in (keywords | way).items()
            }
            x_, layer_, bias_ = (backend.array(v) for v in (x, layer, bias))
            leaves = [v.requires_grad_() for v in (x_, layer_, bias_)] if backend.device else []
            logits, target = x_ @ layer_.T + bias_, backend.array(y)
            if not way and not np.size(y):
                with pytest.raises(ValueError, match="target must hold at least one example"):
                    ce.linear_cross_entropy(x_, layer_, target, linear_bias=bias_, **given)
                continue
            mine = ce.linear_cross_entropy(x_, layer_, target, linear_bias=bias_, **given)
            theirs = ce.softmax_cross_entropy_with_logits(logits, target, **given)
            assert tuple(mine.shape) == tuple(theirs.shape)
            pairs = [(mine, theirs)]
            if leaves:
                import torch

                pairs += zip(
                    *(torch.autograd.grad((2 * v).sum(), leaves) for v in (mine, theirs)),
                    strict=True,
                )
            for one, other in pairs:
                np.testing.assert_allclose(
                    backend.numpy(one), backend.numpy(other), rtol=1e-12, atol=1e-15
                )


def test_a_weight_that_wants_a_gradient_is_refused_by_a_linear_layer():
    torch = pytest.importorskip("torch")
    x, y = torch.eye(3), torch.tensor([0, 1, 2])
    for name in ("weight", "example_weight"):
        with pytest.raises(ValueError, match=f"{name} must not require a gradient"):
            ce.linear_cross_entropy(x, x, y, **{name: torch.ones(3, requires_grad=True)})


def test_the_z_loss_pulls_the_normaliser_to_0(backend):
    z = Z + 3
    value = ce.z_loss(backend.array(z), reduction="none")
    np.testing.assert_allclose(backend.numpy(value), np.log(np.exp(z).sum(-1)) ** 2, rtol=1e-13)
    assert tuple(ce.z_loss(backend.array(Z[:0]), reduction="sum").shape) == ()
    with pytest.raises(ValueError, match="logits must hold at least one example"):
        ce.z_loss(backend.array(Z[:0]))
    if backend.device:
        leaf = backend.array(z).requires_grad_()
        ce.z_loss(leaf, reduction="sum").backward()
        e = np.exp(z)
        total = e.sum(-1, keepdims=True)
        np.testing.assert_allclose(
            backend.numpy(leaf.grad), 2 * np.log(total) * e / total, rtol=1e-13
        )
