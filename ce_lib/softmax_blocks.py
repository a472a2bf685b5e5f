"""The softmax losses of checked arguments, a block of rows at a time: value and gradient at once.

A block stays in the processor's cache and passes through the same steps for every target:
subtract the largest logit, exponentiate, add up, multiply. The losses here have the form

    loss = Σ c_k (log Σ exp(z_j) − z_k),   gradient = (Σ c) softmax(z) − c

with a cost c_k of each class: the weight of the label, with label smoothing a share for each class,
or weighted probabilities. The focal loss of a label is a function of that loss, and its gradient
is this one times a factor for each row. ``probability_blocks`` has the losses of another form.

The class of the largest cost, the *label* of the row, stays apart. A near-certain row must keep
Σ exp without it to the last digit, and 1 − p of the label follows without cancellation.

The computation is wider than the result: float64 for a float32, float32 for 16 bits. A float64
carries the rounding error of each difference along; ``precise=False`` does not. Rows with ±∞ or
nan, or with a sum that underflows, go to the textbook, ``numpy_backend``.
``tests/test_fast_paths.py`` compares the two.
"""

from typing import NamedTuple

import numpy as np

from .blocks import BLOCK, FEW, FLOAT32, FLOAT64, by_blocks, part

SAFE = 40.0  # float32 logits up to this size need no shift, which would round them


class SoftmaxLoss(NamedTuple):
    """A loss of N examples over K classes; their labels or their rows of probabilities."""

    loss: object  # of ``numpy_backend``
    logits: object  # (N, K)
    labels: object = None  # (N,) int64, −1 if ignored
    rows: object = None  # (N, K)
    weight: object = None  # (K,) float64; None: all 1
    share: object = None  # (N,) the weight of each example; None: all 1
    smoothing: float = 0.0
    gamma: object = None  # of the focal loss; None: another one
    itemsize: int = 8  # bytes of a result
    precise: bool = True


class Engine:
    """How a block meets the arrays of a call: NumPy's way; ``torch_blocked`` has torch's."""

    def read(self, source, block):
        np.copyto(block, source, casting="unsafe")

    def exp(self, block, out):
        np.exp(block, out=out)

    def write(self, block, target):
        np.copyto(target, block, casting="unsafe")


class _Costs(NamedTuple):
    """What the classes of a block's rows cost."""

    labels: np.ndarray  # (n,) the class that costs most
    kept: object  # (n,) False if ignored; None: all are kept
    at: np.ndarray  # (n,) where it lies in the memory of the block
    own: np.ndarray  # (n,) its cost
    rest: object  # (n,) the cost of all others; None if they cost nothing
    table: object  # (n, K) the cost of each, 0 for the label; None: the rest is shared by weight


class Pass:
    """One way through all blocks of rows.

    Args:
        task: the ``SoftmaxLoss``.
        gradient: (N, K) where to write the gradient; it may be the logits. None: no gradient.
        scale: what the gradient is multiplied by, a number, or (N,) one for each row.
        engine: the ``Engine`` for these arrays.
    """

    def __init__(self, task, gradient=None, scale=1.0, engine=None):
        scale = scale if task.share is None else scale * task.share
        self.task, self.gradient, self.scale = task, gradient, scale
        self.engine = engine or Engine()
        self.count, self.classes = task.logits.shape
        self.exact = task.itemsize == 8 and task.precise
        # The difference of two terms would show the rounding of a float32, and a scale above 1 what
        # a float32 near its smallest number has lost.
        no_difference = task.rows is None and not task.smoothing
        narrow = no_difference and task.itemsize == 2 and np.max(np.abs(scale), initial=0) <= 1
        cheap = not task.precise and task.itemsize < 8
        self.inside = FLOAT32 if narrow or cheap else FLOAT64
        self.share = task.smoothing / self.classes
        self.weight = np.ones(self.classes) if task.weight is None else task.weight
        self.total_weight = self.weight.sum()
        self.parts = 4 if self.exact else 1 if task.rows is None else 2  # of the size of a block

    def losses(self, each):
        """The (N,) losses, or their sum."""
        dtype = FLOAT64 if self.task.itemsize == 8 else FLOAT32
        self.result = np.empty(self.count, dtype) if each else None
        width = self.classes * self.parts
        step = max(1, BLOCK // (width * self.inside.itemsize + 200))  # a row has its own numbers
        sums = by_blocks(self.block, self.count, step, width, self.inside)
        return self.result if each else np.sum(sums)

    def part(self, room, i, count):
        return part(room, i, count, self.classes)

    def block(self, rows, room):
        count = rows.stop - rows.start
        e, flat = self.part(room, 0, count)
        z = self.part(room, 1, count)[0] if self.exact else e
        self.engine.read(self.task.logits[rows], z)
        shifted = self.task.itemsize != 4 or self.task.precise
        if not shifted and not (z.min() > -SAFE and z.max() < SAFE):
            wide = np.empty(len(room))  # a float64 rounds no difference of float32
            e, flat = self.part(wide, 0, count)
            self.engine.read(self.task.logits[rows], e)
            shifted, room = True, wide
        error = None
        if self.exact:
            error, flat_error = self.part(room, 3, count)
            difference(z, z.max(1)[:, None], e, error, self.part(room, 2, count)[0])
        elif shifted:
            e -= e.max(1)[:, None]
        costs = self.costs(rows, room)
        gap = flat.take(costs.at).astype(np.float64)
        charged = self.charged(e, gap, costs, room)
        self.engine.exp(flat, flat)
        own = flat.take(costs.at).astype(np.float64)
        flat[costs.at] = 0
        if self.exact:
            own_error = flat_error.take(costs.at)
            own_error[~np.isfinite(gap)] = 0  # −∞ − top has no rounding error
            gap, own = gap + own_error, own + own * own_error
            error *= e
            others, unseen = exact_sums(e, error, self.part(room, 2, count)[0])
            e += error
        else:
            others, unseen = e.sum(1).astype(np.float64), 0.0
        total = others + own
        lost = np.minimum(others, own) - (total - np.maximum(others, own))
        surprise = np.where(
            own > others,
            np.log1p(others / own) + unseen / total,
            np.log(total) + (unseen + lost) / total - gap,
        )
        loss, factor = costs.own * surprise, 1.0
        if self.task.gamma is not None:
            power, factor = _focal(*(self.task.gamma, others, own, total, lost, unseen, surprise))
            loss *= power
        elif costs.rest is not None:
            loss += costs.rest * (surprise + gap) - charged
        scale = factor * (self.scale if np.ndim(self.scale) == 0 else self.scale[rows])
        if self.gradient is not None:
            self.differentiate(e, flat, costs, own, others, total, scale)
        hard = self.lost(others, own, loss)
        if costs.rest is not None and shifted:  # equal costs of nearly equal logits cancel
            level = 1 / (self.classes * (1 - 1e-6))
            hard |= (level * total > 1) & (costs.own < level * (costs.own + costs.rest))
        if costs.table is None and self.share and self.task.weight is not None:
            dearest = self.weight.argmax()  # its p may be near 1, and it is not the label
            most = 2 * self.share * self.weight[dearest]
            hard |= (costs.labels != dearest) & (most > costs.own + costs.rest)
        return self.finished(rows, e, loss, hard, costs.kept)

    def costs(self, rows, room):
        """The ``_Costs`` of a block; a table of them lies in part 1 of the room."""
        count, task = rows.stop - rows.start, self.task
        if task.rows is None:
            table, rest, kept = None, None, task.labels[rows] >= 0
            if task.share is not None:
                kept &= task.share[rows] != 0
            labels = np.where(kept, task.labels[rows], 0)
            weight = kept if task.weight is None else kept * self.weight[labels]
            own = weight * (1.0 - task.smoothing + self.share)
            if self.share:
                rest = self.share * (kept * self.total_weight - weight)
        else:
            table, flat = self.part(room, 1, count)
            self.engine.read(task.rows[rows], table)
            if self.share:
                mass = table.sum(1)[:, None]
                table *= 1 - task.smoothing
                table += (self.share * mass).astype(table.dtype)
            if task.weight is not None:
                table *= self.weight.astype(table.dtype)
            labels, kept = table.argmax(1), None
            if task.share is not None:
                kept = task.share[rows] != 0
        at = np.arange(count)
        at = labels * count + at if self.classes < FEW else at * self.classes + labels
        if table is not None:
            own = flat.take(at).astype(np.float64)
            flat[at] = 0
            rest = table.sum(1, dtype=np.float64)
        return _Costs(labels, kept, at, own, rest, table)

    def charged(self, gaps, own_gap, costs, room):
        """Σ cost · gap over all classes but the label."""
        if costs.table is not None and self.exact:
            products, _ = self.part(room, 2, len(gaps))
            return np.multiply(costs.table, gaps, out=products).sum(1)  # more digits than einsum
        if costs.table is not None:
            return np.einsum("ij,ij->i", costs.table, gaps)
        if costs.rest is None:
            return 0.0
        if self.task.weight is None:
            return self.share * (gaps.sum(1) - own_gap)
        return self.share * (
            np.einsum("ij,j->i", gaps, self.weight) - self.weight[costs.labels] * own_gap
        )

    def differentiate(self, e, flat, costs, own, others, total, scale):
        """Turn the exponentials into (Σ cost) p − cost, times the scale."""
        rest = 0.0 if costs.rest is None else costs.rest
        e *= (scale * (costs.own + rest) / total).astype(e.dtype)[:, None]
        scale = np.broadcast_to(scale, len(e))
        if costs.table is not None:
            np.multiply(costs.table, scale.astype(e.dtype)[:, None], out=costs.table)
            e -= costs.table
        elif costs.rest is not None and self.task.weight is None:
            e -= (scale * self.share).astype(e.dtype)[:, None]
        elif costs.rest is not None:
            e -= (scale[:, None] * (self.share * self.weight)).astype(e.dtype)
        # Σ cost · p − cost of the label, without cancellation where p is near 1
        flat[costs.at] = scale * (own * rest - costs.own * others) / total

    def lost(self, others, own, loss):
        """Whether a row has no finite loss, or its small chances underflowed."""
        tiny = 1e-30 if self.inside == FLOAT32 else 1e-290
        return ~np.isfinite(loss) | ((others > 0) & (others < tiny * own))

    def finished(self, rows, e, loss, hard, kept):
        """Write what a block has found, or return the sum of its losses.

        Hard rows are the textbook's, and ignored ones have a loss and a gradient of 0.
        """
        if kept is not None and not kept.all():
            loss[~kept] = 0
            e[~kept] = 0
            hard &= kept
        hard = np.flatnonzero(hard)
        few = max(1, BLOCK // (self.classes * 128))  # the textbook holds a dozen arrays at once
        for start in range(0, len(hard), few):
            some = hard[start : start + few]
            loss[some], gradient = self.textbook(rows.start + some)
            if gradient is not None:
                e[some] = gradient
        if self.gradient is not None:
            self.engine.write(e, self.gradient[rows])
        if self.task.share is not None:
            loss *= self.task.share[rows]
        if self.result is None:
            return loss.sum()
        self.result[rows] = loss

    def textbook(self, rows):
        task = self.task
        logits, target = np.empty((len(rows), self.classes)), None
        self.engine.read(task.logits[rows], logits)
        if task.rows is None:
            target = task.labels[rows]
        else:
            target = np.empty_like(logits)
            self.engine.read(task.rows[rows], target)
        arguments = (logits, target, *self.options())
        value = task.loss(*arguments)
        if self.gradient is None:
            return value, None
        scale = self.scale if np.ndim(self.scale) == 0 else self.scale[rows, None]
        return value, task.loss.gradient(*arguments) * scale

    def options(self):
        return self.weight, 1.0, self.task.smoothing if self.task.gamma is None else self.task.gamma


def difference(z, top, gap, lost, room):
    """Write z − top and its rounding error (Knuth's two-difference)."""
    np.subtract(z, top, out=gap)
    np.subtract(z, gap, out=room)
    np.add(gap, room, out=lost)
    np.subtract(z, lost, out=lost)
    room -= top
    lost += room


def exact_sums(e, missing, room):
    """Σ (e + missing) of each row with a single rounding, and the error of that rounding.

    A large number per row cuts off leading bits, which add up exactly, and the rest is small. If
    ``missing`` is None, nothing is missing.
    """
    large = np.exp2(np.frexp(e.sum(1))[1] + 12.0)[:, None]
    np.add(e, large, out=room)
    room -= large
    exact = room.sum(1)
    np.subtract(e, room, out=room)
    late = np.zeros(len(e)) if missing is None else missing.sum(1)
    if np.isnan(late).any():  # here too
        np.copyto(missing, 0, where=np.isnan(missing) & ~np.isnan(e))
        late = missing.sum(1)
    rest = room.sum(1) + late
    total = exact + rest
    return total, rest - (total - exact)


def _focal(gamma, others, own, total, lost, unseen, surprise):
    """The factors of a label's loss and of its gradient: (1 − p)^γ and its change with p.

    ``unseen`` is what the rounding of the others has lost, and ``lost`` that of the total.
    """
    not_p = others / total
    at_least = np.where(not_p == 0, 1, not_p)
    off = (unseen / at_least - unseen - lost) / total  # the power multiplies this error
    power = not_p**gamma * (1 + gamma * off)
    pull = gamma * own / total * np.where(np.isinf(surprise), 0, surprise) + not_p
    return power, power * pull / at_least
