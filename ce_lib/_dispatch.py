"""The first step of each public function: read the arguments, pick the backend, check.

A message is one sentence with the argument, its rule and the value that came. Both backends give
the same messages.
"""

import functools
import math
import sys
from contextlib import nullcontext
from typing import NamedTuple

import numpy as np

from . import numpy_backend
from ._checks import checks_values, holds, read


class Differentiable(NamedTuple):
    """The first argument of a loss that is to give its gradient, too, and where to write it."""

    array: object
    out: object  # None: in a new array


@functools.cache
def _torch_backend():
    from . import torch_backend

    return torch_backend


class Arguments:
    """The arrays of one call: their backend, the dtype of the result, the checks they must pass.

    An argument in ``optional`` may be None, and is then left out. ``precise=False`` computes in
    float32, but keeps wider floats. The result has the dtype of the first floating-point array of
    the call, or the backend's default if there is none; lists and numbers do not count. Under
    ``torch.autocast`` a loss of half precision is a float32, as torch's losses are.
    """

    def __init__(self, *, optional=None, precise=True, is_loss=True, **required):
        self.precise = _flag("precise", precise)
        given = required | {k: v for k, v in (optional or {}).items() if v is not None}
        torch = sys.modules.get("torch")  # no import: a user who passes a tensor has loaded torch
        is_tensor = getattr(torch, "is_tensor", lambda value: False)
        self.wish, tensors, mixed = None, {}, {}
        for name, value in given.items():
            if isinstance(value, Differentiable):  # a value_and_grad asks for the gradient
                self.wish, value = value, value.array
                given[name] = value
            if is_tensor(value):
                tensors[name] = value
            elif hasattr(value, "__array__"):
                mixed[name] = value
        if tensors and mixed:
            raise TypeError(
                f"{next(iter(mixed))} must be of one kind with {next(iter(tensors))}, "
                "got a NumPy array beside a torch tensor"
            )
        self.backend, like = numpy_backend, None
        if tensors:
            self.backend, like = _torch_backend(), next(iter(tensors.values()))
        self.all_kept = False  # whether no label is known to be ignored
        self.arrays, of_result = {}, None
        for name, value in given.items():
            if name in tensors:
                x = _dense_tensor(name, value, like)
            else:
                x = self.backend.convert(_array(name, value, is_tensor), like)
            self.arrays[name] = x
            if of_result is None and (name in tensors or name in mixed):
                of_result = x if self.backend.kind(x) == "floating" else None
        self.dtype = self.backend.result_dtype(of_result, is_loss)

    @property
    def is_torch(self):
        return self.backend is not numpy_backend

    @property
    def on_cuda(self):
        return any(getattr(x, "is_cuda", False) for x in self.arrays.values())

    def apply(self, function, *args):
        """The result of the backend's ``function`` of arguments in their own dtypes."""
        wide = [self.backend.widened(x, self.precise) for x in args]
        return self.run(lambda backend: function(*wide))

    def run(self, compute, *args):
        """The result of ``compute(backend)`` in the dtype of the call."""
        with self.quietly():
            result = compute(self.backend, *args)
            if isinstance(result, tuple):
                return tuple(self._rounded(x) for x in result)
            return self._rounded(result)

    def quietly(self):
        """No warnings: inf and nan are documented answers, and rounding to a half may overflow."""
        return nullcontext() if self.is_torch else np.errstate(all="ignore")

    def _rounded(self, x):
        is_count = hasattr(x, "dtype") and self.backend.kind(x) == "integer"
        return x if is_count else self.backend.round_to(x, self.dtype)

    # -------------------------------------------------------------- one argument each

    def own(self, name, booleans=False):
        """Real numbers in their own dtype; integers and booleans become wide floats."""
        x = self.arrays[name]
        if self.backend.kind(x) == "boolean" and not booleans:
            raise TypeError(f"{name} must hold real numbers, got booleans")
        return x if self.backend.kind(x) == "floating" else self.backend.widen(x, self.precise)

    def real(self, name, booleans=False):
        return self.backend.widen(self.own(name, booleans), self.precise)

    def logits(self, name="logits"):
        x = self.own(name)
        _check_class_axis(name, x)
        return x

    def distribution(self, name, booleans=False):
        x = self.own(name, booleans)
        _check_class_axis(name, x)
        if not math.prod(x.shape) or not checks_values():
            return x
        (least,) = read(name, x.min())
        if least != least:
            raise ValueError(f"{name} must be probabilities, got nan")
        if not least >= 0:
            raise ValueError(f"{name} must be probabilities, got {_shown(x.min())}")
        with self.quietly():
            total = self.backend.row_sums(x)
            off = abs(total - 1)
            tolerance, own = self.backend.sum_tolerance, _dtype_name(x)
            (worst,) = read(name, off.max())
            fits = worst <= 1e-6
            if not fits and own in ("bfloat16", "float16", "float32"):
                fits = worst <= tolerance(x, own)  # most often, without a look at all numbers
            fits = fits or worst <= tolerance(x)
        if not fits:
            worst = total.reshape(-1)[off.argmax()].item()
            raise ValueError(
                f"{name} must sum to 1 along the last axis (up to rounding), "
                f"got a sum of {worst:.8g}"
            )
        return x

    def in_unit_interval(self, name, booleans=False):
        x = self.own(name, booleans)
        if not math.prod(x.shape) or not checks_values():
            return x
        if not (holds(x.min() >= 0, name) and holds(x.max() <= 1, name)):
            raise ValueError(f"{name} must be in [0, 1], got {_span(x)}")
        return x

    def binary_labels(self, name, shape):
        x = self.in_unit_interval(name, booleans=True)
        if tuple(x.shape) != shape:
            raise ValueError(f"{name} must have shape {shape}, got shape {tuple(x.shape)}")
        if not holds(((x == 0) | (x == 1)).all(), name):
            raise ValueError(f"{name} must be 0 or 1, got {_span(x)}")
        return x

    def class_labels(self, name, shape, classes, ignore_index=None):
        """Labels as 64-bit integers, with −1 for the ignored ones."""
        x, rule = self.arrays[name], name if name == "labels" else f"{name} labels"
        if tuple(x.shape) != shape:
            raise ValueError(f"{rule} must have shape {shape}, got shape {tuple(x.shape)}")
        if math.prod(shape) and self.backend.kind(x) != "integer":
            raise TypeError(f"{rule} must be integers, got {_dtype_name(x)}")
        labels = self.backend.integers(x)  # before comparing: in uint8, -100 equals 156
        none_ignored = ignore_index is None or not 0 <= ignore_index < classes
        if not math.prod(shape):
            return labels
        if none_ignored and checks_values():
            low, high = read(name, *self.backend.extremes(labels))
            if low >= 0 and high < classes:
                self.all_kept = True
                return labels
        kept = (labels == labels) if ignore_index is None else labels != ignore_index
        if checks_values():
            low, high = read(name, *self.backend.extremes(labels * kept))
            if low < 0 or high >= classes:
                raise ValueError(f"{rule} must be in [0, {classes}), got {_span(labels[kept])}")
        return labels * kept + kept - 1

    def weights(self, name, shape):
        """Weights of at least 0 that broadcast to ``shape``, or 1.0 if none were given."""
        if name not in self.arrays:
            return 1.0
        # wide even without the last digits: a float32 weight must not round a float64 loss
        x = self.backend.widen(self.own(name))
        try:
            fits = np.broadcast_shapes(tuple(x.shape), shape) == shape
        except ValueError:
            fits = False
        if not fits:
            raise ValueError(
                f"{name} must have a shape that broadcasts to {shape}, got shape {tuple(x.shape)}"
            )
        if not holds(((x >= 0) & (x < math.inf)).all(), name):
            raise ValueError(f"{name} must be finite and at least 0, got {_span(x)}")
        return x


_NUMBERS = (int, float, np.integer, np.floating)


def number(name, value, rule, holds):
    """A plain number that ``holds``; a tensor is refused, because its gradient would be lost."""
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    if not holds(value):
        raise ValueError(f"{name} must be {rule}, got {value}")
    return value.item() if isinstance(value, np.generic) else value


def whole_number(name, value, rule="a whole number", holds=lambda value: True):
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be a whole number, got {type(value).__name__}")
    return int(number(name, value, rule, holds))


def _flag(name, value):
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, got {type(value).__name__}")
    return value


def _array(name, value, is_tensor):
    items = value if isinstance(value, list | tuple) else [value]
    if any(is_tensor(item) for item in items):
        raise TypeError(f"{name} must be one tensor (torch.stack makes one), got a list of tensors")
    for item in items:
        if hasattr(item, "todense"):
            raise TypeError(f"{name} must be a dense array, got a sparse {type(item).__name__}")
        if isinstance(item, np.ma.MaskedArray):
            raise TypeError(f"{name} must be a plain array, got a masked array")
        if isinstance(item, np.matrix):
            raise TypeError(f"{name} must be a plain array (np.asarray makes one), got a matrix")
    try:
        x = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be a rectangular array, got rows of unequal length"
        ) from None
    if numpy_backend.kind(x) == "other":
        got = "None" if value is None else _dtype_name(x)
        raise TypeError(f"{name} must hold real numbers, got {got}")
    return x


def _dense_tensor(name, value, like):
    if str(value.layout) != "torch.strided":
        raise TypeError(f"{name} must be a dense tensor, got {value.layout}")
    if value.is_complex() or value.is_quantized:
        raise TypeError(f"{name} must hold real numbers, got {_dtype_name(value)}")
    if value.device != like.device:
        raise ValueError(f"{name} must be on {like.device}, got {value.device}")
    return value


def _check_class_axis(name, x):
    if not x.shape:
        raise ValueError(f"{name} must have a class axis (the last), got a single number")
    if x.shape[-1] < 1:
        raise ValueError(f"{name} must have at least one class, got shape {tuple(x.shape)}")


def _dtype_name(x):
    return str(x.dtype).removeprefix("torch.")


def _span(x):
    return f"values from {_shown(x.min())} to {_shown(x.max())}"


def _shown(scalar):
    value = scalar.item()
    short = f"{value:.6g}" if isinstance(value, float) else str(value)
    return short if float(short) == value else str(value)  # 1.0000001 must not read as 1
