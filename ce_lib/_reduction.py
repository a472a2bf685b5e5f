"""From one loss per example to the reduced loss, and the same for its gradient."""

import functools
import math

from ._dispatch import try_fast_path

_REDUCTIONS = ("none", "mean", "sum")


def reduced(check):
    """The public loss that ``check`` belongs to.

    ``check`` returns the checked arguments, the tuple for the backend's function of the same name
    (one loss per example), the reduction, and the divisor of the mean.
    """

    def textbook(*args, **keywords):
        given, arguments, reduction, divisor = check(*args, **keywords)
        compute = getattr(given.backend, check.__name__)
        return given.run(lambda backend: _reduce(compute(*arguments), reduction, divisor))

    @functools.wraps(check)
    def loss(*args, **keywords):
        result = try_fast_path(check.__name__, args, keywords, textbook=textbook)
        return textbook(*args, **keywords) if result is NotImplemented else result

    return loss


def reduced_with_gradient(loss, out, *args, **keywords):
    """The value of a ``reduced`` loss and its closed-form gradient in the first argument."""
    check = loss.__wrapped__
    result = try_fast_path(check.__name__, args, keywords, gradient=True, out=out)
    if result is not NotImplemented:
        return result
    given, arguments, reduction, divisor = check(*args, **keywords)
    losses = getattr(given.backend, check.__name__)
    gradients = getattr(given.backend, check.__name__ + "_gradient")
    scale = divisor if reduction == "mean" else 1
    value, gradient = given.run(
        lambda backend: (
            _reduce(losses(*arguments), reduction, divisor),
            gradients(*arguments) / scale,
        )
    )
    if out is None:
        return value, gradient
    out[...] = gradient
    return value, out


def check_reduction(reduction, name, x):
    """The reduction is a known one, and ``x``, the argument ``name``, is not empty for a mean."""
    if reduction not in _REDUCTIONS:
        raise ValueError(f"reduction must be one of {_REDUCTIONS}, got {reduction!r}")
    if reduction == "mean" and not math.prod(x.shape):
        raise ValueError(
            f'{name} must hold at least one example for reduction="mean", '
            f"got shape {tuple(x.shape)}"
        )


def check_out(out, name, x):
    """``out`` is an array like ``x``, the argument ``name``."""
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
