"""The gradients of ``linear_cross_entropy`` in torch, computed while the rows of logits exist.

The plain way, ``softmax_cross_entropy_with_logits(x @ W.T, y)``, holds the logits, their gradient
and autograd's copies, each of 4.2 GB at N = 8192 and V = 256,000 in bf16. Here a step holds a few
hundred rows, overwrites them by their gradient (``value_and_grad(..., out=logits)``, one kernel on
a GPU) and multiplies it into the gradients of x and W at once. That makes three matrix products,
as many as the plain way needs. ``tests/test_linear.py`` compares the two.
"""

import torch

from .losses import softmax_cross_entropy_with_logits, value_and_grad

CPU_LOGITS, GPU_LOGITS = 2**22, 2**27  # logits at once: 32 MiB in float64, 256 MiB in bf16


def _pieces(input, weight, bias, labels):
    """A few rows at a time: their slice, logits and labels."""
    logits_at_once = GPU_LOGITS if input.is_cuda else CPU_LOGITS
    step = max(1, logits_at_once // weight.shape[0])
    for start in range(0, len(input), step):
        rows = slice(start, start + step)
        yield rows, torch.nn.functional.linear(input[rows], weight, bias), labels[rows]


def _losses_and_gradients(input, weight, bias, labels, needs, share):
    """The losses, and the gradients of Σ share · loss; ``share`` is a number or one per row."""
    losses = torch.empty(len(input), dtype=input.dtype, device=input.device)
    gradients = [
        torch.zeros_like(x) if need else None
        for x, need in zip((input, weight, bias), needs, strict=True)
    ]
    of_input, of_weight, of_bias = gradients
    for rows, logits, y in _pieces(input, weight, bias, labels):
        loss = softmax_cross_entropy_with_logits
        losses[rows], in_logits = value_and_grad(
            loss, logits, y, ignore_index=-1, reduction="none", out=logits
        )
        alpha = share
        if isinstance(share, torch.Tensor):
            in_logits *= share[rows, None]
            alpha = 1
        if of_input is not None:
            torch.mm(in_logits, weight, out=of_input[rows])
            of_input[rows] *= alpha
        if of_weight is not None:
            of_weight.addmm_(in_logits.T, input[rows], alpha=alpha)
        if of_bias is not None:
            of_bias.add_(in_logits.sum(0), alpha=alpha)
    return losses, gradients


class LinearCrossEntropy(torch.autograd.Function):
    """From x, W, b and labels (−1: ignored) to the mean, or one loss per row without a divisor."""

    @staticmethod
    def forward(ctx, input, weight, bias, labels, divisor):
        ctx.divisor = divisor
        needs = ctx.needs_input_grad[:3]
        if divisor is not None and any(needs):
            losses, ctx.gradients = _losses_and_gradients(
                input, weight, bias, labels, needs, 1 / divisor
            )
        else:
            losses = torch.cat(
                [
                    softmax_cross_entropy_with_logits(z, y, ignore_index=-1, reduction="none")
                    for _, z, y in _pieces(input, weight, bias, labels)
                ]
            )
        if divisor is None:
            ctx.save_for_backward(input, weight, bias, labels)
            return losses
        return (losses.sum(dtype=torch.promote_types(losses.dtype, torch.float32)) / divisor).to(
            losses.dtype
        )

    @staticmethod
    def backward(ctx, upstream):
        if torch.is_grad_enabled():  # create_graph=True
            raise RuntimeError(
                "linear_cross_entropy must not be differentiated twice, got create_graph=True"
            )
        if ctx.divisor is None:  # each loss has its own upstream gradient: compute the rows again
            _, gradients = _losses_and_gradients(
                *ctx.saved_tensors, ctx.needs_input_grad[:3], upstream
            )
            return *gradients, None, None
        if ctx.gradients is None:
            raise RuntimeError(
                "backward must be called once on a linear_cross_entropy, which does not keep its "
                "gradients, got a second call"
            )
        gradients, ctx.gradients = ctx.gradients, None
        scaled = [None if g is None else g.mul_(upstream) for g in gradients]
        return *scaled, None, None
