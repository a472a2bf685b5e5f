"""Arrays of NumPy on their way into a loss and out again; ``torch_arrays.py`` is its twin."""

import numpy as np

from . import rounding


def convert(array, like):
    """The array on the device of ``like``; NumPy has only one."""
    return array


def kind(x):
    """The kind of number in an array: "boolean", "integer", "floating" or "other"."""
    if x.dtype.name == "bfloat16":  # ml_dtypes registers it with NumPy as a void type
        return "floating"
    return {"b": "boolean", "i": "integer", "u": "integer", "f": "floating"}.get(
        x.dtype.kind, "other"
    )


def widen(x, precise=True):
    """Floats of at least 64 bits, or of at least 32 if the caller gave up the last digits."""
    least = np.float64 if precise else np.float32
    return x.astype(np.result_type(x.dtype, least), copy=False)


def widened(x, precise):
    """An argument of a loss as it is computed: floats wide, labels and options as they are."""
    is_array = isinstance(x, np.ndarray | np.generic)
    return widen(x, precise) if is_array and kind(x) == "floating" else x


def row_sums(x):
    """The sums along the last axis in float64, without a copy of ``x`` in it."""
    return x.sum(-1, dtype=np.float64)


def class_weight(target, weight, share, classes):
    """The weight of all examples, which a mean divides by: Σ share · w_k y_k, of labels w_y."""
    if kind(target) != "integer" and isinstance(share, float):
        return (weight * target.reshape(-1, classes).sum(0, dtype=np.float64)).sum()
    if kind(target) != "integer":
        of_examples = np.einsum("...k,k->...", target, np.broadcast_to(weight, (classes,)))
    elif isinstance(weight, float):
        of_examples = target >= 0
    else:
        of_examples = np.where(target >= 0, np.broadcast_to(weight, (classes,))[target], 0)
    with np.errstate(over="ignore"):
        return (of_examples if isinstance(share, float) else share * of_examples).sum()


def round_to(x, dtype):
    return np.asarray(x).astype(dtype, copy=False)[()]


def result_dtype(x, is_loss):
    """The dtype of the result for ``x``, the first floats of a call, or None without any."""
    return np.dtype(np.float64) if x is None else x.dtype


def integers(x):
    """Labels as int64; a uint64 above its range becomes the largest int64, not a negative."""
    labels = x.astype(np.int64, copy=False)
    if x.dtype != np.uint64:
        return labels
    return np.where(labels < 0, np.iinfo(np.int64).max, labels)


def extremes(x):
    """The smallest and the largest element."""
    return x.min(), x.max()


def one_hot(labels, logits):
    """Probabilities of 0 and 1; all 0 for the label −1 (ignored)."""
    return (labels[..., None] == np.arange(logits.shape[-1])).astype(logits.dtype)


def sum_tolerance(p, dtype=None):
    """How far from 1 the sums of the rows may be, rounded to the dtype of this name.

    Without one it is the coarsest that holds all of ``p`` exactly, because a float16 softmax may
    come as a float32 array or as a list. What only float64 holds may be an average of float32 rows.
    """
    if dtype is None:
        p = widen(p)
        if (np.frexp(p)[0] * 2**8 % 1 == 0).all():  # 8 bits: NumPy has no bfloat16
            dtype = "bfloat16"
        else:
            held = (name for name in ("float16", "float32") if (p.astype(name) == p).all())
            dtype = next(held, "float64")
    return rounding.sum_tolerance(dtype, p.shape[-1])
