"""The gradients of ``linear_cross_entropy`` in torch, computed while the rows of logits exist.

The plain way, ``softmax_cross_entropy_with_logits(x @ W.T, y)``, holds the logits, their gradient
and autograd's copies, each of 4.2 GB at N = 8192 and V = 256,000 in bf16. Here a step holds a few
hundred rows, overwrites them by their gradient (``value_and_grad(..., out=logits)``, one kernel on
a GPU) and multiplies it into the gradients of x and W at once. That makes three matrix products,
as many as the plain way needs. ``tests/test_linear.py`` compares the two.
"""

import torch

from . import torch_compat
from .losses import softmax_cross_entropy_with_logits, value_and_grad

CPU_LOGITS, GPU_LOGITS = 2**22, 2**27  # logits at once: 32 MiB in float64, 256 MiB in bf16


def _pieces(input, weight, bias, labels, example_weight):
    """A few rows at a time: their slice, logits, and what else the loss of these rows takes."""
    logits_at_once = GPU_LOGITS if input.is_cuda else CPU_LOGITS
    step = max(1, logits_at_once // weight.shape[0])
    for start in range(0, len(input), step):
        rows = slice(start, start + step)
        own = {"target": labels[rows], "ignore_index": -1, "reduction": "none"}
        own["example_weight"] = None if example_weight is None else example_weight[rows]
        yield rows, torch.nn.functional.linear(input[rows], weight, bias), own


def _losses_and_gradients(input, weight, bias, labels, example_weight, options, needs, share):
    """The losses, and the gradients of Σ share · loss; ``share`` is a number or one per row.

    Both are float32 for logits of half precision: a mean over thousands of rows, or the factor of
    a gradient scaler, is more than a half can hold.
    """
    dtype = torch.promote_types(input.dtype, torch.float32)
    losses = torch.empty(len(input), dtype=dtype, device=input.device)
    gradients = [
        torch.zeros_like(x, dtype=dtype) if need else None
        for x, need in zip((input, weight, bias), needs, strict=True)
    ]
    of_input, of_weight, of_bias = gradients
    for rows, logits, own in _pieces(input, weight, bias, labels, example_weight):
        wide = logits.to(dtype)
        losses[rows], in_logits = value_and_grad(
            softmax_cross_entropy_with_logits, wide, out=wide, **own, **options
        )
        alpha = share
        if isinstance(share, torch.Tensor):
            in_logits *= share[rows, None]
            alpha = 1
        if of_bias is not None:
            of_bias.add_(in_logits.sum(0), alpha=alpha)
        in_logits = in_logits.to(weight.dtype)
        if of_input is not None:
            of_input[rows] = in_logits @ weight
            of_input[rows] *= alpha
        if of_weight is not None:
            of_weight.add_(in_logits.T @ input[rows], alpha=alpha)
    return losses, gradients


class LinearCrossEntropy(torch.autograd.Function):
    """From x, W, b and labels (−1: ignored) to the mean, or one loss per row without a divisor."""

    @staticmethod
    def forward(ctx, input, weight, bias, labels, example_weight, divisor, options):
        ctx.divisor, ctx.options = divisor, options
        needs = ctx.needs_input_grad[:3]
        if divisor is not None and any(needs):
            losses, ctx.gradients = _losses_and_gradients(
                input, weight, bias, labels, example_weight, options, needs, 1 / divisor
            )
            ctx.dtypes = [None if x is None else x.dtype for x in (input, weight, bias)]
        else:
            dtype = torch.promote_types(input.dtype, torch.float32)
            losses = torch.zeros(len(input), dtype=dtype, device=input.device)
            for rows, z, own in _pieces(input, weight, bias, labels, example_weight):
                losses[rows] = softmax_cross_entropy_with_logits(z.to(dtype), **own, **options)
        if divisor is None:
            ctx.save_for_backward(input, weight, bias, labels, example_weight)
            return losses
        return losses.sum() / divisor

    @staticmethod
    def backward(ctx, upstream):
        if torch.is_grad_enabled():  # create_graph=True
            raise RuntimeError(
                "linear_cross_entropy must not be differentiated twice, got create_graph=True"
            )
        if ctx.divisor is None:  # each loss has its own upstream gradient: compute the rows again
            inputs = ctx.saved_tensors[:3]
            with torch.autocast(upstream.device.type, enabled=False):
                _, gradients = _losses_and_gradients(
                    *ctx.saved_tensors, ctx.options, ctx.needs_input_grad[:3], upstream
                )
            dtypes = [None if x is None else x.dtype for x in inputs]
            return *_rounded(gradients, dtypes), None, None, None, None
        if ctx.gradients is None:
            raise RuntimeError(
                "backward must be called once on a linear_cross_entropy, which does not keep its "
                "gradients, got a second call"
            )
        gradients, ctx.gradients = ctx.gradients, None
        scaled = [None if g is None else g.mul_(upstream) for g in gradients]
        return *_rounded(scaled, ctx.dtypes), None, None, None, None


def _rounded(gradients, dtypes):
    pairs = zip(gradients, dtypes, strict=True)
    return [None if gradient is None else gradient.to(dtype) for gradient, dtype in pairs]


def linear_cross_entropy(input, weight, bias, labels, example_weight, divisor, options):
    """The mean, or one loss per row without a divisor; the label −1 is ignored.

    ``options`` are those of ``softmax_cross_entropy_with_logits``.

    The product is computed as ``torch.nn.functional.linear`` would under ``torch.autocast``, and
    without it in the widest dtype of the three; the loss of half precision is a float32.
    """
    given = [x for x in (input, weight, bias) if x is not None]
    dtype = input.dtype
    for x in given:
        dtype = torch.promote_types(dtype, x.dtype)
    if dtype != torch.float64:
        dtype = torch_compat.autocast_dtype(input) or dtype
    layers = [None if x is None else x.to(dtype) for x in (input, weight, bias)]
    with torch.autocast(input.device.type, enabled=False):
        return LinearCrossEntropy.apply(*layers, labels, example_weight, divisor, options)
