"""Tensors on their way into a loss and out again; ``numpy_arrays.py`` is its twin."""

import torch

from . import rounding, torch_compat


def convert(array, like):
    """The array on the device of ``like``, in the precision of the computation there."""
    x = torch.as_tensor(array)
    if x.is_floating_point():
        x = x.to(widen(like).dtype)
    return x.to(like.device)


def kind(x):
    """The kind of number in an array: "boolean", "integer", "floating" or "other"."""
    if x.is_floating_point():
        return "floating"
    if x.dtype == torch.bool:
        return "boolean"
    return "other" if x.is_complex() or x.is_quantized else "integer"


def widen(x, precise=True):
    """Floats of at least 64 bits on the CPU, 32 elsewhere (a GPU is slow at 64, or has none)."""
    least = torch.float64 if precise and x.device.type == "cpu" else torch.float32
    return x.to(torch.promote_types(x.dtype, least))


def widened(x, precise):
    """An argument of a loss as it is computed: floats wide, labels and options as they are.

    Autograd keeps copies, so that the caller may change the arguments before the backward pass.
    """
    if not torch.is_tensor(x) or not x.is_floating_point():
        return x
    wide = widen(x, precise)
    kept = wide.dtype == x.dtype and torch.is_grad_enabled() and not torch.jit.is_tracing()
    return wide.clone() if kept else wide


def row_sums(x):
    """The sums along the last axis in a wide float, without a copy of ``x`` in it."""
    if x.numel() <= 2**16:
        return widen(x).sum(-1)
    rows = x.reshape(-1, x.shape[-1]).split(max(1, 2**16 // x.shape[-1]))
    return torch.cat([widen(some).sum(-1) for some in rows]).reshape(x.shape[:-1])


def class_weight(target, weight, share, classes):
    """The weight of all examples, which a mean divides by: Σ share · w_k y_k, of labels w_y."""
    if kind(target) != "integer":
        rows = target.reshape(-1, classes).split(max(1, 2**16 // classes))
        if isinstance(share, float):
            return (weight * sum(widen(some).sum(0) for some in rows)).sum()
        of_examples = torch.cat([(weight * widen(some)).sum(-1) for some in rows])
        of_examples = of_examples.reshape(target.shape[:-1])
    elif isinstance(weight, float):
        of_examples = target >= 0
    else:
        of_labels = weight.expand(classes)[target.clamp(min=0)]
        of_examples = torch.where(target >= 0, of_labels, 0)
    return (of_examples if isinstance(share, float) else share * of_examples).sum()


def round_to(x, dtype):
    return x.to(dtype)


def result_dtype(x, is_loss):
    """The dtype of the result for ``x``, the first floats of a call, or None without any."""
    if x is None:
        return torch.get_default_dtype()
    # autocast has torch's losses give float32, and on a GPU its softmax as well
    as_float32 = torch_compat.under_autocast(x) and (is_loss or x.is_cuda)
    return torch.float32 if as_float32 and x.dtype.itemsize <= 2 else x.dtype


def integers(x):
    """Labels as int64; a uint64 above its range becomes the largest int64, not a negative."""
    labels = x.long()
    if x.dtype != torch.uint64:
        return labels
    return torch.where(labels < 0, torch.iinfo(torch.int64).max, labels)


def extremes(x):
    """The smallest and the largest element."""
    return torch.aminmax(x)


def one_hot(labels, logits):
    """Probabilities of 0 and 1; all 0 for the label −1 (ignored)."""
    classes = torch.arange(logits.shape[-1], device=logits.device)
    return (labels[..., None] == classes).to(logits.dtype)


def sum_tolerance(p, dtype=None):
    """How far from 1 the sums of the rows may be, rounded to the dtype of this name.

    Without one it is the coarsest that holds all of ``p`` exactly, because a float16 softmax may
    come as a float32 array or as a list. What only float64 holds may be an average of float32 rows.
    """
    if dtype is None:
        coarse = (
            name
            for name in rounding.ROUNDING
            if (p.to(getattr(torch, name)).to(p.dtype) == p).all()
        )
        dtype = next(coarse, "float64")
    return rounding.sum_tolerance(dtype, p.shape[-1])
