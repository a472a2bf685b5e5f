"""The softmax losses that need each probability, a block of rows at a time: value and gradient.

These are the focal loss of rows of probabilities, with a factor for each class, and the squared
error. ``softmax_blocks`` says how a block is computed and which rows go to the textbook.

The class of the largest logit, the *top*, stays apart. Only its p can be near 1, and its 1 − p is
the sum of the others over the total, without cancellation.
"""

from typing import NamedTuple

import numpy as np

from . import numpy_backend
from .blocks import FEW, FLOAT32, FLOAT64
from .softmax_blocks import Pass, difference, exact_sums


class _Row(NamedTuple):
    """The rows of a block, seen from their tops."""

    p: np.ndarray  # (n, K) the probabilities
    flat_p: np.ndarray  # the same in the order of the memory
    top: np.ndarray  # (n,) the class
    at: np.ndarray  # (n,) where it lies in the memory of the block
    own: np.ndarray  # (n,) its probability
    rest: np.ndarray  # (n,) one less that
    others: np.ndarray  # (n,) Σ exp(z − top) without the top's 1


class _Probabilities(Pass):
    def __init__(self, task, gradient=None, scale=1.0, engine=None):
        super().__init__(task, gradient, scale, engine)
        self.inside = FLOAT32 if task.itemsize < 8 and not task.precise else FLOAT64
        self.parts = 5 if self.exact else 4

    def softmax(self, rows, room):
        """The ``_Row`` in part 0, and in part 1 what the logits lack to the largest."""
        count = rows.stop - rows.start
        e, flat = self.part(room, 0, count)
        gap, flat_gap = self.part(room, 1, count)
        z = self.part(room, 3, count)[0] if self.exact else gap
        self.engine.read(self.task.logits[rows], z)
        top = z.argmax(1)
        at = self.at(top)
        largest = z[np.arange(count), top][:, None]
        if self.exact:
            error, room = self.part(room, 2, count)[0], self.part(room, 4, count)[0]
            difference(z, largest, gap, error, room)
        else:
            gap -= largest
        self.engine.exp(flat_gap, flat)
        flat[at] = 0
        if self.exact:
            error *= e
            others, _ = exact_sums(e, error, room)
            e += error
        else:
            others = e.sum(1).astype(np.float64)
        total = 1 + others
        e *= (1 / total).astype(e.dtype)[:, None]
        flat[at] = own = 1 / total
        return _Row(e, flat, top, at, own, others / total, others)

    def at(self, classes):
        """Where these classes of the rows lie in the memory of a block."""
        here = np.arange(len(classes))
        return (
            classes * len(classes) + here if self.classes < FEW else here * self.classes + classes
        )

    def scaled(self, gradient, rows, factor=1.0):
        scale = factor * (self.scale if np.ndim(self.scale) == 0 else self.scale[rows, None])
        if np.any(scale != 1):
            gradient *= np.asarray(scale).astype(gradient.dtype)

    def sums(self, x, y):
        """Σ x y of each row; the plain sum of products has more digits than einsum."""
        return (x * y).sum(1) if self.exact else np.einsum("ij,ij->i", x, y).astype(np.float64)


class Focal(_Probabilities):
    """Σ c (1 − p)^γ s with the surprise s = −log p and the cost c = w y of each class.

    With a = c (1 − p)^(γ − 1) (γ p s + 1 − p) the gradient is p Σ a − a.
    """

    def block(self, rows, room):
        count, task = rows.stop - rows.start, self.task
        row = self.softmax(rows, room)
        p = row.p
        surprise, flat = self.part(room, 1, count)
        np.subtract(np.log1p(row.others).astype(p.dtype)[:, None], surprise, out=surprise)
        not_p, flat_not_p = self.part(room, 3, count)
        np.subtract(1, p, out=not_p)
        flat_not_p[row.at] = row.rest
        cost = self.part(room, 2, count)[0]
        self.engine.read(task.rows[rows], cost)
        if task.weight is not None:
            cost *= self.weight.astype(cost.dtype)
        if task.gamma != 1:
            cost *= not_p if task.gamma == 2 else not_p ** (task.gamma - 1)
        not_p *= cost
        loss = self.sums(not_p, surprise)
        if self.gradient is not None:
            surprise *= p
            if task.gamma != 1:
                surprise *= task.gamma
            surprise *= cost
            surprise += not_p  # a
            of_top = flat[row.at]
            flat[row.at] = 0
            apart = surprise.sum(1)
            flat[row.at] = of_top
            p *= (apart + of_top)[:, None]
            p -= surprise
            row.flat_p[row.at] = row.own * apart - row.rest * of_top
            self.scaled(p, rows)
        kept = None if task.share is None else task.share[rows] != 0
        return self.finished(rows, p, loss, self.lost(row.others, 1.0, loss), kept)


class Squared(_Probabilities):
    """Σ d² with d = p − y; the gradient in a logit is 2 p (d − Σ d p)."""

    def block(self, rows, room):
        count, task = rows.stop - rows.start, self.task
        of_logits = task.loss is numpy_backend.brier_with_logits
        if of_logits:
            row = self.softmax(rows, room)
            p = row.p
        else:
            p = self.part(room, 0, count)[0]
            self.engine.read(task.logits[rows], p)
        d, flat = self.part(room, 1, count)
        if task.rows is None:
            np.copyto(d, p)
            flat[self.at(task.labels[rows])] -= 1
            of_top = of_logits and (task.labels[rows] == row.top) * 1.0
        else:
            self.engine.read(task.rows[rows], d)
            of_top = of_logits and flat[row.at]
            np.subtract(p, d, out=d)
        if of_logits:
            of_top = flat[row.at] = (1 - of_top) * row.own - of_top * row.rest
        loss = self.sums(d, d)
        if not of_logits:
            if self.gradient is not None:
                self.scaled(d, rows, 2.0)
            return self.finished(rows, d, loss, np.zeros(count, bool), None)
        if self.gradient is not None:
            flat[row.at] = 0
            apart = self.sums(d, p)
            d -= (apart + of_top * row.own)[:, None]
            p *= d
            row.flat_p[row.at] = row.own * (of_top * row.rest - apart)
            self.scaled(p, rows, 2.0)
        return self.finished(rows, p, loss, self.lost(row.others, 1.0, loss), None)

    def options(self):
        return ()
