"""The losses of two classes, of checked arguments, a block at a time: value and gradient at once.

Labels 0 and 1 have formulas with one exponential or one logarithm. Blocks with other targets, ±∞,
nan or logits in the hundreds go to the textbook, ``numpy_backend``.
``tests/test_fast_paths.py`` compares the two.
"""

import numpy as np

from . import numpy_backend
from .blocks import BLOCK, FLOAT32, FLOAT64, by_blocks


def losses(loss, arguments, itemsize, gradient=None, scale=1.0, *, each, precise=True):
    """The losses of each element, or their sum; the gradient times ``scale`` goes to ``gradient``.

    ``loss`` is a function of ``numpy_backend``, ``binary_cross_entropy`` (which has no gradient
    here) or ``binary_cross_entropy_with_logits``, and ``arguments`` are its own. A result has
    ``itemsize`` bytes.
    """
    input, target, *weights = arguments
    shape = input.shape
    fast = _of_probabilities
    inside = FLOAT64
    if loss is numpy_backend.binary_cross_entropy_with_logits:
        fast = _of_logits
        inside = FLOAT64 if precise or itemsize == 8 else FLOAT32
    target = np.broadcast_to(target, shape)
    weights = [None if isinstance(w, float) else np.broadcast_to(w, shape) for w in weights]
    result = np.empty(shape, FLOAT64 if itemsize == 8 else FLOAT32) if each else None
    arrays = [input, target, result, gradient, *weights]
    if all(x is None or x.flags.c_contiguous for x in arrays):
        arrays = [x if x is None else x.reshape(-1) for x in arrays]
    zs, ys, flat_result, flat_gradient, *weights = arrays
    unweighted = all(w is None for w in weights)
    step = max(1, BLOCK // 40 * len(zs) // input.size // 8 * 8)

    def block(rows, buffer):
        z, y = zs[rows], ys[rows]
        y = y if y.dtype.kind == "f" else y.astype(z.dtype)
        masses = [1.0 if w is None else w[rows].astype(np.float64) for w in weights]
        part = buffer[: z.size].reshape(z.shape)  # the block's gradient
        value = None
        if (y * y == y).all():
            value = fast(z, y, part, not each and unweighted, flat_gradient is not None)
        if value is None:
            given = (z.astype(np.float64), y.astype(np.float64), *masses)
            value = loss(*given)
            if flat_gradient is not None:
                part = loss.gradient(*given)
        elif not unweighted:
            mass = masses[0]
            if len(masses) == 2 and weights[1] is not None:
                mass = mass * np.where(y == 1, masses[1], 1.0)
            value = value * mass
            if flat_gradient is not None:
                part *= mass
        if flat_gradient is not None:
            np.multiply(part, scale, out=flat_gradient[rows], casting="same_kind")
        if not each:
            return value.sum(dtype=np.float64)
        flat_result[rows] = value

    sums = by_blocks(block, len(zs), step, input.size // len(zs), inside)
    return result if each else np.sum(sums)


def _of_logits(z, y, e, in_sum, with_gradient):
    """With s = z (1 − 2y) the loss is log1p(exp(s)), and its gradient (1 − 2y) σ(s).

    The textbook takes softplus of z and of −z, because its y may lie between 0 and 1. A sum of
    eight losses is the logarithm of one product: 0.2 ns an element, where log1p takes 0.74. The
    rounding of 1 + exp(s) would show in tiny losses and in float64, which go by log1p.
    """
    sign = 1 - 2 * y
    s = z * sign
    most = s.max()
    if not most < (700 if e.itemsize == 8 else 80):
        return None
    np.exp(s, out=e, dtype=e.dtype)
    by_eights = in_sum and e.itemsize == 8 > z.itemsize and most < 80 and e.size % 8 == 0
    total = 1 + e if by_eights or with_gradient else None
    loss = 0
    if by_eights:
        loss = np.log(np.multiply.reduce(total.reshape(8, -1), axis=0)).sum()
    if loss < 1e-6 * e.size:
        loss = np.log1p(e)
    if with_gradient:
        e /= total
        e *= sign
    return loss


def _of_probabilities(q, y, x, in_sum, with_gradient):
    """The loss −log1p(−|y − q|); the textbook takes both log q and log1p(−q)."""
    if q.itemsize == 8:  # 1 − q loses digits of a float64
        return None
    np.subtract(y, q, out=x, dtype=np.float64)
    np.copysign(x, -1, out=x)
    if not x.min() > 1e-7 - 1:  # or of a q this small
        return None
    np.log1p(x, out=x)
    return np.negative(x, out=x)
