"""The fast paths for tensors on the CPU: NumPy's blocks, on the tensors' own memory.

``supports`` says which calls they take: plain tensors. Everything else goes through the formulas
of ``torch_backend.py``: a second derivative, forward mode, ``torch.func``, compiling and tracing.
``tests/test_fast_paths.py`` compares the two; ``benchmarks/results`` has the measurements.
"""

import numpy as np
import torch

from . import numpy_backend, numpy_blocked, torch_backend, torch_compat
from .calls import textbook
from .softmax_blocks import Engine

PATHS = {
    torch_backend.binary_cross_entropy_with_logits: numpy_backend.binary_cross_entropy_with_logits,
    torch_backend.softmax_cross_entropy_with_logits: (
        numpy_backend.softmax_cross_entropy_with_logits
    ),
    torch_backend.softmax_focal_loss: numpy_backend.softmax_focal_loss,
}
GRAIN = 2**15 - 1  # torch gives longer arrays to several threads; ours are threads already


class TorchEngine(Engine):
    """torch's exponential is twice as fast as NumPy's, and it reads bfloat16."""

    def read(self, source, block):
        if isinstance(source, torch.Tensor):
            torch.from_numpy(block).copy_(source)
        else:
            super().read(source, block)

    def exp(self, block):
        for piece in torch.from_numpy(block).split(GRAIN):
            torch.exp(piece, out=piece)

    def write(self, block, target):
        if isinstance(target, torch.Tensor):
            target.copy_(torch.from_numpy(block))
        else:
            super().write(block, target)


def supports(call):
    """Whether the fast path computes this call; what it does not compute is the textbook's."""
    tensors = [x for x in (*call.arguments, call.out) if isinstance(x, torch.Tensor)]
    if _is_watched() or call.loss not in PATHS or not all(_is_plain(x) for x in tensors):
        return False
    (logits, target, *_), loss = call.arguments, PATHS[call.loss]
    fixed = tensors if call.wanted else tensors[1:]
    if torch.is_grad_enabled() and any(x.requires_grad for x in fixed):
        return False
    if loss in numpy_blocked.BINARY:
        takes = logits.dim() > 0 and logits.dtype != torch.bfloat16
    else:
        takes = target.shape != logits.shape or loss is not numpy_backend.softmax_focal_loss
    if not takes or not logits.numel() or call.out is None:
        return takes and logits.numel() > 0
    out, logits, *others = (_memory(x) for x in (call.out, *call.arguments))
    return numpy_blocked.may_write(out, logits, others)


def compute(call):
    """The reduced value of a call, through autograd; and its gradient, if that is wanted."""
    logits = call.arguments[0]
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
        type(x) in (torch.Tensor, torch.nn.Parameter)
        and x.device.type == "cpu"
        and x.layout == torch.strided
        and not (x.is_complex() or x.is_quantized or x.is_neg())
    )


def _array(x):
    """The memory of a tensor as NumPy sees it; bfloat16, which it does not know, stays a tensor."""
    return x.detach() if isinstance(x, torch.Tensor) and x.dtype == torch.bfloat16 else _memory(x)


def _memory(x):
    """The memory of a tensor as NumPy sees it; an int16 stands for a bfloat16."""
    if not isinstance(x, torch.Tensor):
        return x
    x = x.detach()
    return (x.view(torch.int16) if x.dtype == torch.bfloat16 else x).numpy()
