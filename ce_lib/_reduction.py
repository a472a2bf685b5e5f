"""From one loss per example to what the caller asked for, and the same for the gradient."""

import functools
import math

_REDUCTIONS = ("none", "mean", "sum")


def reduced(check):
    """A loss from ``check``, which returns its call, the backend's arguments and the divisor.

    The unreduced loss is the backend's function of the same name; the divisor is what "mean"
    divides the sum of the losses by.
    """

    @functools.wraps(check)
    def loss(*args, **keywords):
        call, arguments, reduction, divisor = check(*args, **keywords)
        compute = getattr(call.backend, check.__name__)
        return call.run(lambda backend: _reduce(compute(*arguments), reduction, divisor))

    return loss


def reduced_with_gradient(loss, *args, **keywords):
    """The value of a ``reduced`` loss, and the closed-form gradient of it in its first argument."""
    check = loss.__wrapped__
    call, arguments, reduction, divisor = check(*args, **keywords)
    value = getattr(call.backend, check.__name__)
    gradient = getattr(call.backend, check.__name__ + "_gradient")
    scale = divisor if reduction == "mean" else 1
    return call.run(
        lambda backend: (
            _reduce(value(*arguments), reduction, divisor),
            gradient(*arguments) / scale,
        )
    )


def check_reduction(reduction, name, x):
    if reduction not in _REDUCTIONS:
        raise ValueError(f"reduction must be one of {_REDUCTIONS}, got {reduction!r}")
    if reduction == "mean" and not math.prod(x.shape):
        raise ValueError(
            f'{name} must hold at least one example for reduction="mean", '
            f"got shape {tuple(x.shape)}"
        )


def _reduce(losses, reduction, divisor):
    if reduction == "none":
        return losses
    return losses.sum() / divisor if reduction == "mean" else losses.sum()
