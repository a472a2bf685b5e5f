"""Autograd by the closed-form gradients of the backend.

Autograd differentiates a loss operation by operation, and adds up numbers near 1 where the closed
form multiplies small ones. With 50,000 classes the gradient in the largest logit is p itself, and
autograd computes it as 1 − Σ (the other p), which loses 5 digits.
"""

import functools

import torch

from . import torch_compat


class _ClosedForm(torch.autograd.Function):
    """A loss whose gradient in its first argument is a formula of the backend.

    A formula that returns several gives the gradients in the first arguments. Autograd can
    differentiate these formulas again, and it differentiates the loss in its other arguments.
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
        gradients = [None] * len(arguments)
        for i, gradient in enumerate(closed):
            if needs[i]:
                each = upstream if gradient.dim() == upstream.dim() else upstream[..., None]
                gradients[i] = (gradient * each).sum_to_size(arguments[i].shape)
        others = [i for i, need in enumerate(needs) if need and i >= len(closed)]
        if others:
            with torch.enable_grad():
                value = ctx.loss(*arguments)
            inputs = [arguments[i] for i in others]
            found = torch.autograd.grad(value, inputs, upstream, create_graph=again)
            for i, gradient in zip(others, found, strict=True):
                gradients[i] = gradient
        return None, None, *gradients


def closed_form(loss, gradient):
    """The loss with the formula ``gradient`` for its backward pass."""

    @functools.wraps(loss)
    def with_gradient(*arguments):
        if torch_compat.in_forward_mode():  # it adds up no such sums
            return loss(*arguments)
        if torch.compiler.is_compiling() and not any(
            torch.is_tensor(x) and x.requires_grad for x in arguments
        ):
            return loss(*arguments)  # torch.compile fails on such a Function without a gradient
        return _ClosedForm.apply(loss, gradient, *arguments)

    with_gradient.gradient = gradient
    return with_gradient
