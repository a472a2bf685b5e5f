"""The fast paths for tensors on the CPU: NumPy's blocks, on the tensors' own memory.

``supports`` says which calls they take: plain tensors. Everything else goes through the formulas
of ``torch_backend.py``: a second derivative, forward mode, ``torch.func``, compiling and tracing.
``tests/test_fast_paths.py`` compares the two; ``benchmarks/results`` has the measurements.
"""

import numpy as np
import torch

from . import logit_blocks, numpy_backend, numpy_blocked, torch_backend, torch_compat, torch_small
from .calls import textbook
from .softmax_blocks import Engine

PATHS = {
    torch_backend.binary_cross_entropy_with_logits: numpy_backend.binary_cross_entropy_with_logits,
    torch_backend.softmax_cross_entropy_with_logits: (
        numpy_backend.softmax_cross_entropy_with_logits
    ),
    torch_backend.softmax_focal_loss: numpy_backend.softmax_focal_loss,
    torch_backend.brier_score: numpy_backend.brier_score,
    torch_backend.brier_with_logits: numpy_backend.brier_with_logits,
}
GRAIN = 2**15 - 1  # torch gives longer arrays to several threads; ours are threads already


class TorchEngine(Engine):
    """torch's exponential is twice as fast as NumPy's, and it reads bfloat16."""

    def read(self, source, block):
        if isinstance(source, torch.Tensor):
            torch.from_numpy(block).copy_(source)
        else:
            super().read(source, block)

    def exp(self, block, out):
        block, out = torch.from_numpy(block), torch.from_numpy(out)
        if torch.get_num_threads() == 1:
            torch.exp(block, out=out)
            return
        for piece, result in zip(block.split(GRAIN), out.split(GRAIN), strict=True):
            torch.exp(piece, out=result)

    def write(self, block, target):
        if isinstance(target, torch.Tensor):
            target.copy_(torch.from_numpy(block))
        else:
            super().write(block, target)


def supports(call):
    """Whether the fast path computes this call; what it does not compute is the textbook's."""
    if call.loss not in PATHS or _is_watched():
        return False
    for i, x in enumerate((*call.arguments, call.out)):
        if isinstance(x, torch.Tensor):
            if not _is_plain(x):
                return False
            if (i > 0 or call.wanted) and x.requires_grad and torch.is_grad_enabled():
                return False
    logits, loss, takes = call.arguments[0], PATHS[call.loss], True
    if loss in numpy_blocked.BINARY:
        takes = logits.dim() > 0 and logits.dtype != torch.bfloat16
    if not takes or not logits.numel() or call.out is None:
        return takes and logits.numel() > 0
    out, logits, *others = (_memory(x) for x in (call.out, *call.arguments))
    return numpy_blocked.may_write(out, logits, others)


def compute(call):
    """The reduced value of a call, through autograd; and its gradient, if that is wanted."""
    logits = call.arguments[0]
    small = torch_small.LOSSES.get(call.loss)
    value = small and small(call)
    if value is not None:
        return value
    if not call.wanted and torch.is_grad_enabled() and logits.requires_grad:
        return _Loss.apply(logits, call)
    if not call.wanted:
        return _computed(call)
    gradient = call.out
    if gradient is None:
        gradient = torch.empty(logits.shape, dtype=call.dtype)
    return _computed(call, gradient), gradient


def _computed(call, gradient=None, upstream=1.0):
    """The reduced value; the gradient times what comes from above is written to ``gradient``."""
    mean = call.reduction == "mean"
    divisor = float(call.divisor) if mean else 1.0
    arguments = [_array(x) for x in call.arguments]
    with np.errstate(all="ignore"):  # the backward pass comes here without one
        value = numpy_blocked.losses(
            *(call, PATHS[call.loss], arguments, _array(gradient), upstream / divisor, ENGINE)
        )
    return torch.as_tensor(value / divisor if mean else value).to(call.dtype)


ENGINE = TorchEngine()


class _Loss(torch.autograd.Function):
    """A loss that computes its gradient along with its value, for an upstream gradient of 1.

    For any other it computes the gradient again, which rounds it only once. Where the arguments
    were changed in between, it multiplies instead.
    """

    @staticmethod
    def forward(ctx, logits, call):
        ctx.gradient = torch.empty(logits.shape, dtype=logits.dtype)
        value = _computed(call, ctx.gradient)
        ctx.save_for_backward(logits)
        ctx.call = call._replace(
            arguments=[x.detach() if torch.is_tensor(x) else x for x in call.arguments]
        )
        ctx.versions = _versions(ctx.call)
        return value

    @staticmethod
    def backward(ctx, upstream):
        if torch.is_grad_enabled():  # create_graph=True: the result must be differentiable
            (logits,) = ctx.saved_tensors
            call = ctx.call._replace(arguments=(logits, *ctx.call.arguments[1:]))
            value = textbook(call, torch_backend)
            return torch.autograd.grad(value, logits, upstream, create_graph=True)[0], None
        gradient = ctx.gradient
        kept = torch_compat.keeps_graph()
        if not kept:
            ctx.gradient = None
        if (upstream == 1).all():
            return gradient.clone() if kept else gradient, None
        softmax = PATHS[ctx.call.loss] in numpy_blocked.SOFTMAX
        if softmax and _versions(ctx.call) == ctx.versions:
            scale = upstream.double().reshape(-1).numpy() if upstream.dim() else upstream.item()
            gradient = torch.empty_like(gradient) if kept else gradient
            _computed(ctx.call, gradient, scale)
            return gradient, None
        if upstream.dim() == gradient.dim() - 1 and upstream.dim():
            upstream = upstream[..., None]
        return gradient * upstream, None


class _LogSoftmax(torch.autograd.Function):
    """A log-softmax whose backward pass computes softmax again, with more digits than its result.

    Where the logits were changed in between, it takes the result.
    """

    @staticmethod
    def forward(ctx, logits, temperature, dtype):
        result = _log_softmax(logits, temperature, dtype)
        ctx.save_for_backward(logits)
        ctx.logits, ctx.version, ctx.temperature = logits.detach(), logits._version, temperature
        ctx.result = result.detach()
        return result

    @staticmethod
    def backward(ctx, upstream):
        logits, temperature = ctx.logits, ctx.temperature
        if torch.is_grad_enabled() or not _is_plain(upstream):
            (logits,) = ctx.saved_tensors
            result = torch_backend.log_softmax(torch_backend.widen(logits), temperature)
            return *_differentiated(result, (logits,), upstream), None, None
        if logits._version != ctx.version:
            logits = ctx.result * temperature
        gradient = torch.empty(logits.shape, dtype=logits.dtype)
        rows = (_rows(x) for x in (logits, upstream, gradient))
        with np.errstate(all="ignore"):
            wide = logits.dtype == torch.float64
            logit_blocks.log_softmax_gradient(*rows, temperature, ENGINE, wide)
        return gradient, None, None


class _Divergence(torch.autograd.Function):
    """A KL divergence of logits, whose backward pass computes both gradients in one.

    It keeps copies of the logits, which may be changed in between.
    """

    @staticmethod
    def forward(ctx, p_logits, q_logits, dtype, precise):
        ctx.precise = precise
        ctx.save_for_backward(p_logits, q_logits)
        ctx.copies = [x.detach().clone() for x in (p_logits, q_logits)]
        return _kl_divergence(p_logits, q_logits, dtype, precise)

    @staticmethod
    def backward(ctx, upstream):
        pair = ctx.copies
        if torch.is_grad_enabled() or not _is_plain(upstream):
            pair = ctx.saved_tensors
            wide = (torch_backend.widen(x) for x in pair)
            result = torch_backend.kl_divergence_with_logits(*wide)
            return *_differentiated(result, pair, upstream), None, None
        gradients = [torch.empty(x.shape, dtype=x.dtype) for x in pair]
        dtype, scale = _inside(*pair), upstream.double().reshape(-1)
        with np.errstate(all="ignore"):
            logit_blocks.kl_divergence(
                *(*map(_rows, pair), None, ENGINE, dtype, ctx.precise),
                *([*map(_rows, gradients)], scale.numpy()),
            )
        return *gradients, None, None


def _differentiated(result, inputs, upstream):
    """The gradients, where they are to be differentiated again."""
    inputs = [x if x.requires_grad else None for x in inputs]
    found = iter(
        torch.autograd.grad(
            *(result, [x for x in inputs if x is not None], upstream.to(result.dtype)),
            create_graph=True,
        )
    )
    return [x if x is None else next(found) for x in inputs]


def _log_softmax(logits, temperature, dtype):
    result, wide = torch.empty(logits.shape, dtype=dtype), dtype == torch.float64
    with np.errstate(all="ignore"):
        logit_blocks.log_softmax(_rows(logits), _rows(result), temperature, ENGINE, wide)
    return result


def _kl_divergence(p_logits, q_logits, dtype, precise):
    inside = _inside(p_logits, q_logits)
    result = np.empty(p_logits.shape[:-1], inside)
    with np.errstate(all="ignore"):
        logit_blocks.kl_divergence(
            *(_rows(p_logits), _rows(q_logits), result.reshape(-1), ENGINE, inside, precise)
        )
    return torch.from_numpy(result).to(dtype)


def _inside(*tensors):
    is_wide = torch.float64 in [x.dtype for x in tensors]
    return np.dtype(np.float64 if is_wide else np.float32)


def _rows(x):
    x = _array(x)
    return x.reshape(-1, x.shape[-1])


def log_softmax(logits, temperature, dtype, precise):
    small = torch_small.log_softmax(logits, temperature, dtype)
    if small is not None:
        return small
    if not precise:
        return _log_softmax_of_torch(logits, temperature).to(dtype)
    differentiated = torch.is_grad_enabled() and logits.requires_grad
    compute = _LogSoftmax.apply if differentiated else _log_softmax
    return compute(logits, temperature, dtype)


def _log_softmax_of_torch(logits, temperature):
    """Torch's own; the rows of a near-certain class, where it has few digits, are ours."""
    z = logits if temperature == 1 else torch_backend.widen(logits, False) / temperature
    # torch rounds a half more than once
    result = torch.log_softmax(z, -1, torch.promote_types(z.dtype, torch.float32))
    certain = result.detach().amax(-1) > -0.1
    if certain.any():
        # not seen by autograd, which differentiates by the result
        result.data[certain] = _log_softmax(logits.detach()[certain], temperature, result.dtype)
    return result


def kl_divergence_with_logits(p_logits, q_logits, dtype, precise):
    small = torch_small.kl_divergence_with_logits(p_logits, q_logits, dtype)
    if small is not None:
        return small
    differentiated = p_logits.requires_grad or q_logits.requires_grad
    compute = _Divergence.apply if torch.is_grad_enabled() and differentiated else _kl_divergence
    return compute(p_logits, q_logits, dtype, precise)


FUNCTIONS = {
    torch_backend.log_softmax: log_softmax,
    torch_backend.kl_divergence_with_logits: kl_divergence_with_logits,
}


def supports_function(function, arguments):
    """Whether there is a fast path for a function of these logits."""
    logits = [x for x in arguments if isinstance(x, torch.Tensor)]
    return (
        function in FUNCTIONS
        and not _is_watched()
        and all(_is_plain(x) and x.shape == logits[0].shape for x in logits)
        and logits[0].numel() > 0
    )


def _versions(call):
    return [x._version for x in call.arguments if torch.is_tensor(x)]


def _is_watched():
    """Whether torch must see each operation, or the memory of a tensor is not all there is."""
    return (
        torch.compiler.is_compiling()
        or torch.jit.is_tracing()
        or torch_compat.in_functional_transform()
        or torch_compat.in_forward_mode()
        or torch_compat.in_dispatch_mode()
    )


def _is_plain(x):
    return (
        type(x) in _PLAIN
        and x.is_cpu
        and x.layout == torch.strided
        and not (x.is_complex() or x.is_quantized or x.is_neg())
    )


_PLAIN = (torch.Tensor, torch.nn.Parameter)


def _array(x):
    """The memory of a tensor as NumPy sees it; bfloat16, which it does not know, stays a tensor."""
    return x.detach() if isinstance(x, torch.Tensor) and x.dtype == torch.bfloat16 else _memory(x)


def _memory(x):
    """The memory of a tensor as NumPy sees it; an int16 stands for a bfloat16."""
    if not isinstance(x, torch.Tensor):
        return x
    x = x.detach()
    return (x.view(torch.int16) if x.dtype == torch.bfloat16 else x).numpy()
