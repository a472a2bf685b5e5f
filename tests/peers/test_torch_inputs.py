"""PyTorch's own test inputs, run through ce_lib.

The wheel of torch carries the inputs of its own tests: of the loss modules in ``module_db``, of the
functions in ``op_db``: 244 in torch 2.13. Here each of them, forward and slope, goes through both
backends and must give torch's answer, in float64. torch has the class axis second, ce_lib last; the
adapters below move it. What ce_lib refuses on purpose is in RULES, with its reason, and must then
give that very sentence. COUNTS and RULED say how many inputs there are and how many fall under a
rule: a new torch that brings others fails, and no input is left out.

Forward only: softmax, log_softmax, logsumexp, binary_cross_entropy and kl_div in NumPy, where
ce_lib has no closed form of the slope.
"""

import functools
import warnings
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
import torch

import ce_lib as ce

F = torch.nn.functional
MODULES = {
    "nn.CrossEntropyLoss": "cross_entropy",
    "nn.BCELoss": "binary_cross_entropy",
    "nn.BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "nn.KLDivLoss": "kl_div",
}
OPS = {
    "nn.functional.cross_entropy": "cross_entropy",
    "nn.functional.binary_cross_entropy": "binary_cross_entropy",
    "nn.functional.binary_cross_entropy_with_logits": "binary_cross_entropy_with_logits",
    "nn.functional.kl_div": "kl_div",
    "softmax": "softmax",
    "log_softmax": "log_softmax",
    "logsumexp": "logsumexp",
}
COUNTS = {
    "nn.CrossEntropyLoss": 105,
    "nn.BCELoss": 6,
    "nn.BCEWithLogitsLoss": 6,
    "nn.KLDivLoss": 10,
    "nn.functional.cross_entropy": 21,
    "nn.functional.binary_cross_entropy": 11,
    "nn.functional.binary_cross_entropy_with_logits": 26,
    "nn.functional.kl_div": 16,
    "softmax": 7,
    "softmax with_dtype": 7,
    "log_softmax": 7,
    "log_softmax with_dtype": 7,
    "logsumexp": 15,
}
RULED = {
    "as torch": 169,
    "negative weight": 50,
    "no distribution": 10,
    "not of distributions": 5,
    "no class axis": 5,
    "no classes": 4,
    "nothing counts": 1,
}


@dataclass
class Case:
    """One input of torch's: a function of torch.nn.functional, its arguments, where it is from."""

    source: str
    function: str
    input: torch.Tensor
    args: tuple
    options: dict
    id: str


def inputs_of_modules(module_db):
    for module in module_db:
        if function := MODULES.get(module.name):
            found = module.module_inputs_func(
                module, device="cpu", dtype=torch.float64, requires_grad=True, training=False
            )
            for n, item in enumerate(found):
                made, call = item.constructor_input, item.forward_input
                assert not made.args
                assert not call.kwargs
                x, *args = call.args
                name = f"{module.name}-{n}-{item.desc}"
                yield Case(module.name, function, x, tuple(args), dict(made.kwargs), name)


def inputs_of_functions(op_db):
    for op in op_db:
        if function := OPS.get(op.name):
            for n, item in enumerate(op.sample_inputs("cpu", torch.float64, requires_grad=True)):
                source = f"{op.name} {op.variant_test_name}".strip()
                name = f"{source}-{n}".replace(" ", "-")
                yield Case(source, function, item.input, item.args, dict(item.kwargs), name)


@functools.cache
def databases():
    """The databases of modules and of functions of torch, which take seconds to import."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own
        from torch.testing._internal.common_methods_invocations import op_db
        from torch.testing._internal.common_modules import module_db
    return module_db, op_db


@functools.cache
def all_cases():
    torch.manual_seed(0)
    module_db, op_db = databases()
    return [*inputs_of_modules(module_db), *inputs_of_functions(op_db)]


def cases_of(source):
    return [case for case in all_cases() if case.source == source]


every_source = pytest.mark.parametrize("source", COUNTS)
both_backends = pytest.mark.parametrize("backend", ["numpy", "torch"])


# ------------------------------------------------------------------ adapters


def plain(x):
    return x.detach().clone() if isinstance(x, torch.Tensor) else x


def to(backend, x):
    """An argument for the backend; the tensor that slopes are asked of keeps asking."""
    if not isinstance(x, torch.Tensor) or backend == "torch":
        return x
    return x.detach().numpy()


def tensor(x):
    return torch.as_tensor(np.asarray(x)) if not isinstance(x, torch.Tensor) else x


class Adapter:
    """Calls ce_lib as torch's function of this name would be called: (value, slope or None)."""

    def __init__(self, backend):
        self.backend = backend

    def run(self, loss, x, *others, **options):
        """Value and slope of a loss; where it is not reduced, the slope of the sum."""
        others = [to(self.backend, other) for other in others]
        options = {name: to(self.backend, value) for name, value in options.items()}
        if self.backend == "numpy":
            if loss is ce.binary_cross_entropy:
                return tensor(loss(to("numpy", x), *others, **options)), None
            value, slope = ce.value_and_grad(loss, to("numpy", x), *others, **options)
            return tensor(value), tensor(slope)
        leaf = x.detach().clone().requires_grad_()
        value = loss(leaf, *others, **options)
        (slope,) = torch.autograd.grad(value.sum(), leaf)
        return value.detach(), slope

    def cross_entropy(self, x, target, **options):
        axis = min(1, x.dim() - 1)
        if target.shape == x.shape:
            target = target.movedim(axis, -1)
        value, slope = self.run(
            ce.softmax_cross_entropy_with_logits,
            x.movedim(axis, -1),
            target,
            **options,
        )
        return value, slope.movedim(-1, axis)

    def binary_cross_entropy(self, x, target, **options):
        return self.run(ce.binary_cross_entropy, x, target, **options)

    def binary_cross_entropy_with_logits(self, x, target, **options):
        return self.run(ce.binary_cross_entropy_with_logits, x, target, **options)

    def kl_div(self, x, target, *, log_target=False, reduction="mean"):
        """torch: elementwise p (log p − log q), of anything. ce_lib: of distributions, summed.

        The slopes in log q differ by q, which no change of q that keeps its sum can tell: they are
        compared behind a log_softmax, where only such changes come through.
        """
        p = to(self.backend, target.exp() if log_target else target)
        if self.backend == "numpy" or not x.dim():
            return self.forward(lambda log_q: ce.kl_divergence(p, exp(log_q)), x)
        return self.forward(lambda z: ce.kl_divergence(p, z.log_softmax(-1).exp()), x)

    def forward(self, compute, x):
        if self.backend == "numpy":
            return tensor(compute(to("numpy", x))), None
        leaf = x.detach().clone().requires_grad_()
        value = compute(leaf)
        (slope,) = torch.autograd.grad((value * ramp(value)).sum(), leaf)
        return value.detach(), slope

    def along(self, function, x, dim, dtype=None):
        x = x if dtype is None else x.to(dtype)
        if not x.dim():  # torch takes a number for a row of one
            return self.forward(lambda z: function(z.reshape(1)).reshape(()), x)
        return self.forward(lambda z: swap(function(swap(z, dim, -1)), -1, dim), x)

    def softmax(self, x, dim, dtype=None):
        return self.along(ce.softmax, x, dim, dtype)

    def log_softmax(self, x, dim, dtype=None):
        return self.along(ce.log_softmax, x, dim, dtype)

    def logsumexp(self, x, dim, keepdim=False):
        dims = sorted({d % max(x.dim(), 1) for d in np.atleast_1d(dim)}) if x.dim() else []

        def compute(z):
            if not dims:
                return ce.logsumexp(z.reshape(1))
            rest = [d for d in range(z.ndim) if d not in dims]
            rows = z.permute(*rest, *dims) if self.backend == "torch" else z.transpose(*rest, *dims)
            result = ce.logsumexp(rows.reshape(*[z.shape[d] for d in rest], -1))
            if keepdim:
                return result.reshape([1 if d in dims else z.shape[d] for d in range(z.ndim)])
            return result

        return self.forward(compute, x)


def exp(x):
    return torch.exp(x) if isinstance(x, torch.Tensor) else np.exp(x)


def swap(x, a, b):
    return x.movedim(a, b) if isinstance(x, torch.Tensor) else np.moveaxis(x, a, b)


def ramp(value):
    """Different weights, so that the slope of a sum that is constant is not 0 for all."""
    return torch.arange(1.0, value.numel() + 1, dtype=value.dtype).reshape(value.shape)


def by_torch(case):
    """Torch's value and slope."""
    leaf = case.input.detach().clone().requires_grad_()
    function = getattr(F, case.function, None) or getattr(torch, case.function)
    options = {name: plain(value) for name, value in case.options.items()}
    if case.function == "kl_div":  # ce_lib has no reduction of it: row by row
        options["reduction"] = "none"
    x = leaf.log_softmax(-1) if case.function == "kl_div" else leaf
    value = function(x, *map(plain, case.args), **options)
    if case.function == "kl_div":
        value = value.sum(-1)
    weights = 1 if case.function in LOSSES else ramp(value)
    (slope,) = torch.autograd.grad((value * weights).sum(), leaf)
    return value.detach(), slope


LOSSES = ("cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits")


# ------------------------------------------------------------------ on purpose


def has_soft_target(case):
    return case.function == "cross_entropy" and case.args[0].is_floating_point()


def no_distribution(case):
    if not has_soft_target(case):
        return False
    target = case.args[0].movedim(min(1, case.input.dim() - 1), -1)
    return bool(((target < 0).any() | ((target.sum(-1) - 1).abs() > 1e-6).any()).item())


def is_distribution(p):
    return bool(p.dim() and (p >= 0).all() and ((p.sum(-1) - 1).abs() < 1e-6).all())


def truth(case):
    return case.args[0].exp() if case.options.get("log_target") else case.args[0]


def not_of_distributions(case):
    return case.function == "kl_div" and not (
        is_distribution(truth(case)) and is_distribution(case.input.exp())
    )


def negative_weight(case):
    weights = (case.options.get(name) for name in ("weight", "pos_weight"))
    return any(w is not None and bool((w < 0).any()) for w in weights)


def nothing_counts(case):
    if case.function != "cross_entropy" or has_soft_target(case):
        return False
    if case.options.get("reduction", "mean") != "mean":
        return False
    return bool((case.args[0] == case.options.get("ignore_index", -100)).all())


def sum_over_weights(case):
    return has_soft_target(case) and case.options.get("weight") is not None


# Rule → when it holds, what ce_lib says, and the reason.
RULES = {
    "no distribution": (
        no_distribution,
        r"target must (sum to 1|be probabilities)",
        "a row that is no distribution is a mistake of the caller; torch computes on",
    ),
    "negative weight": (
        negative_weight,
        r"weight must be finite and at least 0",
        "a negative weight rewards mistakes, and its mean may divide by 0",
    ),
    "nothing counts": (
        nothing_counts,
        "must hold a label other than ignore_index",
        "torch returns nan for the mean of nothing",
    ),
    "no class axis": (
        lambda case: case.function == "kl_div" and not case.input.dim(),
        "must have a class axis",
        "a number is no distribution",
    ),
    "not of distributions": (
        not_of_distributions,
        "must (sum to 1|be probabilities)",
        "torch's kl_div is p (log p − log q) of any numbers; made distributions of, they run below",
    ),
    "no classes": (
        lambda case: case.function in ("softmax", "log_softmax") and not case.input.numel(),
        "must have at least one class",
        "nothing cannot be a distribution; torch returns nothing",
    ),
}


def rule_of(case):
    return next((name for name, (holds, *_) in RULES.items() if holds(case)), "as torch")


@both_backends
@every_source
def test_the_answer_is_that_of_torch_or_the_sentence_of_a_rule(source, backend, subtests):
    for case in cases_of(source):
        with subtests.test(case.id):
            if (rule := rule_of(case)) == "as torch":
                compare(case, backend)
                continue
            call = getattr(Adapter(backend), case.function)
            options = {name: plain(value) for name, value in case.options.items()}
            with pytest.raises(ValueError, match=RULES[rule][1]):
                call(plain(case.input), *map(plain, case.args), **options)


def compare(case, backend):
    options = {name: plain(value) for name, value in case.options.items()}
    args = [plain(x) for x in case.args]
    value, slope = getattr(Adapter(backend), case.function)(plain(case.input), *args, **options)
    exact, exact_slope = by_torch(case)
    if sum_over_weights(case) and options.get("reduction", "mean") == "mean":
        # torch divides by N here and for labels by the sum of weights; ce_lib always by the latter
        target = args[0].movedim(min(1, case.input.dim() - 1), -1)
        ratio = target.shape[:-1].numel() / (target * options["weight"]).sum()
        exact, exact_slope = exact * ratio, exact_slope * ratio
    close(value, exact)
    if slope is not None:
        close(slope, exact_slope)


def mended(case):
    """The same input with weights made positive and rows made distributions."""
    options = {
        name: value.detach().abs() if "weight" in name and value is not None else value
        for name, value in case.options.items()
    }
    target = case.args[0].detach()
    if has_soft_target(case):
        target = target.abs() + 1e-3
        target = target / target.sum(min(1, case.input.dim() - 1), keepdim=True)
    return Case(case.source, case.function, case.input, (target,), options, case.id)


@both_backends
def test_mended_a_refused_input_gives_the_answer_of_torch(backend, subtests):
    refused = ("negative weight", "no distribution")
    for case in [mended(case) for case in all_cases() if rule_of(case) in refused]:
        with subtests.test(case.id):
            assert rule_of(case) == "as torch"
            compare(case, backend)


def close(mine, theirs):
    torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-13, equal_nan=True)


@both_backends
def test_kl_of_the_same_numbers_made_distributions_is_that_of_torch(backend, subtests):
    for case in all_cases():
        if case.function == "kl_div" and case.input.dim():
            with subtests.test(case.id):
                compare_distributions(case, backend)


def compare_distributions(case, backend):
    p = truth(case).detach().nan_to_num().abs() + 0.01  # nn.KLDivLoss takes logs of negatives
    p = p / p.sum(-1, keepdim=True)
    log_q = case.input.detach().nan_to_num().log_softmax(-1)
    options = {"log_target": True} if case.options.get("log_target") else {}
    target = p.log() if options else p
    made = Case(case.source, "kl_div", log_q, (target,), options, case.id)
    value, slope = Adapter(backend).kl_div(log_q, target, **options)
    exact, exact_slope = by_torch(made)
    close(value, exact)
    if slope is not None:
        close(slope, exact_slope)


def errors():
    for module in databases()[0]:
        if module.name in MODULES and module.module_error_inputs_func:
            yield from module.module_error_inputs_func(
                module, device="cpu", dtype=torch.float64, requires_grad=True, training=False
            )


# torch's sentence → ce_lib's, for its seven bad calls of CrossEntropyLoss; the others have none.
SENTENCES = {
    "Expected floating point type for target": "target must sum to 1",
    "expected target dtype to be Long": "target labels must be integers",
    "Expected input batch_size": "target must be labels of shape",
    "weight tensor should be defined": "weight must have a shape that broadcasts",
    "ignore_index is not supported": "ignore_index must be left at -100",
    "label_smoothing must be between": "label_smoothing must be in",
    "Expected target size": "target must be labels of shape",
}


@both_backends
def test_what_torch_refuses_is_refused(backend, subtests):
    for item in errors():
        with subtests.test(item.error_regex):
            (sentence,) = [
                ours for theirs, ours in SENTENCES.items() if item.error_regex.startswith(theirs)
            ]
            call = item.module_error_input
            with pytest.raises((TypeError, ValueError), match=sentence):
                Adapter(backend).cross_entropy(
                    *map(plain, call.forward_input.args), **call.constructor_input.kwargs
                )


def test_the_inputs_are_counted():
    assert Counter(case.source for case in all_cases()) == COUNTS
    assert Counter(map(rule_of, all_cases())) == RULED
    assert len([*errors()]) == len(SENTENCES)
