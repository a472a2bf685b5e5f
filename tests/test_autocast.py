"""Under ``torch.autocast`` the losses compute and return float32, as torch's own do."""

import functools

import pytest
import torch
import torch.nn.functional as F

import ce_lib as ce
from ce_lib import torch_compat, torch_linear

HALVES = pytest.mark.parametrize("half", [torch.bfloat16, torch.float16], ids=str)
DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.fixture(params=DEVICES)
def device(request):
    return request.param


LABELS = torch.tensor([0, 2, 1, -100])
HARD = torch.tensor([0, 2, 1, 1])
SOFT = torch.tensor([[0.5, 0.25, 0.25], [1, 0, 0], [0, 0.5, 0.5], [0.25, 0.75, 0]])
YES = torch.tensor([[0.0, 1, 1], [1, 0, 0.25], [0, 0, 1], [1, 1, 0]])
W = torch.tensor([1.0, 2.0, 0.5])

# ours and, where torch has the same loss, torch's
LOSSES = {
    "labels": (ce.softmax_cross_entropy_with_logits, F.cross_entropy, LABELS, {}),
    "weights": (ce.softmax_cross_entropy_with_logits, F.cross_entropy, LABELS, {"weight": W}),
    "soft": (ce.softmax_cross_entropy_with_logits, F.cross_entropy, SOFT, {}),
    "smoothed": (
        *(ce.softmax_cross_entropy_with_logits, F.cross_entropy, LABELS),
        {"label_smoothing": 0.1},
    ),
    "binary": (
        *(ce.binary_cross_entropy_with_logits, F.binary_cross_entropy_with_logits, YES),
        {"pos_weight": W},
    ),
    "squared": (ce.mse_loss, F.mse_loss, YES, {}),
    "focal": (ce.softmax_focal_loss, None, LABELS, {}),
    "binary-focal": (ce.sigmoid_focal_loss, None, YES, {"alpha": 0.25}),
    "brier": (ce.brier_with_logits, None, HARD, {}),
    "squared-with-logits": (ce.mse_with_logits, None, YES, {}),
}
OF_PROBABILITIES = {
    "binary": (ce.binary_cross_entropy, F.binary_cross_entropy, YES),
    "brier": (ce.brier_score, None, SOFT),
    "cross-entropy": (ce.cross_entropy, None, SOFT),
    "kl": (ce.kl_divergence, None, SOFT),
}


def each(losses):
    return pytest.mark.parametrize("case", losses.values(), ids=losses)


def on(device, value):
    return value.to(device) if isinstance(value, torch.Tensor) else value


def logits(half, device="cpu"):
    z = torch.tensor([[1.0, 2, -1], [0, 0, 3], [-4, 1, 1], [7, 8, 9]], device=device)
    return z.to(half).requires_grad_()


@HALVES
@each(LOSSES)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_a_loss_is_a_float32_and_its_gradient_has_the_dtype_of_the_leaf(
    device, case, reduction, half
):
    loss, theirs, target, keywords = case
    keywords = {key: on(device, value) for key, value in keywords.items()}
    target = on(device, target)
    z, wide = logits(half, device), logits(torch.float32, device)
    with torch.autocast(device, dtype=half):
        value = loss(z, target, reduction=reduction, **keywords)
    exact = loss(wide, target, reduction=reduction, **keywords)
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, exact)
    (gradient,) = torch.autograd.grad(value.sum(), z)
    (due,) = torch.autograd.grad(exact.sum(), wide)
    torch.testing.assert_close(gradient, due.to(half), rtol=torch.finfo(half).eps, atol=0)
    if theirs and not (target.is_floating_point() and "label_smoothing" in keywords):
        with torch.autocast(device, dtype=half):
            peer = theirs(z, target, reduction=reduction, **keywords)
        assert value.dtype == peer.dtype
        torch.testing.assert_close(value, peer, rtol=1e-5, atol=1e-6)


@HALVES
@each(OF_PROBABILITIES)
def test_a_loss_of_probabilities_is_a_float32_too(case, half):
    loss, _, target = case
    p = SOFT.flip(0).clamp(min=0.125)
    p = (p / p.sum(-1, keepdim=True)).to(half).requires_grad_()
    q = p if loss is not ce.kl_divergence else p.detach()
    with torch.autocast("cpu", dtype=half):
        value = loss(q, target.to(half)) if loss is not ce.cross_entropy else loss(target, q)
    assert value.dtype == torch.float32


@HALVES
def test_the_softmax_keeps_its_dtype_where_torchs_does(device, half):
    z = logits(half, device)
    with torch.autocast(device, dtype=half):
        for ours, theirs in ((ce.softmax, torch.softmax), (ce.log_softmax, torch.log_softmax)):
            assert ours(z).dtype == theirs(z, -1).dtype
        q = torch.sigmoid(z)
        assert ce.log_sigmoid(z).dtype == F.logsigmoid(z).dtype
        assert ce.logit(q).dtype == torch.logit(q).dtype
        assert ce.focal_posterior(z).dtype == torch.softmax(z, -1).dtype
        for loss in (ce.entropy_with_logits(z), ce.jensen_shannon_divergence(SOFT.to(z), SOFT[0])):
            assert loss.dtype == torch.float32
        assert ce.kl_divergence_with_logits(z, z).dtype == torch.float32


@HALVES
def test_a_value_and_its_gradient_are_float32_too(half):
    z = logits(half).detach()
    with torch.autocast("cpu", dtype=half):
        value, gradient = ce.value_and_grad(ce.softmax_cross_entropy_with_logits, z, LABELS)
        out = torch.empty_like(z)
        assert ce.value_and_grad(ce.mse_with_logits, z, YES, out=out)[1] is out
    assert value.dtype == gradient.dtype == torch.float32


@HALVES
def test_a_sum_over_many_rows_is_beyond_a_half_and_finite(half):
    z = torch.zeros(20_000, 1000, dtype=half)
    target = torch.zeros(20_000, dtype=torch.long)
    with torch.autocast("cpu", dtype=half):
        value = ce.softmax_cross_entropy_with_logits(z, target, reduction="sum")
    torch.testing.assert_close(value, torch.tensor(20_000 * 6.907755278982137))


def test_doubles_stay_doubles_and_float32_stays_float32():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for dtype in (torch.float64, torch.float32):
            z = logits(dtype)
            assert ce.softmax_cross_entropy_with_logits(z, LABELS).dtype == dtype
            assert ce.linear_cross_entropy(z, torch.eye(3, dtype=dtype), HARD).dtype == dtype


# ------------------------------------------------------------------ a training step


def leaves(device="cpu", seed=0):
    g = torch.Generator().manual_seed(seed)
    x, w, b = torch.randn(8, 5, generator=g), torch.randn(11, 5, generator=g), torch.zeros(11)
    return [t.to(device).requires_grad_() for t in (x, w, b)], torch.arange(8, device=device)


@HALVES
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("where", ["float32", "an-autocast-layer", "halves"])
def test_linear_cross_entropy_is_torchs_linear_and_cross_entropy(device, where, reduction, half):
    answers = []
    for ours in (True, False):
        (x, w, b), y = leaves(device)
        with torch.autocast(device, dtype=half):
            h = x if where == "float32" else F.linear(x, torch.eye(5, device=device))
            weight = w.to(half) if where == "halves" else w
            if ours:
                value = ce.linear_cross_entropy(h, weight, y, linear_bias=b, reduction=reduction)
            else:
                value = F.cross_entropy(F.linear(h, weight, b), y, reduction=reduction)
            if reduction == "none":
                value = value.sum()
        assert value.dtype == torch.float32
        value.backward()
        answers.append([value.detach(), x.grad, w.grad, b.grad])
    eps = torch.finfo(half).eps
    for mine, theirs in zip(*answers, strict=True):
        assert mine.dtype == theirs.dtype == torch.float32
        torch.testing.assert_close(mine, theirs, rtol=4 * eps, atol=4 * eps * theirs.abs().max())


@HALVES
def test_backward_inside_autocast_gives_the_same(half):
    for reduction, forward in (("mean", True), ("none", True), ("none", False)):
        answers = []
        for backward in (True, False):
            (x, w, b), y = leaves()
            with torch.autocast("cpu", dtype=half, enabled=forward):
                value = ce.linear_cross_entropy(x, w, y, linear_bias=b, reduction=reduction).sum()
            with torch.autocast("cpu", dtype=half, enabled=backward):
                value.backward()
            answers.append([x.grad, w.grad, b.grad])
        for one, other in zip(*answers, strict=True):
            assert torch.equal(one, other)


def test_layers_of_two_dtypes_are_computed_in_the_wider():
    (x, w, _), y = leaves()
    half = w.to(torch.bfloat16).detach().requires_grad_()
    value = ce.linear_cross_entropy(x, half, y)
    value.backward()
    exact = ce.linear_cross_entropy(x.detach(), half.detach().float(), y)
    assert torch.equal(value.detach(), exact)
    assert x.grad.dtype == torch.float32
    assert half.grad.dtype == torch.bfloat16


@HALVES
@each({name: LOSSES[name] for name in ("labels", "smoothed", "soft", "focal", "binary", "brier")})
def test_the_first_step_of_a_gradient_scaler_is_finite(case, half):
    loss, theirs, target, keywords = case
    layer = torch.nn.Linear(5, 3)
    x = torch.randn(4, 5, generator=torch.Generator().manual_seed(1))
    for f in filter(None, (loss, theirs)):
        layer.zero_grad()
        with torch.autocast("cpu", dtype=half):
            value = f(layer(x), target, **keywords)
        (65536 * value).backward()
        assert layer.weight.grad.isfinite().all()


@HALVES
def test_the_first_step_of_a_gradient_scaler_is_finite_for_a_linear_cross_entropy(half):
    exact = None
    for dtype in (None, half):
        (x, w, b), y = leaves()
        with torch.autocast("cpu", dtype=dtype, enabled=dtype is not None):
            value = ce.linear_cross_entropy(x, w, y, linear_bias=b)
        (65536 * value).backward()
        exact = w.grad if exact is None else exact
        assert w.grad.isfinite().all()
    torch.testing.assert_close(w.grad, exact, rtol=0.1, atol=0.05 * exact.abs().max().item())


@pytest.mark.parametrize(("half", "rows"), [(torch.bfloat16, 320), (torch.float16, 2400)])
def test_half_layers_have_a_float32_loss_and_gradients_added_up_in_float32(half, rows, monkeypatch):
    monkeypatch.setattr(torch_linear, "CPU_LOGITS", 2)  # one row at a time
    # equal parts added one by one: a bfloat16 stops growing at 256 of them, a float16 at 2048
    x = torch.ones(rows, 1, dtype=half)
    w = torch.zeros(2, 1, dtype=half, requires_grad=True)
    y = torch.zeros(rows, dtype=torch.long)
    value = ce.linear_cross_entropy(x, w, y, reduction="sum")
    value.backward()
    torch.testing.assert_close(value, torch.tensor(rows * 0.6931471805599453))
    expected = rows / 2 * torch.tensor([-1.0, 1.0])
    torch.testing.assert_close(w.grad[:, 0].float(), expected, rtol=0.003, atol=0)


def test_autocast_is_seen_with_its_dtype():
    x = torch.ones(1)
    assert not torch_compat.under_autocast(x)
    assert torch_compat.autocast_dtype(x) is None
    for half in (torch.bfloat16, torch.float16):
        with torch.autocast("cpu", dtype=half):
            assert torch_compat.under_autocast(x)
            assert torch_compat.autocast_dtype(x) == half
            assert torch_compat.autocast_dtype(x.double()) is None
            with torch.autocast("cpu", enabled=False):
                assert not torch_compat.under_autocast(x)


@functools.cache
def _rows():
    return torch.randn(64, 50, generator=torch.Generator().manual_seed(2))


@HALVES
def test_the_fast_path_and_the_formula_agree_under_autocast(half):
    y = torch.arange(50).repeat(2)[:64]
    z = _rows().to(half).requires_grad_()
    with torch.autocast("cpu", dtype=half):
        value = ce.softmax_cross_entropy_with_logits(z, y)
    exact = ce.softmax_cross_entropy_with_logits(z.detach().float(), y)
    assert torch.equal(value.detach(), exact)
