"""Sums, differences and powers that keep the digits which floating-point numbers lose.

``numpy_backend.py`` uses them; ``torch_exact.py`` is their twin.
"""

import math
from typing import NamedTuple

import numpy as np


def difference(x, y):
    """The difference and its rounding error (Knuth's two-difference)."""
    gap = x - y
    back = gap - x
    lost = (x - (gap - back)) - (y + back)
    return gap, np.where(np.isfinite(lost), lost, 0)


def quotient(x, y):
    """The quotient by a number and its rounding error (Dekker's product, compared with x)."""
    quotient = x / y
    bits = np.finfo(x.dtype).nmant // 2 + 1
    (high, low), (y_high, y_low) = _halves(quotient, bits), _halves(x.dtype.type(y), bits)
    product = ((high * y_high - x) + high * y_low + low * y_high) + low * y_low
    lost = -product / y
    return quotient, np.where(np.isfinite(lost), lost, 0)


def _halves(x, bits):
    """The upper and the lower digits of numbers (Veltkamp's splitting)."""
    shifted = (2.0**bits + 1) * x
    high = shifted - (shifted - x)
    return high, x - high


class Row(NamedTuple):
    """Logits seen from the largest of their row; the class axis is kept."""

    is_top: np.ndarray  # True at the largest logit
    top: np.ndarray  # that logit
    gap: np.ndarray  # each logit less the largest
    exp: np.ndarray  # exp(gap)
    others: np.ndarray  # Σ exp(gap) without the 1 of the largest
    log_total: np.ndarray  # log Σ exp(gap)


def around_the_top(logits, temperature):
    """The row, with the digits that the subtraction loses put back.

    A gap of 500 is rounded by up to 6e-14. The exponential would turn that into 250 wrong units
    in its last place, and the logarithm would show even the rounding of the sum.
    """
    top = logits.argmax(-1)[..., None]
    biggest = np.take_along_axis(logits, top, -1)
    gap, lost = difference(logits, biggest)
    if temperature != 1:
        gap, cut = quotient(gap, temperature)
        lost = lost / temperature + cut
    e = np.exp(gap)
    late = e * lost
    is_top = np.arange(logits.shape[-1]) == top
    rest = sum_of_positives(np.where(is_top, gap, e))  # the top's gap is 0
    missing = late.sum(-1, keepdims=True)
    log_total = np.log1p(rest) + missing / (1 + rest)
    return Row(is_top, biggest, gap + lost, e + late, rest + missing, log_total)


def sum_of_positives(x):
    """Σ x of numbers ≥ 0 with a single rounding: multiples of one grain add up exactly."""
    grain = 2 * x.shape[-1] * x.max(-1, keepdims=True)
    coarse = (x + grain) - grain
    return coarse.sum(-1, keepdims=True) + (x - coarse).sum(-1, keepdims=True)


def sum_of_others(x):
    """For each entry the sum of all others, without cancellation where the entry dominates."""
    is_top = np.arange(x.shape[-1]) == np.abs(x).argmax(-1)[..., None]
    without_top = np.where(is_top, 0, x).sum(-1, keepdims=True)
    return np.where(is_top, without_top, x.sum(-1, keepdims=True) - x)


def chances(logits, temperature=1.0):
    """Softmax p, 1 − p without cancellation, and the relative rounding error of their total."""
    row = around_the_top(logits, temperature)
    total = 1 + row.others
    lost = np.minimum(row.others, 1) - (total - np.maximum(row.others, 1))
    not_p = np.where(row.is_top, row.others, total - row.exp) / total
    return row.exp / total, not_p, lost / total


def from_level(gradient, logits, cost):
    """The gradient p Σ cost − cost of a softmax, with the digits that it loses near equal logits.

    With m = exp(gap) − 1 it is (Σ_j (cost_j − cost) + m Σ cost − cost Σ m) / Σ exp(gap).
    """
    row = around_the_top(logits, 1.0)
    near = row.gap.min(-1, keepdims=True) > -1e-3
    small = np.expm1(np.where(near, row.gap, 0))
    apart = cost - cost[..., :1]
    level = apart.sum(-1, keepdims=True) - cost.shape[-1] * apart
    level = level + (small * cost.sum(-1, keepdims=True) - cost * small.sum(-1, keepdims=True))
    level = level / (1 + row.others)
    return np.where(near & (np.abs(level) < cost / 64), level, gradient)


def log_ratio(p_logits, q_logits):
    """p, q, t = log(q/p) with the digits that log q − log p would lose, and √p.

    t is the difference of the logits less log(Z_q / Z_p). An error in that logarithm moves all t
    alike. Where Σ p (eᵗ − 1 − t) sees it in both parts of a term, it changes the sum in second
    order only; where eᵗ is large and a term is q − p (1 + t), in first order.
    """
    p_row, q_row = around_the_top(p_logits, 1.0), around_the_top(q_logits, 1.0)
    p_total, q_total = 1 + p_row.others, 1 + q_row.others
    gap_p, lost_p = difference(p_logits, p_row.top)
    gap_q, lost_q = difference(q_logits, q_row.top)
    t, lost = difference(gap_q, gap_p)
    less, cut = difference(q_row.log_total, p_row.log_total)
    t, again = difference(t, less)
    lost = lost + (lost_q - lost_p) + (again - cut) - (_missing(q_row) - _missing(p_row))
    p, q = p_row.exp / p_total, q_row.exp / q_total
    near = t < 2
    change = np.where(near, p * np.expm1(np.where(near, t + lost, 0)), q - p)
    t, again = difference(t, np.log1p(change.sum(-1, keepdims=True)))
    t = np.where(p_logits == -math.inf, math.inf, t + (lost + again))
    root = np.exp(gap_p / 2) * (1 + lost_p / 2) / np.sqrt(p_total)
    return p, q, t, root


def _missing(row):
    """What the rounded log Σ exp lacks."""
    return row.others * np.exp(-row.log_total) + np.expm1(-row.log_total)


def charged(p, root, nats):
    """The product p · nats, also where only p = root² underflows."""
    return np.where(p > 1e-290, p * nats, root * nats * root)


def sigmoid_power(logits, gamma):
    """σ(z)^γ as exp(−γ softplus(−z)): raising a rounded σ to γ would multiply its error by γ.

    Whole nats times a γ of few bits is an exact product, so exp has no rounding to enlarge.
    """
    nats = np.clip(-logits, 0, np.finfo(logits.dtype).max)
    whole, last_bits = np.floor(nats), gamma % 2**-20
    tail = nats - whole + np.log1p(np.exp(-np.abs(logits)))
    return np.exp((last_bits - gamma) * whole) * np.exp(-last_bits * whole - gamma * tail)


def power(x, gamma, rounding):
    """x^γ, corrected for the relative error of x, which the power multiplies by γ."""
    return x**gamma * (1 - gamma * rounding)
