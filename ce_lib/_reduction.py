"""From one loss per example to what the caller asked for, and the same for the gradient."""

import functools
import math

from ._dispatch import in_blocks

_REDUCTIONS = ("none", "mean", "sum")


def reduced(check):
    """A loss from ``check``, which returns its call, the backend's arguments and the divisor.

    The unreduced loss is the backend's function of the same name; the divisor is what "mean"
    divides the sum of the losses by.
    """

    def textbook(*args, **keywords):
        call, arguments, reduction, divisor = check(*args, **keywords)
        compute = getattr(call.backend, check.__name__)
        return call.run(lambda backend: _reduce(compute(*arguments), reduction, divisor))

    @functools.wraps(check)
    def loss(*args, **keywords):
        result = in_blocks(check.__name__, textbook, False, None, args, keywords)
        return textbook(*args, **keywords) if result is NotImplemented else result

    return loss


def reduced_with_gradient(loss, out, *args, **keywords):
    """The value of a ``reduced`` loss, and the closed-form gradient of it in its first argument."""
    check = loss.__wrapped__
    result = in_blocks(check.__name__, None, True, out, args, keywords)
    if result is not NotImplemented:
        return result
    call, arguments, reduction, divisor = check(*args, **keywords)
    losses = getattr(call.backend, check.__name__)
    slopes = getattr(call.backend, check.__name__ + "_gradient")
    scale = divisor if reduction == "mean" else 1
    value, gradient = call.run(
        lambda backend: (
            _reduce(losses(*arguments), reduction, divisor),
            slopes(*arguments) / scale,
        )
    )
    if out is None:
        return value, gradient
    out[...] = gradient
    return value, out


def check_reduction(reduction, name, x):
    if reduction not in _REDUCTIONS:
        raise ValueError(f"reduction must be one of {_REDUCTIONS}, got {reduction!r}")
    if reduction == "mean" and not math.prod(x.shape):
        raise ValueError(
            f'{name} must hold at least one example for reduction="mean", '
            f"got shape {tuple(x.shape)}"
        )


def check_out(out, name, x):
    """``out`` is an array like ``x``, which holds what is to be differentiated in."""
    if type(out) is not type(x):
        raise TypeError(f"out must be of the type of {name}, got {type(out).__name__}")
    if out.shape != x.shape or out.dtype != x.dtype:
        raise ValueError(
            f"out must have the shape and dtype of {name} ({tuple(x.shape)}, {x.dtype}), "
            f"got {tuple(out.shape)}, {out.dtype}"
        )


def _reduce(losses, reduction, divisor):
    if reduction == "none":
        return losses
    return losses.sum() / divisor if reduction == "mean" else losses.sum()
