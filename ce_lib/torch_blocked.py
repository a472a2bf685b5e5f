"""Fast paths of ``torch_backend.py`` on the CPU: NumPy's blocks, on the tensors' own memory.

The value and the slopes are computed together (``numpy_blocked.py`` says how), and the backward
pass multiplies the slopes by what comes in. Only plain tensors take this way: autograd's other
modes (a second derivative, forward mode, vmap and grad of ``torch.func``, compile, tracing) go
through the formulas of ``torch_backend.py``, as does bfloat16, which NumPy does not know.
``tests/test_fast_paths.py`` holds the two together; ``benchmarks/results`` has the measurements.
"""

import torch

from . import numpy_blocked

LOSSES = ("binary_cross_entropy_with_logits", "softmax_cross_entropy_with_logits")


def answer(name, textbook, gradient, out, args, keywords):
    """What ``numpy_blocked``'s path of that name answers, through autograd."""
    given = [x for x in (*args, *keywords.values(), out) if hasattr(x, "__array__")]
    if name not in LOSSES or _is_watched() or not all(_is_plain(x) for x in given):
        return NotImplemented
    logits, *others = given
    slopes_needed = torch.is_grad_enabled() and logits.requires_grad
    others_needed = torch.is_grad_enabled() and any(x.requires_grad for x in others)
    if others_needed or (gradient and slopes_needed):
        return NotImplemented
    arrays = [_array(x) for x in args]
    named = {key: _array(x) for key, x in keywords.items()}
    want = numpy_blocked.Want(gradient or slopes_needed, _array(out))
    result = getattr(numpy_blocked, name)(*arrays, want=want, **named)
    if result is NotImplemented:
        return NotImplemented
    if not want.gradient:
        return torch.as_tensor(result)
    value, slopes = torch.as_tensor(result[0]), torch.as_tensor(result[1])
    if gradient:
        return value, slopes if out is None else out
    return _Loss.apply(logits, (value, slopes), lambda z: textbook(z, *args[1:], **keywords))


class _Loss(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, answer, textbook):
        value, slopes = answer
        ctx.save_for_backward(logits, slopes)
        ctx.textbook = textbook
        return value

    @staticmethod
    def backward(ctx, upstream):
        logits, slopes = ctx.saved_tensors
        if torch.is_grad_enabled():  # create_graph=True: this must have a derivative itself
            value = ctx.textbook(logits)
            return *torch.autograd.grad(value, logits, upstream, create_graph=True), None, None
        if upstream.dim() == slopes.dim() - 1 and upstream.dim():
            upstream = upstream[..., None]
        return slopes * upstream, None, None


def _is_watched():
    """Whether something looks at each operation, or could not see one that NumPy does."""
    return (
        torch.compiler.is_compiling()
        or torch.jit.is_tracing()
        or torch._C._functorch.peek_interpreter_stack() is not None
        or torch.autograd.forward_ad._current_level >= 0
        or torch._C._len_torch_dispatch_stack() > 0
    )


def _is_plain(x):
    return (
        type(x) in (torch.Tensor, torch.nn.Parameter)
        and x.device.type == "cpu"
        and x.layout == torch.strided
        and x.dtype != torch.bfloat16
        and not (x.is_complex() or x.is_quantized or x.is_neg())
    )


def _array(x):
    return x.detach().numpy() if isinstance(x, torch.Tensor) else x
