"""Fast paths of ``numpy_backend.py``: the same losses in one pass over blocks that stay in cache.

A path takes the call of a public loss as the user made it. It answers a call only if it can see
that the arguments are right (arrays, labels in range). To any other call it returns
``NotImplemented``, and the textbook answers: the checks of the front with their messages, then the
formula of ``numpy_backend.py``. A path also hands single blocks or rows to the textbook's function
if they hold ±∞, nan, logits in the hundreds or soft targets. ``tests/test_fast_paths.py`` compares
each path with the textbook; ``benchmarks/results`` has the measurements.

By default a path computes in float64 and rounds once. With ``precise=False`` it computes in
float32, or in float64 for float64 logits without care for the last digits. np.exp of a float32
takes 0.8 ns in float64 and 0.36 in float32, and that is most of the time of a call.
"""

import math
import os
from typing import NamedTuple

import numpy as np

from . import numpy_backend

BLOCK = 3 * 2**19  # bytes that a thread works on at once
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
LARGE = 2**20  # elements; with fewer, starting threads costs more than they save


class Limits(NamedTuple):
    """Inside these bounds neither underflow nor overflow costs the result a digit."""

    min_own: float  # of exp(z_y)
    min_others: float  # of Σ exp(z_k) without the label; below 0: any
    max_total: float  # of Σ exp(z_k)


# By the dtype of the computation. If it is "wider" than the result's, the others may underflow,
# because the loss then underflows as well. With "label" all logits are relative to the label's.
LIMITS = {
    "wider": Limits(1e-150, -1.0, 1e150),
    "label": Limits(0.5, 1e-290, 1e300),
    "float64": Limits(1e-30, 1e-290, 1e150),
    "float32": Limits(1e-13, 1e-36, 1e25),
}


# ------------------------------------------------------------------ K classes


def softmax_cross_entropy_with_logits(
    logits,
    target,
    weight=None,
    *,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
    precise=True,
    request,
):
    """Labels: the backend's ``label_loss`` and ``label_gradient`` of one exp and one sum per row.

    The textbook first subtracts the largest logit, so that exp cannot overflow; this path does
    without it. It keeps the label's own term out of the sum, so that a near-certain row keeps its
    digits. A float64 result would show the rounding of two exponentials, so there
    ``_ratios_to_label`` takes the exponential of the difference.
    """
    if not (
        _is_floating(logits)
        and _is_plain(target)
        and target.dtype.kind in "iu"
        and target.shape == logits.shape[:-1]
        and reduction in ("mean", "sum", "none")
        and type(label_smoothing) in (int, float)
        and label_smoothing == 0
        and type(ignore_index) is int
        and type(precise) is bool
    ):
        return NotImplemented
    classes = logits.shape[-1]
    weight = _weight(weight, (classes,))
    gradient = request.place(logits, target, weight)
    low, high = target.min(), target.max()
    plain = low >= 0 and high < classes and not 0 <= ignore_index < classes
    overflows = not plain and high > np.iinfo(np.int64).max
    if weight is NotImplemented or gradient is NotImplemented or overflows:
        return NotImplemented
    if weight is not None:
        weight = weight.astype(np.float64)
    z, labels = logits.reshape(-1, classes), target.reshape(-1)
    inside = _inside(logits, precise)
    last_digit_counts = precise and inside == logits.dtype
    step = max(1, BLOCK // (classes * (24 if last_digit_counts else inside.itemsize + 4) + 64))

    def counted(rows):
        """The labels (0 if ignored), a mask of those kept (None: all), their weights (None: 1)."""
        y = labels[rows].astype(np.int64, copy=False)
        if plain:
            return y, None, None if weight is None else weight.take(y)
        kept = y != ignore_index
        y = np.where(kept, y, 0)
        return y, kept, kept * (1.0 if weight is None else weight.take(y, mode="clip"))

    def total_mass(rows, _):
        y, _, mass = counted(rows)
        return mass.sum() if y.min() >= 0 and y.max() < classes else math.nan

    divisor = len(labels)
    if not plain or weight is not None:
        with np.errstate(all="ignore"):
            divisor = sum(_by_blocks(total_mass, len(labels), step))
    if not divisor > 0:  # the mean of nothing, or nan for a label outside the classes
        return NotImplemented
    scale = 1 / divisor if reduction == "mean" else 1.0
    losses = np.empty(len(labels), logits.dtype) if reduction == "none" else None
    gradient = gradient if gradient is None else gradient.reshape(z.shape)
    firsts = np.arange(0, min(step, len(labels)) * classes, classes)
    kind = "wider" if logits.itemsize < inside.itemsize == 8 else inside.name
    limits = LIMITS["label" if last_digit_counts else kind]

    def textbook(rows, y):
        one_hot = numpy_backend.one_hot(y, rows.astype(np.float64, copy=False))
        arguments = (rows.astype(np.float64), one_hot, 1.0 if weight is None else weight, 0.0)
        loss = numpy_backend.softmax_cross_entropy_with_logits(*arguments)
        if gradient is None:
            return loss, None
        return loss, numpy_backend.softmax_cross_entropy_with_logits_gradient(*arguments)

    def block(rows, buffer):
        y, kept, mass = counted(rows)
        e = written = buffer[: len(y) * classes].reshape(-1, classes)
        at = firsts[: len(y)] + y
        if last_digit_counts:
            own = np.ones(len(y))
            others, unseen = _ratios_to_label(z[rows], y, at, e, buffer[z[rows].size :])
        else:
            _exp(z[rows], e)
            own = buffer.take(at, mode="clip")  # "raise" would copy
            buffer[at] = 0
            others = _row_sums(e)
        total = others + own
        loss = numpy_backend.label_loss(others / own, 0.0)
        if last_digit_counts:
            loss += unseen * numpy_backend.label_gradient(others, total, 1.0)[0]
        lost = ()
        if not (
            own.min() > limits.min_own
            and (limits.min_others < 0 or others.min() > limits.min_others)
            and total.max() < limits.max_total
        ):
            fine = own > limits.min_own
            fine &= (others > limits.min_others) & (total < limits.max_total)
            lost = np.flatnonzero(~fine)
        if mass is not None:
            loss *= mass
        if gradient is not None:
            mass = scale if mass is None else scale * mass
            share, at_label = numpy_backend.label_gradient(others, total, mass)
            if not len(lost) and plain:
                written = gradient[rows]
            np.multiply(e, share[:, None], out=written, casting="same_kind")
            written.reshape(-1)[at] = at_label
        few = max(1, step // 16)  # the textbook holds a dozen arrays at once
        for i in range(0, len(lost), few):
            some = lost[i : i + few]
            loss[some], part = textbook(z[rows][some], y[some])
            if gradient is not None:
                e[some] = part * scale
        if kept is not None and not kept.all():  # also if the logits are nan, as 0 · nan is not 0
            loss[~kept] = 0
            e[~kept] = 0
        if gradient is not None and written is e:
            gradient[rows] = e
        if losses is None:
            return loss.sum(dtype=np.float64)
        losses[rows] = loss

    width = 3 * classes if last_digit_counts else classes
    with np.errstate(all="ignore"):
        sums = _by_blocks(block, len(labels), step, width, inside)
        return request.answer(sums, losses, target.shape, divisor, reduction, logits, gradient)


def _ratios_to_label(z, y, at, e, room):
    """Write exp(z_k − z_y) to ``e``, 0 for the label; return the sums and their rounding errors.

    Rounding a difference x costs up to ½ ulp, and exp turns that into ½ |x| ulp. Knuth's two-sum
    gives the exact error δ, and exp(x + δ) = (1 + δ) exp(x) repairs it. The sum has two parts: a
    large number per row cuts off leading bits that add up exactly, and the rest is small. The
    rounding error of the two parts together would cost the loss up to 0.8 ulp.
    """
    label = z[np.arange(len(z)), y][:, None]
    lost, back = room[: 2 * z.size].reshape(2, *z.shape)
    np.subtract(z, label, out=e)
    np.subtract(z, e, out=back)
    np.add(e, back, out=lost)
    np.subtract(z, lost, out=lost)
    back -= label
    lost += back
    np.exp(e, out=e)
    lost *= e
    e.reshape(-1)[at] = 0
    large = np.exp2(np.frexp(_row_sums(e))[1] + 12.0)[:, None]
    np.add(e, large, out=back)
    back -= large
    exact = _row_sums(back)
    np.subtract(e, back, out=back)
    rest = _row_sums(back) + _row_sums(lost)
    e += lost
    others = exact + rest
    return others, rest - (others - exact)


def logsumexp(logits, request):
    """The plain log Σ exp(z_k); the textbook takes the largest logit out of the sum first."""
    if not _is_floating(logits):
        return NotImplemented
    classes = logits.shape[-1]
    z = logits.reshape(-1, classes)
    result = np.empty(len(z), logits.dtype)
    step = max(1, BLOCK // (classes * 12 + 64))
    limits = LIMITS["wider"]

    def block(rows, buffer):
        if logits.dtype == np.float64:
            result[rows] = numpy_backend.logsumexp(z[rows])
            return
        e = buffer[: z[rows].size].reshape(-1, classes)
        _exp(z[rows], e)
        total = _row_sums(e)
        value = np.log(total)
        # near a result of 0, the rounding of a total near 1 would show
        fine = (total > limits.min_own) & (total < limits.max_total) & (np.abs(value) > 1e-4)
        if not fine.all():
            value[~fine] = numpy_backend.logsumexp(z[rows][~fine].astype(np.float64))
        result[rows] = value

    with np.errstate(all="ignore"):
        _by_blocks(block, len(z), step, classes)
    return result.reshape(logits.shape[:-1])[()]


# ------------------------------------------------------------------ two classes


def binary_cross_entropy_with_logits(
    input, target, weight=None, *, reduction="mean", pos_weight=None, precise=True, request
):
    """Labels 0 and 1: ℓ = log1p(exp(s)) with s = z (1 − 2y); the gradient is (1 − 2y) σ(s).

    The textbook takes softplus of z and of −z, because its y may lie between 0 and 1. A sum of
    eight losses is the logarithm of one product: 0.2 ns an element, where log1p takes 0.74. The
    rounding of 1 + exp(s) would show in tiny losses and in float64, which go by log1p.
    """
    if not _is_floating(input) or type(precise) is not bool:
        return NotImplemented
    inside = _inside(input, precise)
    products = inside.itemsize == 8 > input.itemsize

    def fast(z, y, e, in_sum):
        sign = 1 - 2 * y
        s = z * sign
        most = s.max()
        if not most < (700 if inside.itemsize == 8 else 80):
            return None
        np.exp(s, out=e, dtype=inside)
        by_eights = products and in_sum and most < 80 and e.size % 8 == 0
        total = 1 + e if by_eights or request.wanted else None
        loss = 0
        if by_eights:
            loss = np.log(np.multiply.reduce(total.reshape(8, -1), axis=0)).sum()
        if loss < 1e-6 * e.size:
            loss = np.log1p(e)
        if request.wanted:
            e /= total
            e *= sign
        return loss

    weights = (weight, pos_weight)
    return _elementwise(
        request, fast, "binary_cross_entropy_with_logits", input, target, weights, reduction, inside
    )


def binary_cross_entropy(input, target, weight=None, *, reduction="mean", request):
    """Labels 0 and 1: ℓ = −log1p(−|y − q|); the textbook takes both log q and log1p(−q)."""

    def fast(q, y, x, _):
        if q.itemsize == 8:  # 1 − q loses digits of a float64
            return None
        np.subtract(y, q, out=x, dtype=np.float64)
        np.copysign(x, -1, out=x)
        if not x.min() > 1e-7 - 1:  # or of a q this small
            return None
        np.log1p(x, out=x)
        return np.negative(x, out=x)

    if request.wanted or not _is_floating(input) or not (input.min() >= 0 and input.max() <= 1):
        return NotImplemented
    return _elementwise(
        request, fast, "binary_cross_entropy", input, target, (weight,), reduction, FLOAT64
    )


def _elementwise(request, fast, name, input, target, weights, reduction, inside):
    """``fast`` block by block, and the textbook if that returns None or a label is soft."""
    if not (
        _is_plain(target)
        and target.dtype.kind in "biuf"
        and target.shape == input.shape
        and reduction in ("mean", "sum", "none")
    ):
        return NotImplemented
    weights = [_weight(w, input.shape) for w in weights]
    gradient = request.place(input, target, *weights)
    if gradient is NotImplemented or any(w is NotImplemented for w in weights):
        return NotImplemented
    if request.out is not None and not (target.min() >= 0 and target.max() <= 1):
        return NotImplemented  # before anything is overwritten
    losses = np.empty(input.shape, input.dtype) if reduction == "none" else None
    arrays = [input, target, losses, gradient, *weights]
    if all(x is None or x.flags.c_contiguous for x in arrays):
        arrays = [x if x is None else x.reshape(-1) for x in arrays]
    zs, ys, losses, gradient, *weights = arrays
    unweighted = all(w is None for w in weights)
    scale = 1 / input.size if reduction == "mean" else 1.0
    value = getattr(numpy_backend, name)
    step = max(1, BLOCK // 40 * len(zs) // input.size // 8 * 8)

    def block(rows, buffer):
        z, y = zs[rows], ys[rows]
        y = y if y.dtype.kind == "f" else y.astype(z.dtype)
        hard = (y * y == y).all()
        if not hard and not (y.min() >= 0 and y.max() <= 1):
            return NotImplemented
        masses = [None if w is None else w[rows].astype(np.float64) for w in weights]
        part = buffer[: z.size].reshape(z.shape)  # the block's gradient
        loss = fast(z, y, part, losses is None and unweighted) if hard else None
        if loss is None:
            arguments = (z.astype(np.float64), y.astype(np.float64))
            arguments += tuple(1.0 if w is None else w for w in masses)
            loss = value(*arguments)
            if gradient is not None:
                part = getattr(numpy_backend, name + "_gradient")(*arguments)
        elif not unweighted:
            mass = 1.0 if masses[0] is None else masses[0]
            if len(masses) == 2 and masses[1] is not None:
                mass = mass * np.where(y == 1, masses[1], 1.0)
            loss *= mass
            if gradient is not None:
                part *= mass
        if gradient is not None:
            np.multiply(part, scale, out=gradient[rows], casting="same_kind")
        if losses is None:
            return loss.sum(dtype=np.float64)
        losses[rows] = loss

    with np.errstate(all="ignore"):
        sums = _by_blocks(block, len(zs), step, input.size // len(zs), inside)
        if any(x is NotImplemented for x in sums):
            return NotImplemented
        return request.answer(sums, losses, input.shape, input.size, reduction, input, gradient)


# ------------------------------------------------------------------ shared by the paths


class GradientRequest:
    """Whether a gradient is wanted beside the value, and where to write it."""

    def __init__(self, wanted=False, out=None):
        self.wanted, self.out = wanted, out

    def place(self, logits, *others):
        """The array for the gradient; NotImplemented if writing to it would change an input."""
        if not self.wanted:
            return None
        if self.out is None:
            return np.empty(logits.shape, logits.dtype)
        out = self.out
        inputs = [x for x in others if isinstance(x, np.ndarray)]
        if (out.ctypes.data, out.strides) != (logits.ctypes.data, logits.strides):
            inputs.append(logits)
        if not out.flags.c_contiguous or any(np.may_share_memory(out, x) for x in inputs):
            return NotImplemented
        return out

    def answer(self, sums, losses, shape, divisor, reduction, logits, gradient):
        if reduction == "none":
            value = losses.reshape(shape)[()]
        else:
            total = sums[0] if len(sums) == 1 else np.sum(sums)
            value = logits.dtype.type(total / divisor if reduction == "mean" else total)
        if not self.wanted:
            return value
        return value, gradient.reshape(logits.shape) if self.out is None else self.out


def _is_plain(x):
    return isinstance(x, np.ndarray) and not isinstance(x, np.ma.MaskedArray | np.matrix)


def _is_floating(x):
    return _is_plain(x) and x.ndim > 0 and x.size > 0 and x.dtype.kind == "f" and x.itemsize <= 8


def _exp(z, out):
    if z.dtype != out.dtype:
        z = z.copy()  # saves 0.15 ns an element over a cast straight from memory
    return np.exp(z, out=out, dtype=out.dtype)


def _row_sums(e):
    """The sum of each row by the fastest way for its length that does not call BLAS.

    A product with ones, by BLAS, is faster below 500 classes. But on a busy machine its threads
    beside ours took a hundred times as long as everything else together.
    """
    if e.shape[1] >= 512:
        return np.add.reduce(e, axis=1)
    if e.shape[1] > 6:
        return np.einsum("ij->i", e)
    total = e[:, 0].copy()
    for k in range(1, e.shape[1]):
        total += e[:, k]
    return total


def _inside(logits, precise):
    return FLOAT64 if precise or logits.itemsize == 8 else FLOAT32


def _weight(weight, shape):
    """The weights as an array of that shape, or None; NotImplemented for the front to refuse."""
    if weight is None:
        return None
    if not _is_plain(weight) or weight.dtype.kind not in "iuf" or not weight.size:
        return NotImplemented
    try:
        weight = np.broadcast_to(weight, shape)
    except ValueError:
        return NotImplemented
    return weight if weight.min() >= 0 and weight.max() < math.inf else NotImplemented


def _by_blocks(task, length, step, width=0, dtype=np.float64):
    """The results of ``task(rows, buffer)`` for all blocks of rows, on all cores if it is much.

    The results come in the order of the blocks, so no bit depends on the number of threads.
    """
    if length <= step:  # a single block: the same result as below, 1 µs less
        return [task(slice(0, length), np.empty(length * width, dtype))]
    blocks = [slice(i, min(i + step, length)) for i in range(0, length, step)]
    workers = min(_threads(), len(blocks)) if length * width >= LARGE else 1
    results = [None] * len(blocks)

    def work(first):
        buffer = np.empty(step * width, dtype)
        with np.errstate(all="ignore"):  # each thread has its own state
            for i in range(first, len(blocks), workers):
                results[i] = task(blocks[i], buffer)

    if workers == 1:
        work(0)
    else:
        from concurrent.futures import (
            ThreadPoolExecutor,
        )  # its 10 ms are spent for large arrays only

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))  # raises what a worker raised
    return results


def _threads():
    """The number in OMP_NUM_THREADS, which BLAS and torch obey too, or one per core."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
