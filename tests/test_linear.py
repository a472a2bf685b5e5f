"""linear_cross_entropy: never all logits at once, and the same numbers as with all of them."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import ce_lib as ce
from ce_lib import torch_linear


@pytest.fixture(autouse=True)
def few_rows_at_once(monkeypatch):
    monkeypatch.setattr(torch_linear, "CPU_LOGITS", 3 * 11)  # 3 rows of 11 logits; 8 rows in all


def tensors(dtype=torch.float64, bias=True, seed=0):
    g = torch.Generator().manual_seed(seed)
    x, w = torch.randn(8, 5, generator=g), torch.randn(11, 5, generator=g)
    b = torch.randn(11, generator=g) if bias else None
    leaves = [None if t is None else t.to(dtype).requires_grad_() for t in (x, w, b)]
    labels = torch.randint(11, (8,), generator=g)
    labels[2] = -100
    return leaves, labels


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no-bias"])
def test_value_and_gradients_are_those_of_torch(reduction, bias):
    answers = []
    for loss in (ce.linear_cross_entropy, torch.nn.functional.linear_cross_entropy):
        (x, w, b), labels = tensors(bias=bias)
        value = loss(x, w, labels, linear_bias=b, reduction=reduction)
        (
            value * torch.arange(1.0, 9.0).double() if reduction == "none" else 3 * value
        ).sum().backward()
        answers.append([value, *(t.grad for t in (x, w, b) if t is not None)])
    for mine, theirs in zip(*answers, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-14)


def test_gradients_are_those_of_finite_differences():
    leaves, labels = tensors()
    torch.autograd.gradcheck(
        lambda x, w, b: ce.linear_cross_entropy(x, w, labels, linear_bias=b, reduction="none"),
        leaves,
    )


def test_only_what_is_asked_for_is_computed():
    (x, w, b), labels = tensors()
    w.requires_grad_(False)
    ce.linear_cross_entropy(x, w, labels, linear_bias=b).backward()
    assert x.grad is not None
    assert w.grad is None


def test_no_row_depends_on_how_many_are_computed_at_once(monkeypatch):
    (x, w, b), labels = tensors()
    few = ce.linear_cross_entropy(x, w, labels, linear_bias=b, reduction="none")
    monkeypatch.setattr(torch_linear, "CPU_LOGITS", 10**6)
    all_at_once = ce.linear_cross_entropy(x, w, labels, linear_bias=b, reduction="none")
    torch.testing.assert_close(few, all_at_once, rtol=1e-15, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def test_gradients_have_the_dtype_of_what_they_belong_to(dtype):
    (x, w, b), labels = tensors(dtype)
    value = ce.linear_cross_entropy(x, w, labels, linear_bias=b)
    value.backward()
    assert {x.grad.dtype, w.grad.dtype, b.grad.dtype} == {dtype}
    assert value.dtype == torch.float32  # also of halves
    exact = torch.nn.functional.linear_cross_entropy(
        x.double(), w.double(), labels, linear_bias=b.double()
    )
    torch.testing.assert_close(value.double(), exact, rtol=2 * torch.finfo(dtype).eps, atol=0)


def test_numpy_gives_the_values_of_torch():
    (x, w, b), labels = tensors()
    arrays = [t.detach().numpy() for t in (x, w, b)]
    for reduction in ("mean", "sum", "none"):
        mine = ce.linear_cross_entropy(
            *arrays[:2], labels.numpy(), linear_bias=arrays[2], reduction=reduction
        )
        theirs = ce.linear_cross_entropy(x, w, labels, linear_bias=b, reduction=reduction)
        np.testing.assert_allclose(mine, theirs.detach().numpy(), rtol=1e-13)


def test_a_second_backward_is_refused_and_so_is_a_second_derivative():
    (x, w, _), labels = tensors()
    value = ce.linear_cross_entropy(x, w, labels)
    value.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="backward must be called once"):
        value.backward()
    for reduction in ("mean", "none"):
        (x, w, _), labels = tensors()
        value = ce.linear_cross_entropy(x, w, labels, reduction=reduction).sum()
        with pytest.raises(RuntimeError, match="must not be differentiated twice"):
            torch.autograd.grad(value, x, create_graph=True)


class Largest(TorchDispatchMode):
    """How many numbers the largest tensor holds that any operation makes."""

    numel = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        made = [x.numel() for x in tree_leaves(result) if isinstance(x, torch.Tensor)]
        self.numel = max([self.numel, *made])
        return result


@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_the_logits_are_never_all_there(monkeypatch, reduction):
    monkeypatch.setattr(torch_linear, "CPU_LOGITS", 4 * 2000)
    x, w = torch.randn(40, 4, requires_grad=True), torch.randn(2000, 4, requires_grad=True)
    labels = torch.randint(2000, (40,))
    largest = {}
    for loss in (torch.nn.functional.linear_cross_entropy, ce.linear_cross_entropy):
        with Largest() as largest[loss]:
            loss(x, w, labels, reduction=reduction).sum().backward()
    theirs, mine = (mode.numel for mode in largest.values())
    assert theirs == 40 * 2000
    assert mine == 4 * 2000


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"input": np.ones(())}, ValueError, "must have shapes (..., D) and (V, D), got () and"),
        ({"linear_weight": np.ones((11, 4))}, ValueError, "got (8, 5) and (11, 4)"),
        ({"linear_weight": np.ones((11, 5), int)}, TypeError, "linear_weight must hold floating"),
        ({"linear_bias": np.ones(10)}, ValueError, "linear_bias must have shape (11,), got (10,)"),
        ({"target": np.full(8, 11)}, ValueError, "target labels must be in [0, 11)"),
        ({"target": np.ones(7, int)}, ValueError, "target labels must have shape (8,)"),
        ({"target": np.ones(8)}, TypeError, "target labels must be integers"),
        ({"target": np.full(8, -100)}, ValueError, "other than ignore_index=-100"),
        ({"reduction": "max"}, ValueError, "reduction must be one of"),
        ({"ignore_index": 0.5}, TypeError, "ignore_index must be a whole number"),
        ({"weight": np.ones(5)}, ValueError, "weight must have a shape that broadcasts to (11,)"),
        ({"label_smoothing": 1.5}, ValueError, "label_smoothing must be in [0, 1], got 1.5"),
        ({"divisor": 0}, ValueError, "divisor must be finite and above 0, got 0"),
    ],
    ids=lambda v: "-".join(v) if isinstance(v, dict) else "",
)
@pytest.mark.parametrize("kind", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
def test_bad_input_gets_one_sentence(change, error, message, kind):
    good = {
        "input": np.ones((8, 5)),
        "linear_weight": np.ones((11, 5)),
        "target": np.ones(8, int),
    }
    given = {k: kind(v) if isinstance(v, np.ndarray) else v for k, v in (good | change).items()}
    with pytest.raises(error) as caught:
        ce.linear_cross_entropy(**given)
    assert message in str(caught.value).replace("torch.", "")


@pytest.mark.parametrize(
    ("bias", "message"),
    [
        (np.zeros(3), "linear_bias must be of one kind with input, got a NumPy array beside"),
        (np.ma.zeros(3), "linear_bias must be "),
        (np.array(["a"] * 3), "linear_bias must be "),
        ([None] * 3, "linear_bias must hold real numbers, got object"),
    ],
    ids=["array-beside-tensors", "masked", "text", "list-of-none"],
)
def test_a_wrong_bias_is_called_by_its_name(bias, message):
    x, w, labels = torch.ones(2, 2), torch.ones(3, 2), torch.tensor([0, 1])
    with pytest.raises(TypeError) as caught:
        ce.linear_cross_entropy(x, w, labels, linear_bias=bias)
    assert str(caught.value).startswith(message)
