"""From the checked arguments of a loss to one number, and the same for its gradient."""

import functools
import math

from . import numpy_backend, numpy_blocked
from ._checks import holds
from ._dispatch import number
from .calls import Call, textbook

_REDUCTIONS = ("none", "mean", "sum")


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
            return path.FUNCTIONS[function](*arguments, given.dtype, given.precise)
    return given.apply(function, *arguments)


def _fast_path(given):
    return numpy_blocked if given.backend is numpy_backend else _of_tensors(given.on_cuda)


@functools.cache
def _of_tensors(on_cuda):
    if on_cuda:
        from . import torch_fused

        return torch_fused
    from . import torch_blocked

    return torch_blocked


def check_reduction(reduction, name, x, divisor=None):
    """The reduction is a known one, and ``x``, the argument ``name``, is not empty for a mean.

    A mean with a ``divisor`` of the caller's may be empty.
    """
    if reduction not in _REDUCTIONS:
        raise ValueError(f"reduction must be one of {_REDUCTIONS}, got {reduction!r}")
    if divisor is not None:
        number("divisor", divisor, "finite and above 0", lambda n: 0 < n < math.inf)
        if reduction != "mean":
            raise ValueError(
                f'divisor must be left at None for reduction="{reduction}", got {divisor}'
            )
    elif reduction == "mean" and not math.prod(x.shape):
        raise ValueError(
            f'{name} must hold at least one example for reduction="mean", '
            f"got shape {tuple(x.shape)}"
        )


def total_weight(given, target, weights, ignore_index, reduction):
    """The weight of all examples, which a mean divides by and which must not be 0 then.

    ``weights`` are those of the classes, those of the examples, and the number of classes.
    """
    total = given.backend.class_weight(target, *weights)
    if reduction == "mean" and not holds(total != 0, "target"):
        if given.backend.kind(target) == "integer" and (target < 0).all():
            raise ValueError(
                f"target must hold a label other than ignore_index={ignore_index} for "
                'reduction="mean", got none'
            )
        name = "example_weight" if "example_weight" in given.arrays else "weight"
        raise ValueError(
            f'{name} must be above 0 for some example for reduction="mean", got a total of 0'
        )
    return total


def check_out(out, name, x):
    """``out`` is an array like ``x``, the argument ``name``."""
    if type(out) is not type(x):
        raise TypeError(f"out must be of the type of {name}, got {type(out).__name__}")
    if out.shape != x.shape or out.dtype != x.dtype:
        raise ValueError(
            f"out must have the shape and dtype of {name} ({tuple(x.shape)}, {x.dtype}), "
            f"got {tuple(out.shape)}, {out.dtype}"
        )
