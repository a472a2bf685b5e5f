"""Fast paths of ``numpy_backend.py``: the same losses in one pass over blocks that stay in cache.

A path takes the call of a public loss as the user made it. It answers only a call that it knows
to be right (arrays, labels in range) and returns ``NotImplemented`` to any other, which then goes
the textbook way: the checks of the front, with their messages, and the formula of
``numpy_backend.py``. What a path cannot do as well (±∞, nan, logits in the hundreds, soft targets)
it hands, block by block, to the textbook's function of the same name, which stands right there in
its code. ``tests/test_fast_paths.py`` holds the two together; ``benchmarks/results`` has the
measurements, path by path.

The default computes in float64 and rounds once; ``precise=False`` computes in float32 (float64 for
float64, without care for the last digits). From float32 logits np.exp takes 0.8 ns an element in
float64 and 0.36 in float32, and that is most of what a call costs.
"""

import math
import os

import numpy as np

from . import numpy_backend

BLOCK = 3 * 2**19  # bytes at work at once, in each thread
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
LARGE = 2**20  # elements from which threads pay: below, starting them costs more than they bring
# exp(z_y) above the first and Σ exp(z) below the last lose no digit to underflow or overflow that
# the result would show, nor do the sum of the others above the second; by the dtype inside. Where
# that is wider than the result's, the others may underflow: so does then the loss.
LIMITS = {
    "wider": (1e-150, -1.0, 1e150),
    "label": (0.5, 1e-290, 1e300),
    "float64": (1e-30, 1e-290, 1e150),
    "float32": (1e-13, 1e-36, 1e25),
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
    want,
):
    """Labels: ℓ = log1p(Σ_{k≠y} exp(z_k) / exp(z_y)), with the slopes exp(z_k) / Σ exp(z).

    The textbook finds and subtracts the largest logit first, lest it overflow. Here one exp and
    one sum per element are all there is. The 1 of log1p is the label's own term, so that a
    near-certain row keeps its digits. In float64, where the rounding of both exponentials would
    show, ``_ratios_to_label`` takes the exponential of the difference.
    """
    if not (
        _is_floating(logits)
        and isinstance(target, np.ndarray)
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
    slopes = want.place(logits, target, weight)
    low, high = target.min(), target.max()
    plain = low >= 0 and high < classes and not 0 <= ignore_index < classes
    overflows = not plain and high > np.iinfo(np.int64).max
    if weight is NotImplemented or slopes is NotImplemented or overflows:
        return NotImplemented
    if weight is not None:
        weight = weight.astype(np.float64)
    z, labels = logits.reshape(-1, classes), target.reshape(-1)
    inside = _inside(logits, precise)
    last_digit_counts = precise and inside == logits.dtype
    step = max(1, BLOCK // (classes * (24 if last_digit_counts else inside.itemsize + 4) + 64))

    def counted(rows):
        """The labels (0 where ignored), which are not ignored, what each counts for (None: 1)."""
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
    if not divisor > 0:  # the mean of nothing; nan: a label in no class
        return NotImplemented
    scale = 1 / divisor if reduction == "mean" else 1.0
    losses = np.empty(len(labels), logits.dtype) if reduction == "none" else None
    slopes = slopes if slopes is None else slopes.reshape(z.shape)
    firsts = np.arange(0, min(step, len(labels)) * classes, classes)
    kind = "wider" if logits.itemsize < inside.itemsize == 8 else inside.name
    least, least_others, most = LIMITS["label" if last_digit_counts else kind]

    def textbook(rows, y):
        one_hot = numpy_backend.one_hot(y, rows.astype(np.float64, copy=False))
        arguments = (rows.astype(np.float64), one_hot, 1.0 if weight is None else weight, 0.0)
        loss = numpy_backend.softmax_cross_entropy_with_logits(*arguments)
        if slopes is None:
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
            own.min() > least
            and (least_others < 0 or others.min() > least_others)
            and total.max() < most
        ):
            fine = (own > least) & (others > least_others) & (total < most)
            lost = np.flatnonzero(~fine)
        if mass is not None:
            loss *= mass
        if slopes is not None:
            mass = scale if mass is None else scale * mass
            share, at_label = numpy_backend.label_gradient(others, total, mass)
            if not len(lost) and plain:
                written = slopes[rows]
            np.multiply(e, share[:, None], out=written, casting="same_kind")
            written.reshape(-1)[at] = at_label
        few = max(1, step // 16)  # the textbook holds a dozen arrays at once
        for i in range(0, len(lost), few):
            some = lost[i : i + few]
            loss[some], slope = textbook(z[rows][some], y[some])
            if slopes is not None:
                e[some] = slope * scale
        if kept is not None and not kept.all():  # ignored whatever the logits are: nan times 0
            loss[~kept] = 0
            e[~kept] = 0
        if slopes is not None and written is e:
            slopes[rows] = e
        if losses is None:
            return loss.sum(dtype=np.float64)
        losses[rows] = loss

    width = 3 * classes if last_digit_counts else classes
    with np.errstate(all="ignore"):
        sums = _by_blocks(block, len(labels), step, width, inside)
        return want.answer(sums, losses, target.shape, divisor, reduction, logits, slopes)


def _ratios_to_label(z, y, at, e, room):
    """Writes exp(z_k − z_y) to ``e``, 0 for the label itself; returns the sums, and their rounding.

    A difference loses up to ½ ulp of itself, which the exponential makes ½ |z_k − z_y| ulp: the
    exact error of it (Knuth's two-sum) goes in by exp(x + δ) = (1 + δ) exp(x). The sum is taken in
    two parts: what a large number per row leaves of each term adds up without rounding. What the
    rounded sum lacks of the two and of all δ exp(x), log1p passes on by its slope: up to 0.8 ulp.
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


def logsumexp(logits, want):
    """Logits: log Σ exp(z_k); the textbook takes the largest logit out of the sum first."""
    if not _is_floating(logits):
        return NotImplemented
    classes = logits.shape[-1]
    z = logits.reshape(-1, classes)
    result = np.empty(len(z), logits.dtype)
    step = max(1, BLOCK // (classes * 12 + 64))
    least, _, most = LIMITS["wider"]

    def block(rows, buffer):
        if logits.dtype == np.float64:
            result[rows] = numpy_backend.logsumexp(z[rows])
            return
        e = buffer[: z[rows].size].reshape(-1, classes)
        _exp(z[rows], e)
        total = _row_sums(e)
        value = np.log(total)
        # near a result of 0, the rounding of a total near 1 would show
        fine = (total > least) & (total < most) & (np.abs(value) > 1e-4)
        if not fine.all():
            value[~fine] = numpy_backend.logsumexp(z[rows][~fine].astype(np.float64))
        result[rows] = value

    with np.errstate(all="ignore"):
        _by_blocks(block, len(z), step, classes)
    return result.reshape(logits.shape[:-1])[()]


# ------------------------------------------------------------------ two classes


def binary_cross_entropy_with_logits(
    input, target, weight=None, *, reduction="mean", pos_weight=None, precise=True, want
):
    """Labels 0 and 1: ℓ = log1p(exp(s)) with s = z (1 − 2y); the slope in z is (1 − 2y) σ(s).

    The textbook takes softplus of z and of −z, each by its absolute value: y may be in between.
    Of a sum of losses, eight at a time are the logarithm of one product: log1p takes 0.74 ns an
    element, that 0.2. The rounding of 1 + exp(s) shows where losses are tiny, and in float64.
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
        total = 1 + e if by_eights or want.gradient else None
        loss = 0
        if by_eights:
            loss = np.log(np.multiply.reduce(total.reshape(8, -1), axis=0)).sum()
        if loss < 1e-6 * e.size:
            loss = np.log1p(e)
        if want.gradient:
            e /= total
            e *= sign
        return loss

    weights = (weight, pos_weight)
    return _elementwise(
        want, fast, "binary_cross_entropy_with_logits", input, target, weights, reduction, inside
    )


def binary_cross_entropy(input, target, weight=None, *, reduction="mean", want):
    """Labels 0 and 1: ℓ = −log1p(−|y − q|); the textbook takes both log q and log1p(−q)."""

    def fast(q, y, x, _):
        if q.itemsize == 8:  # 1 − q keeps too few digits of a float64
            return None
        np.subtract(y, q, out=x, dtype=np.float64)
        np.copysign(x, -1, out=x)
        if not x.min() > 1e-7 - 1:  # nor of any such small q
            return None
        np.log1p(x, out=x)
        return np.negative(x, out=x)

    if want.gradient or not _is_floating(input) or not (input.min() >= 0 and input.max() <= 1):
        return NotImplemented
    return _elementwise(
        want, fast, "binary_cross_entropy", input, target, (weight,), reduction, FLOAT64
    )


def _elementwise(want, fast, name, input, target, weights, reduction, inside):
    """Block by block ``fast``, or the textbook where that returns None or a label is soft."""
    if not (
        isinstance(target, np.ndarray)
        and target.dtype.kind in "biuf"
        and target.shape == input.shape
        and reduction in ("mean", "sum", "none")
    ):
        return NotImplemented
    weights = [_weight(w, input.shape) for w in weights]
    slopes = want.place(input, target, *weights)
    if slopes is NotImplemented or any(w is NotImplemented for w in weights):
        return NotImplemented
    if want.out is not None and not (target.min() >= 0 and target.max() <= 1):
        return NotImplemented  # before anything is overwritten
    losses = np.empty(input.shape, input.dtype) if reduction == "none" else None
    arrays = [input, target, losses, slopes, *weights]
    if all(x is None or x.flags.c_contiguous for x in arrays):
        arrays = [x if x is None else x.reshape(-1) for x in arrays]
    zs, ys, losses, slopes, *weights = arrays
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
        slope = buffer[: z.size].reshape(z.shape)
        loss = fast(z, y, slope, losses is None and unweighted) if hard else None
        if loss is None:
            arguments = (z.astype(np.float64), y.astype(np.float64))
            arguments += tuple(1.0 if w is None else w for w in masses)
            loss = value(*arguments)
            if slopes is not None:
                slope = getattr(numpy_backend, name + "_gradient")(*arguments)
        elif not unweighted:
            mass = 1.0 if masses[0] is None else masses[0]
            if len(masses) == 2 and masses[1] is not None:
                mass = mass * np.where(y == 1, masses[1], 1.0)
            loss *= mass
            if slopes is not None:
                slope *= mass
        if slopes is not None:
            np.multiply(slope, scale, out=slopes[rows], casting="same_kind")
        if losses is None:
            return loss.sum(dtype=np.float64)
        losses[rows] = loss

    with np.errstate(all="ignore"):
        sums = _by_blocks(block, len(zs), step, input.size // len(zs), inside)
        if any(x is NotImplemented for x in sums):
            return NotImplemented
        return want.answer(sums, losses, input.shape, input.size, reduction, input, slopes)


# ------------------------------------------------------------------ what the paths share


class Want:
    """What is asked for beside the value: the gradient, or not, and where to write it."""

    def __init__(self, gradient=False, out=None):
        self.gradient, self.out = gradient, out

    def place(self, logits, *others):
        """Where the gradient goes; NotImplemented if writing it in blocks would change an input."""
        if not self.gradient:
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

    def answer(self, sums, losses, shape, divisor, reduction, logits, slopes):
        if reduction == "none":
            value = losses.reshape(shape)[()]
        else:
            total = sums[0] if len(sums) == 1 else np.sum(sums)
            value = logits.dtype.type(total / divisor if reduction == "mean" else total)
        if not self.gradient:
            return value
        return value, slopes.reshape(logits.shape) if self.out is None else self.out


def _is_floating(x):
    return (
        isinstance(x, np.ndarray)
        and not isinstance(x, np.ma.MaskedArray)
        and x.ndim > 0
        and x.size > 0
        and x.dtype.kind == "f"
        and x.itemsize <= 8
    )


def _exp(z, out):
    if z.dtype != out.dtype:
        z = z.copy()  # a cast straight from memory takes 0.15 ns an element longer than these two
    return np.exp(z, out=out, dtype=out.dtype)


def _row_sums(e):
    """The sum of each row, by what is fastest for its length and does not call BLAS.

    A product with ones (BLAS) is faster below 500 classes, but its threads, beside ours and on a
    machine that is busy, took a hundred times as long as everything else together.
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
    """The weights as an array of that shape, None if there are none."""
    if weight is None:
        return None
    if not isinstance(weight, np.ndarray) or weight.dtype.kind not in "iuf" or not weight.size:
        return NotImplemented
    try:
        weight = np.broadcast_to(weight, shape)
    except ValueError:
        return NotImplemented
    return weight if weight.min() >= 0 and weight.max() < math.inf else NotImplemented


def _by_blocks(task, length, step, width=0, dtype=np.float64):
    """``task(rows, buffer)`` for all blocks of rows, by all cores if that is much; the results.

    They come in the order of the blocks: no bit depends on the number of threads.
    """
    if length <= step:  # as does what follows, 1 µs faster
        return [task(slice(0, length), np.empty(length * width, dtype))]
    blocks = [slice(i, min(i + step, length)) for i in range(0, length, step)]
    workers = min(_threads(), len(blocks)) if length * width >= LARGE else 1
    results = [None] * len(blocks)

    def work(first):
        buffer = np.empty(step * width, dtype)
        with np.errstate(all="ignore"):  # of each thread its own
            for i in range(first, len(blocks), workers):
                results[i] = task(blocks[i], buffer)

    if workers == 1:
        work(0)
    else:
        from concurrent.futures import ThreadPoolExecutor  # 10 ms that only large arrays pay

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))  # raises what a worker raised
    return results


def _threads():
    """As many as OMP_NUM_THREADS says, as for BLAS and torch, or else one per core."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
