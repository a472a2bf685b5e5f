"""Sums, differences and powers that keep the digits which floating-point numbers lose.

``torch_backend.py`` uses them; ``numpy_exact.py`` is their twin.
"""

import math
from typing import NamedTuple

import torch


def difference(x, y):
    """The difference and its rounding error (Knuth's two-difference)."""
    gap = x - y
    x, y, rounded = x.detach(), y.detach(), gap.detach()  # a rounding error has no gradient
    back = rounded - x
    lost = (x - (rounded - back)) - (y + back)
    return gap, torch.where(torch.isfinite(lost), lost, 0)


def quotient(x, y):
    """The quotient by a number and its rounding error (Dekker's product, compared with x)."""
    quotient = x / y
    x, rounded = x.detach(), quotient.detach()  # a rounding error has no gradient
    bits = round(-math.log2(torch.finfo(x.dtype).eps)) // 2 + 1
    (high, low), (y_high, y_low) = _halves(rounded, bits), _halves(x.new_full((), y), bits)
    product = ((high * y_high - x) + high * y_low + low * y_high) + low * y_low
    lost = -product / y
    return quotient, torch.where(torch.isfinite(lost), lost, 0)


def _halves(x, bits):
    """The upper and the lower digits of numbers (Veltkamp's splitting)."""
    shifted = (2.0**bits + 1) * x
    high = shifted - (shifted - x)
    return high, x - high


class Row(NamedTuple):
    """Logits seen from the largest of their row; the class axis is kept."""

    is_top: torch.Tensor  # True at the largest logit
    top: torch.Tensor  # that logit
    gap: torch.Tensor  # each logit less the largest
    exp: torch.Tensor  # exp(gap)
    others: torch.Tensor  # Σ exp(gap) without the 1 of the largest
    log_total: torch.Tensor  # log Σ exp(gap)


def around_the_top(logits, temperature):
    """The row, with the digits that the subtraction loses put back.

    A gap of 500 is rounded by up to 6e-14. The exponential would turn that into 250 wrong units
    in its last place, and the logarithm would show even the rounding of the sum.
    """
    top = logits.argmax(-1)[..., None]
    biggest = torch.gather(logits, -1, top)
    gap, lost = difference(logits, biggest)
    if temperature != 1:
        gap, cut = quotient(gap, temperature)
        lost = lost / temperature + cut
    e = torch.exp(gap)
    late = e * lost
    is_top = torch.arange(logits.shape[-1], device=logits.device) == top
    rest = sum_of_positives(torch.where(is_top, gap, e))  # the top's gap is 0
    missing = late.sum(-1, keepdim=True)
    log_total = torch.log1p(rest) + missing / (1 + rest)
    return Row(is_top, biggest, gap + lost, e + late, rest + missing, log_total)


def sum_of_positives(x):
    """Σ x of numbers ≥ 0 with a single rounding: multiples of one grain add up exactly."""
    grain = 2 * x.shape[-1] * x.detach().amax(-1, keepdim=True)
    coarse = (x + grain) - grain
    return coarse.sum(-1, keepdim=True) + (x - coarse).sum(-1, keepdim=True)


def sum_of_others(x):
    """For each entry the sum of all others, without cancellation where the entry dominates."""
    is_top = torch.arange(x.shape[-1], device=x.device) == x.abs().argmax(-1)[..., None]
    without_top = torch.where(is_top, 0, x).sum(-1, keepdim=True)
    return torch.where(is_top, without_top, x.sum(-1, keepdim=True) - x)


def chances(logits, temperature=1.0):
    """Softmax p, 1 − p without cancellation, and the relative rounding error of their total."""
    row = around_the_top(logits, temperature)
    total = 1 + row.others
    others = row.others.detach()  # a rounding error has no gradient
    lost = others.clamp(max=1) - (total.detach() - others.clamp(min=1))
    not_p = torch.where(row.is_top, row.others, total - row.exp) / total
    return row.exp / total, not_p, lost / total


def from_level(gradient, logits, cost):
    """The gradient p Σ cost − cost of a softmax, with the digits that it loses near equal logits.

    With m = exp(gap) − 1 it is (Σ_j (cost_j − cost) + m Σ cost − cost Σ m) / Σ exp(gap).
    """
    row = around_the_top(logits, 1.0)
    near = row.gap.amin(-1, keepdim=True) > -1e-3
    small = torch.expm1(torch.where(near, row.gap, 0))
    apart = cost - cost[..., :1]
    level = apart.sum(-1, keepdim=True) - cost.shape[-1] * apart
    level = level + (small * cost.sum(-1, keepdim=True) - cost * small.sum(-1, keepdim=True))
    level = level / (1 + row.others)
    return torch.where(near & (torch.abs(level) < cost / 64), level, gradient)


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
    change = torch.where(near, p * torch.expm1(torch.where(near, t + lost, 0)), q - p)
    t, again = difference(t, torch.log1p(change.sum(-1, keepdim=True)))
    t = torch.where(p_logits == -math.inf, math.inf, t + (lost + again))
    root = torch.exp(gap_p / 2) * (1 + lost_p / 2) / torch.sqrt(p_total)
    return p, q, t, root


def _missing(row):
    """What the rounded log Σ exp lacks."""
    return row.others * torch.exp(-row.log_total) + torch.expm1(-row.log_total)


def charged(p, root, nats):
    """The product p · nats, also where only p = root² underflows."""
    return torch.where(p > 1e-290, p * nats, root * nats * root)


def sigmoid_power(logits, gamma):
    """σ(z)^γ as exp(−γ softplus(−z)): raising a rounded σ to γ would multiply its error by γ.

    Whole nats times a γ of few bits is an exact product, so exp has no rounding to enlarge.
    """
    nats = torch.where(logits < 0, -logits, 0).clamp(max=torch.finfo(logits.dtype).max)
    whole, last_bits = torch.floor(nats), gamma % 2**-20
    tail = nats - whole + torch.log1p(torch.exp(torch.where(logits < 0, logits, -logits)))
    return torch.exp((last_bits - gamma) * whole) * torch.exp(-last_bits * whole - gamma * tail)


def power(x, gamma, rounding):
    """x^γ, corrected for the relative error of x, which the power multiplies by γ."""
    # a slope of 0 at x = 0, where γ < 1 would give ∞ · 0
    power = torch.where(x == 0, 0.0**gamma, torch.where(x == 0, 1, x) ** gamma)
    return power * (1 - gamma * rounding)
