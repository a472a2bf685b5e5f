"""Autograd by the closed-form gradients of the backend.

Autograd differentiates a loss operation by operation, and adds up numbers near 1 where the closed
form multiplies small ones. With 50,000 classes the gradient in the largest logit is p itself, and
autograd computes it as 1 − Σ (the other p), which loses 5 digits.
"""

import functools

import torch

from . import torch_compat
from .torch_exact import around_the_top, chances, sum_of_others


class _ClosedForm(torch.autograd.Function):
    """A function whose gradients in its first arguments are formulas.

    ``pullback`` gives them from what comes from above and the arguments. Autograd can
    differentiate the formulas again, and it differentiates the function in its other arguments.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(function, pullback, *arguments):
        # detached: torch.compile fails on such a Function within another
        return function(*(x.detach() if torch.is_tensor(x) else x for x in arguments))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.function, ctx.pullback, *arguments = inputs
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
        closed = ctx.pullback(upstream, *arguments)
        gradients = [None] * len(arguments)
        for i, gradient in enumerate(closed):
            if needs[i]:
                gradients[i] = gradient.sum_to_size(arguments[i].shape)
        others = [i for i, need in enumerate(needs) if need and i >= len(closed)]
        if others:
            with torch.enable_grad():
                value = ctx.function(*arguments)
            inputs = [arguments[i] for i in others]
            found = torch.autograd.grad(value, inputs, upstream, create_graph=again)
            for i, gradient in zip(others, found, strict=True):
                gradients[i] = gradient
        return None, None, *gradients


def pulled_back(function, pullback):
    """The function with the formula ``pullback(upstream, *arguments)`` for its backward pass."""

    @functools.wraps(function)
    def with_gradient(*arguments):
        if torch_compat.in_forward_mode():  # it adds up no such sums
            return function(*arguments)
        if torch.compiler.is_compiling() and not any(
            torch.is_tensor(x) and x.requires_grad for x in arguments
        ):
            return function(*arguments)  # torch.compile fails on such a Function without a gradient
        return _ClosedForm.apply(function, pullback, *arguments)

    return with_gradient


def closed_form(loss, gradient):
    """The loss with the formula ``gradient`` of each example's loss for its backward pass."""

    def pullback(upstream, *arguments):
        closed = gradient(*arguments)
        closed = closed if isinstance(closed, tuple) else (closed,)
        rows = upstream[..., None] if closed[0].dim() > upstream.dim() else upstream
        return [gradient * rows for gradient in closed]

    with_gradient = pulled_back(loss, pullback)
    with_gradient.gradient = gradient
    return with_gradient


def of_softmax(upstream, logits, temperature):
    """The gradient p (g − Σ p g) / T; for the largest p it is p Σ p_j (g − g_j) / T."""
    row = around_the_top(logits, temperature)
    p = row.exp / (1 + row.others)
    top = torch.where(row.is_top, upstream, 0).sum(-1, keepdim=True)
    apart = (p * (top - upstream)).sum(-1, keepdim=True)
    change = upstream - (p * upstream).sum(-1, keepdim=True)
    return (p * torch.where(row.is_top, apart, change) / temperature,)


def of_log_softmax(upstream, logits, temperature):
    """The gradient (g − p Σ g) / T; Σ g without g itself and 1 − p have no cancellation."""
    p, not_p, _ = chances(logits, temperature)
    return ((upstream * not_p - p * sum_of_others(upstream)) / temperature,)
