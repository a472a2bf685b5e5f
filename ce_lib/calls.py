"""A checked call of a loss, and its value by the formulas of its backend."""

from typing import NamedTuple


class Call(NamedTuple):
    """A loss with its checked arguments, in their own dtypes, ready to be computed."""

    loss: object  # of the backend, one number per example
    arguments: tuple
    reduction: str
    divisor: object  # of the mean
    dtype: object  # of the result
    precise: bool
    wanted: bool  # the gradient in the first argument
    out: object  # where to write it; None: in a new array


def textbook(call, backend):
    """The value of a call by the formulas of the backend, and the gradient if it is wanted."""
    arguments = [backend.widened(x, call.precise) for x in call.arguments]
    losses = call.loss(*arguments)
    if call.reduction == "mean":
        losses = losses.sum() / call.divisor
    elif call.reduction == "sum":
        losses = losses.sum()
    value = backend.round_to(losses, call.dtype)
    if not call.wanted:
        return value
    scale = call.divisor if call.reduction == "mean" else 1
    gradient = backend.round_to(call.loss.gradient(*arguments) / scale, call.dtype)
    if call.out is None:
        return value, gradient
    call.out[...] = gradient
    return value, call.out
