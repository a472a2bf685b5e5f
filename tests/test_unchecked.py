"""Without the checks of values the transforms of torch work on every loss, and say how if not."""

import threading

import numpy as np
import pytest
import torch

import ce_lib as ce

g = torch.Generator().manual_seed(0)
Z = torch.randn(4, 3, dtype=torch.float64, generator=g)
X = torch.randn(4, dtype=torch.float64, generator=g)
LABELS = torch.tensor([0, 2, 1, -100])
P = torch.softmax(torch.randn(4, 3, dtype=torch.float64, generator=g), -1)
Y = torch.rand(4, dtype=torch.float64, generator=g)
W = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)

# a loss of logits and of what else is batched with them
CALLS = {
    "labels": (ce.softmax_cross_entropy_with_logits, Z, LABELS, {}),
    "weights": (ce.softmax_cross_entropy_with_logits, Z, LABELS, {"weight": W}),
    "soft": (ce.softmax_cross_entropy_with_logits, Z, P, {"label_smoothing": 0.1}),
    "focal": (ce.softmax_focal_loss, Z, LABELS, {}),
    "brier": (ce.brier_with_logits, Z, LABELS.clamp(min=0), {}),
    "brier-score": (ce.brier_score, Z.softmax(-1), P, {}),
    "binary": (ce.binary_cross_entropy_with_logits, X, Y, {"pos_weight": torch.tensor(3.0)}),
    "probability": (ce.binary_cross_entropy, X.sigmoid(), Y, {}),
    "binary-focal": (ce.sigmoid_focal_loss, X, Y, {"alpha": 0.25}),
    "squared": (ce.mse_with_logits, X, Y, {}),
    "mse": (ce.mse_loss, X, Y, {}),
    "cross-entropy": (lambda q, p: ce.cross_entropy(p, q).sum(), Z.softmax(-1), P, {}),
    "kl": (lambda q, p: ce.kl_divergence(p, q).sum(), Z.softmax(-1), P, {}),
    "kl-of-logits": (lambda z, p: ce.kl_divergence_with_logits(p, z).sum(), Z, P, {}),
    "log-softmax": (lambda z, p: (p * ce.log_softmax(z)).sum(), Z, P, {}),
}
DAILY = ("labels", "probability", "kl-of-logits")  # the others are compiled each week


def each(calls):
    return pytest.mark.parametrize("call", calls.values(), ids=calls)


def unchecked(call):
    loss, _, _, keywords = call

    def function(z, target):
        with ce.unchecked():
            return loss(z, target, **keywords)

    return function


def value_and_slope(function, z, target):
    leaf = z.clone().requires_grad_()
    value = function(leaf, target)
    return value.detach(), torch.autograd.grad(value, leaf)[0]


def checked(call):
    loss, z, target, keywords = call
    return value_and_slope(lambda *args: loss(*args, **keywords), z, target)


@each(CALLS)
def test_right_arguments_have_the_same_answer(call):
    _, z, target, _ = call
    for one, other in zip(value_and_slope(unchecked(call), z, target), checked(call), strict=True):
        assert torch.equal(one, other)


@each(CALLS)
def test_vmap_and_the_gradients_of_single_samples(call):
    _, z, target, _ = call
    value, slope = checked(call)
    batches = torch.stack([z, z]), torch.stack([target, target])
    values = torch.vmap(unchecked(call))(*batches)
    slopes = torch.vmap(torch.func.grad(unchecked(call)))(*batches)
    torch.testing.assert_close(values[1], value)
    torch.testing.assert_close(slopes[1], slope)


def compiled(call):
    torch._dynamo.reset()
    return torch.compile(unchecked(call), backend="aot_eager", fullgraph=True)


def exported(call):
    class Module(torch.nn.Module):
        def forward(self, z, target):
            return unchecked(call)(z, target)

    return torch.export.export(Module(), call[1:3]).module()


def traced(call):
    return torch.jit.trace(unchecked(call), call[1:3])


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("way", [compiled, exported, traced], ids=lambda way: way.__name__)
@pytest.mark.parametrize(
    "call",
    [
        pytest.param(call, id=name, marks=() if name in DAILY else pytest.mark.weekly)
        for name, call in CALLS.items()
    ],
)
def test_one_graph_has_it_all(way, call):
    _, z, target, _ = call
    function = way(call)
    for one, other in zip(value_and_slope(function, z, target), checked(call), strict=True):
        torch.testing.assert_close(one, other)
    with ce.unchecked():
        due = call[0](z + 1, target, **call[3]) if call[0] is not ce.brier_score else None
    if due is not None:  # nothing of the example has become a constant
        torch.testing.assert_close(function(z + 1, target), due, equal_nan=True)


@each({name: CALLS[name] for name in ("labels", "soft", "probability", "brier-score", "kl")})
def test_with_the_checks_the_error_names_the_way(call):
    loss, z, target, keywords = call
    batches = torch.stack([z, z]), torch.stack([target, target])
    with pytest.raises(RuntimeError, match=r"cannot be checked inside .*`with ce\.unchecked\(\):`"):
        torch.vmap(lambda *args: loss(*args, **keywords))(*batches)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")  # of shapes
@each({name: CALLS[name] for name in ("labels", "soft", "probability", "brier-score", "kl")})
def test_with_the_checks_a_trace_is_refused_by_the_same_sentence(call):
    loss, z, target, keywords = call
    with pytest.raises(RuntimeError, match=r"jit\.trace .*`with ce\.unchecked\(\):`"):
        torch.jit.trace(lambda *args: loss(*args, **keywords), (z, target))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_with_the_checks_one_graph_is_refused_by_the_same_sentence():
    torch._dynamo.reset()
    function = torch.compile(
        ce.softmax_cross_entropy_with_logits, backend="aot_eager", fullgraph=True
    )
    with pytest.raises(torch._dynamo.exc.Unsupported, match=r"with ce\.unchecked\(\):"):
        function(Z, LABELS)


def test_shapes_dtypes_and_options_are_still_checked():
    with ce.unchecked():
        with pytest.raises(ValueError, match="target must be labels of shape"):
            ce.softmax_cross_entropy_with_logits(Z, LABELS[:2])
        with pytest.raises(TypeError, match="target labels must be integers"):
            ce.softmax_cross_entropy_with_logits(Z, Y)
        with pytest.raises(ValueError, match="reduction must be one of"):
            ce.softmax_cross_entropy_with_logits(Z, LABELS, reduction="max")


def test_the_checks_are_back_after_the_block_and_after_an_error_in_it():
    wrong = np.array([0.5, 0.6])
    with pytest.raises(ZeroDivisionError), ce.unchecked(), ce.unchecked():
        ce.entropy(wrong)
        raise ZeroDivisionError
    with pytest.raises(ValueError, match="must sum to 1"):
        ce.entropy(wrong)


def test_the_checks_of_another_thread_stay():
    seen = []

    def other():
        try:
            ce.entropy(np.array([0.5, 0.6]))
        except ValueError:
            seen.append("checked")

    with ce.unchecked():
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert seen == ["checked"]
