"""Autograd with the closed form's slopes.

Autograd differentiates a loss operation by operation, and adds up numbers near 1 where the closed
form multiplies small ones: of 50,000 classes the slope at the largest logit, p itself, comes out as
1 − Σ (the other p), with 5 of its digits gone.
"""

import functools
import sys

import torch


class _ClosedForm(torch.autograd.Function):
    """A loss whose slope in its first argument is the backend's ``…_gradient``.

    Where that returns several, they are those in the first arguments. All stay formulas of torch,
    so that autograd can differentiate the slopes again, and the loss in its other arguments.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(loss, gradient, *arguments):
        return loss(*arguments)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.loss, ctx.gradient, *arguments = inputs
        ctx.options = [None if torch.is_tensor(x) else x for x in arguments]
        ctx.save_for_backward(*(x if torch.is_tensor(x) else None for x in arguments))

    @staticmethod
    def backward(ctx, upstream):
        needs = ctx.needs_input_grad[2:]
        again = torch.is_grad_enabled()
        arguments = [
            option if x is None else x
            for x, option in zip(ctx.saved_tensors, ctx.options, strict=True)
        ]
        closed = ctx.gradient(*arguments)
        closed = closed if isinstance(closed, tuple) else (closed,)
        slopes = [None] * len(arguments)
        for i, slope in enumerate(closed):
            if needs[i]:
                each = upstream if slope.dim() == upstream.dim() else upstream[..., None]
                slopes[i] = (slope * each).sum_to_size(arguments[i].shape)
        others = [i for i, need in enumerate(needs) if need and i >= len(closed)]
        if others:
            with torch.enable_grad():
                value = ctx.loss(*arguments)
            inputs = [arguments[i] for i in others]
            found = torch.autograd.grad(value, inputs, upstream, create_graph=again)
            for i, slope in zip(others, found, strict=True):
                slopes[i] = slope
        return None, None, *slopes


def closed_form_slopes(loss):
    """A backend's loss, whose slope in its first argument is its ``…_gradient``."""

    @functools.wraps(loss)
    def with_slopes(*arguments):
        if torch.autograd.forward_ad._current_level >= 0:  # forward mode has no sums to lose by
            return loss(*arguments)
        gradient = getattr(sys.modules[loss.__module__], loss.__name__ + "_gradient")
        return _ClosedForm.apply(loss, gradient, *arguments)

    return with_slopes
