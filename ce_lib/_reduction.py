"""From the checked arguments of a loss to one number, and the same for its gradient."""

import math
from typing import NamedTuple

from . import numpy_backend, numpy_blocked
from .calls import Call, textbook

_REDUCTIONS = ("none", "mean", "sum")


class Differentiable(NamedTuple):
    """The first argument of a loss that is to give its gradient, too, and where to write it."""

    array: object
    out: object  # None: in a new array


def reduced(given, loss, arguments, reduction, divisor):
    """The value of ``loss``; with its gradient if the first argument is ``Differentiable``.

    ``loss`` is a function of the backend of ``given``, with one result per example.
    """
    call = Call(
        loss=loss,
        arguments=arguments,
        reduction=reduction,
        divisor=divisor,
        dtype=given.dtype,
        precise=given.precise,
        wanted=given.wish is not None,
        out=given.wish.out if given.wish else None,
    )
    path = _fast_path(given)
    with given.quietly():
        if path.supports(call):
            return path.compute(call)
        return textbook(call, given.backend)


def of_logits(given, function, *arguments):
    """The result of ``function``, one of the backend, for logits and what else it takes."""
    path = _fast_path(given)
    if path.supports_function(function, arguments):
        with given.quietly():
            return path.FUNCTIONS[function](*arguments, given.dtype)
    return given.apply(function, *arguments)


def _fast_path(given):
    if given.backend is numpy_backend:
        return numpy_blocked
    if given.on_cuda:
        from . import torch_fused

        return torch_fused
    from . import torch_blocked

    return torch_blocked


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
