"""Fast paths of ``torch_backend.py`` on the CPU: NumPy's blocks, on the tensors' own memory.

``numpy_blocked.py`` computes the value and the gradient together, and the backward pass multiplies
the gradient by the upstream one. Only plain tensors come here. Everything else goes through the
formulas of ``torch_backend.py``: a second derivative, forward mode, ``torch.func``, compiling,
tracing, and bfloat16, which NumPy does not know. ``tests/test_fast_paths.py`` compares the two;
``benchmarks/results`` has the measurements.
"""

import torch

from . import numpy_blocked, torch_compat

LOSSES = ("binary_cross_entropy_with_logits", "softmax_cross_entropy_with_logits")


def answer(name, args, keywords, request, textbook):
    """The answer of ``numpy_blocked``'s path of that name, through autograd."""
    given = [x for x in (*args, *keywords.values(), request.out) if hasattr(x, "__array__")]
    if name not in LOSSES or _is_watched() or not all(_is_plain(x) for x in given):
        return NotImplemented
    logits, *others = given
    by_autograd = torch.is_grad_enabled() and logits.requires_grad
    others_needed = torch.is_grad_enabled() and any(x.requires_grad for x in others)
    if others_needed or (request.wanted and by_autograd):
        return NotImplemented
    arrays = [_array(x) for x in args]
    named = {key: _array(x) for key, x in keywords.items()}
    inner = numpy_blocked.GradientRequest(request.wanted or by_autograd, _array(request.out))
    result = getattr(numpy_blocked, name)(*arrays, request=inner, **named)
    if result is NotImplemented:
        return NotImplemented
    if not inner.wanted:
        return torch.as_tensor(result)
    value, gradient = torch.as_tensor(result[0]), torch.as_tensor(result[1])
    if request.wanted:
        return value, gradient if request.out is None else request.out
    return _Loss.apply(logits, (value, gradient), lambda z: textbook(z, *args[1:], **keywords))


class _Loss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, answer, textbook):
        value, gradient = answer
        ctx.save_for_backward(logits, gradient)
        ctx.textbook = textbook
        return value

    @staticmethod
    def backward(ctx, upstream):
        logits, gradient = ctx.saved_tensors
        if torch.is_grad_enabled():  # create_graph=True: the result must be differentiable
            value = ctx.textbook(logits)
            return *torch.autograd.grad(value, logits, upstream, create_graph=True), None, None
        if upstream.dim() == gradient.dim() - 1 and upstream.dim():
            upstream = upstream[..., None]
        return gradient * upstream, None, None


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
        and x.dtype != torch.bfloat16
        and not (x.dtype == torch.float16 and torch_compat.under_autocast(x))
        and not (x.is_complex() or x.is_quantized or x.is_neg())
    )


def _array(x):
    return x.detach().numpy() if isinstance(x, torch.Tensor) else x
