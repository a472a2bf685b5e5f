"""The maths in NumPy.

Read it beside ``torch_backend.py``, its twin: the same functions in the same order. Autograd and
the second device make all the difference between the two files.

The arguments have been checked and are floating point, the class axis is the last one, and the
losses are not reduced yet. The arrays are float64 whatever the caller passed; the result is
rounded once, at the end.
"""

import math

import numpy as np

from .numpy_arrays import (  # noqa: F401  (what a caller asks a backend for, too)
    class_weight,
    convert,
    extremes,
    integers,
    kind,
    one_hot,
    result_dtype,
    round_to,
    row_sums,
    sum_tolerance,
    widen,
    widened,
)
from .numpy_exact import (
    around_the_top,
    chances,
    charged,
    from_level,
    log_ratio,
    power,
    sigmoid_power,
    sum_of_others,
)

# ------------------------------------------------------------------ distributions


def entropy(p):
    return cross_entropy(p, p)


def cross_entropy(p, q):
    log_q = np.log(np.where((p == 0) & (q == 0), 1, q))  # 0 log 0 = 0
    return 0 - (p * log_q).sum(-1)  # 0 − x: plain −x prints a certain outcome as -0.0


def _log_of_ratio(p, q):
    """log(p/q), or 0 where p is 0. The quotient keeps what log p − log q loses of rare classes."""
    p, q = np.where(p == 0, 1, p), np.where(p == 0, 1, q)
    ratio = p / q
    near = np.abs(p - q) < q / 2
    inside = (ratio > np.finfo(p.dtype).tiny) & (ratio < np.inf)
    apart = np.log(np.where(inside, 1, p)) - np.log(np.where(inside, 1, q))
    quotient = np.log(np.where(inside & ~near, ratio, 1))
    return np.where(
        near, np.log1p(np.where(near, (p - q) / q, 0)), np.where(inside, quotient, apart)
    )


def kl_divergence(p, q):
    # Σ p log(p/q) − p + q has no negative term. With u = (q − p)/(q + p) a term is
    # (q − p) u − 2p (u³/3 + u⁵/5 + …): no cancellation when p and q are nearly equal.
    gap = q - p
    u = gap / np.where(p + q == 0, 1, p + q)
    u2 = np.minimum(u * u, 0.01)
    series = np.zeros_like(u2)
    for n in reversed(range(9)):  # 0.01⁹ is far below float64's last digit
        series = series * u2 + 1 / (2 * n + 3)
    near = gap * u - 2 * p * u * u2 * series
    far = p * _log_of_ratio(p, q) + gap
    return np.where(np.abs(u) < 0.1, near, far).sum(-1)


def kl_divergence_gradient(p, q):
    """log(p/q) in p, 0 instead of −∞ where p is 0, and (q − p)/q in q."""
    unless_0 = (q - p) / np.where(q == 0, 1, q)
    return _log_of_ratio(p, q), np.where((q == 0) & (p > 0), -np.inf, unless_0)


kl_divergence.gradient = kl_divergence_gradient


def jensen_shannon_divergence(p, q):
    # With m = (p + q)/2 and u = (q − p)/(p + q), p = m (1 − u) and q = m (1 + u): a term is
    # m/2 ((1 − u) log(1 − u) + (1 + u) log(1 + u)), and needs no difference of logarithms.
    u = (q - p) / np.where(p + q == 0, 1, p + q)
    small = np.where(np.abs(u) < 0.5, u, 0)
    near = 2 * small * np.arctanh(small) + np.log1p(-small * small)
    large = np.where(np.abs(u) < 0.5, 0, np.where(np.abs(u) < 1, np.abs(u), 0))
    far = (1 + large) * np.log1p(large) + (1 - large) * np.log1p(-large)
    alone = np.where(np.abs(u) == 1, 2 * np.log(2), near + far)
    return ((p + q) / 4 * alone).sum(-1)


def jensen_shannon_divergence_gradient(p, q):
    """½ log(p/m) in p and ½ log(q/m) in q; 0 instead of −∞ where p or q is 0."""
    u = (q - p) / np.where(p + q == 0, 1, p + q)
    return np.log1p(np.where(u == 1, 0, -u)) / 2, np.log1p(np.where(u == -1, 0, u)) / 2


jensen_shannon_divergence.gradient = jensen_shannon_divergence_gradient


def perplexity(nats):
    return np.exp(nats)


def to_bits(nats):
    return nats / np.log(2)


# ------------------------------------------------------------------ softmax and sigmoid


def _expected(mass, cost):
    free = (mass == 0) & np.isinf(cost)  # an event of mass 0 is free, even at an infinite cost
    return mass * np.where(free, 0, cost)


def _softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def logsumexp(logits):
    row = around_the_top(logits, 1.0)
    return np.where(np.isinf(row.top), row.top, row.top + row.log_total)[..., 0]


def z_loss(logits):
    return logsumexp(logits) ** 2


def log_softmax(logits, temperature):
    row = around_the_top(logits, temperature)
    return row.gap - row.log_total


def softmax(logits, temperature):
    row = around_the_top(logits, temperature)
    return row.exp / (1 + row.others)


def entropy_with_logits(logits):
    row = around_the_top(logits, 1.0)
    surprise = row.log_total - row.gap
    return (row.exp / (1 + row.others) * np.where(row.exp == 0, 0, surprise)).sum(-1)


def entropy_with_logits_gradient(logits):
    row = around_the_top(logits, 1.0)
    p, gap = row.exp / (1 + row.others), np.where(row.exp == 0, 0, row.gap)
    return p * ((p * gap).sum(-1, keepdims=True) - gap)  # −p (log p + H)


entropy_with_logits.gradient = entropy_with_logits_gradient


def _kl_terms(p_logits, q_logits):
    p, q, t, root = log_ratio(p_logits, q_logits)
    small = np.where(np.abs(t) < 1, t, 0)
    series = np.ones_like(small)  # 2 (eᵗ − 1 − t)/t² = 1 + t/3 (1 + t/4 (1 + …))
    for n in reversed(range(3, 20)):  # 1/19! is below float64's last digit
        series = 1 + small * series / n
    near = p * (series * small * small / 2)
    middle = np.expm1(np.where(t < 2, t, 0)) - t
    middle = charged(p, root, middle)
    far = q - p * (1 + np.where(p == 0, 0, t))
    terms = np.where(np.abs(t) < 1, near, np.where(t < 2, middle, far))
    impossible = (p_logits > -math.inf) & (q_logits == -math.inf) & (q == 0)
    return np.where(impossible, math.inf, terms)


def kl_divergence_with_logits(p_logits, q_logits):
    return _kl_terms(p_logits, q_logits).sum(-1)


def kl_divergence_with_logits_gradient(p_logits, q_logits):
    """−p (t + KL) in the first, and in the second q − p, or p (eᵗ − 1) where it has more digits."""
    p, q, t, root = log_ratio(p_logits, q_logits)
    excess = _kl_terms(p_logits, q_logits).sum(-1, keepdims=True)
    near = (np.abs(t) < 1) & (excess < 0.01)
    in_q = np.where(near, p * np.expm1(np.where(near, t, 0)), q - p)
    t = np.where(p_logits == -math.inf, 0, t)
    # where p is near 1, t + KL = Σ p_k (t − t_k) has smaller terms
    is_top = np.arange(p.shape[-1]) == p.argmax(-1)[..., None]
    apart = charged(p, root, np.where(is_top, t, 0).sum(-1, keepdims=True) - t)
    smaller = is_top & (np.abs(apart).sum(-1, keepdims=True) < excess)
    surprise = np.where(smaller, apart.sum(-1, keepdims=True), t + excess)
    return 0 - charged(p, root, surprise), in_q


kl_divergence_with_logits.gradient = kl_divergence_with_logits_gradient


def sigmoid(logits):
    e = np.exp(-np.abs(logits))  # never overflows
    return np.where(logits >= 0, 1, e) / (1 + e)


def log_sigmoid(logits):
    return 0 - _softplus(-logits)


def logit(probs):
    # log(p/(1 − p)) = log1p((2p − 1)/(1 − p)): near ½, where log p and log(1 − p) cancel, it is
    # exact to the last division. Both sides of ½ are done alike, by the smaller of p and 1 − p.
    less = np.where(probs < 0.5, probs, 1 - probs)
    rare = np.log(np.where(less < 0.25, less, 1)) - np.log1p(-np.where(less < 0.25, less, 0))
    size = np.log1p((1 - 2 * less) / np.where(less < 0.25, 1, less))
    size = np.where(less < 0.25, -rare, size)
    return np.where(probs < 0.5, -size, size)


def logit_gradient(probs):
    return 1 / (probs * (1 - probs))


logit.gradient = logit_gradient


def focal_posterior(logits, gamma):
    """Softmax of log h(q) with h(q) = q / ((1 − q)^γ (1 + γ r)), r = −q log q / (1 − q)."""
    row = around_the_top(logits, 1.0)
    log_q, q = row.gap - row.log_total, row.exp / (1 + row.others)
    others = np.where(row.is_top, -math.inf, row.gap)
    alone = row.is_top & (others.max(-1, keepdims=True) == -math.inf)  # no other class is possible
    others = logsumexp(np.where(alone, row.gap, others))[..., None]  # finite if row.others is 0
    log_rest = np.where(row.is_top, others - row.log_total, np.log1p(-np.where(row.is_top, 0, q)))
    rest = np.where(row.is_top, row.others / (1 + row.others), 1 - q)
    r = np.where(rest == 0, 1, _expected(q, -log_q) / np.where(rest == 0, 1, rest))
    return softmax(log_q - gamma * log_rest - np.log1p(gamma * r), 1.0)


# ------------------------------------------------------------------ two classes


def mse_loss(input, target):
    return (input - target) ** 2


def binary_cross_entropy(input, target, weight):
    positive, negative = weight * target, weight * (1 - target)
    log_q = np.log(np.where((positive == 0) & (input == 0), 1, input))
    log_1_q = np.log1p(-np.where((negative == 0) & (input == 1), 0, input))
    return 0 - (positive * log_q + negative * log_1_q)


def _pull(positive, negative, yes, no, odd):
    """N no − P yes for the masses P and N; ``odd`` is no − yes, with the digits it loses near 0."""
    mean = (yes + no) / 2
    by_odd = (negative - positive) * mean + (negative / 2 + positive / 2) * odd
    return np.where(np.abs(odd) < mean, by_odd, negative * no - positive * yes)


def _error(positive, negative, z):
    """N σ(z) − P σ(−z) for the masses P and N; σ(z) − σ(−z) = tanh(z/2)."""
    return _pull(positive, negative, sigmoid(-z), sigmoid(z), np.tanh(z / 2))


def binary_cross_entropy_with_logits(input, target, weight, pos_weight):
    positive, negative = weight * pos_weight * target, weight * (1 - target)
    return _expected(positive, _softplus(-input)) + _expected(negative, _softplus(input))


def binary_cross_entropy_with_logits_gradient(input, target, weight, pos_weight):
    return _error(weight * pos_weight * target, weight * (1 - target), input)


binary_cross_entropy_with_logits.gradient = binary_cross_entropy_with_logits_gradient


def _focal_masses(target, alpha):
    return (target, 1 - target) if alpha is None else (alpha * target, (1 - alpha) * (1 - target))


def sigmoid_focal_loss(input, target, alpha, gamma):
    positive, negative = _focal_masses(target, alpha)
    when_1 = _expected(positive * sigmoid_power(-input, gamma), _softplus(-input))
    when_0 = _expected(negative * sigmoid_power(input, gamma), _softplus(input))
    return when_1 + when_0


def _focal_odd(z, gamma):
    """The gradient of no less that of yes, in factors that are small near z = 0."""
    q, not_q, tilt = sigmoid(z), sigmoid(-z), np.tanh(z / 2)
    of_power = np.expm1(gamma * z) * (gamma * not_q * _softplus(z) + q)
    of_rest = gamma * (not_q * z - _softplus(-z) * tilt) + tilt
    return sigmoid_power(-z, gamma) * (of_power + of_rest)


def sigmoid_focal_loss_gradient(input, target, alpha, gamma):
    positive, negative = _focal_masses(target, alpha)
    q, not_q = sigmoid(input), sigmoid(-input)
    yes = sigmoid_power(-input, gamma) * (gamma * _expected(q, _softplus(-input)) + not_q)
    no = sigmoid_power(input, gamma) * (gamma * _expected(not_q, _softplus(input)) + q)
    near = np.abs(input) * (1 + gamma) < 1
    odd = np.where(near, _focal_odd(np.where(near, input, 0), gamma), no - yes)
    return _pull(positive, negative, yes, no, odd)


sigmoid_focal_loss.gradient = sigmoid_focal_loss_gradient


def mse_with_logits(input, target):
    return _error(target, 1 - target, input) ** 2  # (σ(z) − y)²


def mse_with_logits_gradient(input, target):
    return 2 * _error(target, 1 - target, input) * sigmoid(input) * sigmoid(-input)


mse_with_logits.gradient = mse_with_logits_gradient


# ------------------------------------------------------------------ K classes


def _examples(logits, target, share=1.0):
    """Logits, and rows of probabilities times a share, also for labels.

    An example that is ignored, or has a share of 0, has zeros in both.
    """
    if target.shape == logits.shape:
        if isinstance(share, float):
            return logits, target
        counts = share[..., None] != 0
    else:
        counts = (target >= 0)[..., None]
        target = one_hot(target, logits)
    if not isinstance(share, float):
        counts, target = counts & (share[..., None] != 0), target * share[..., None]
    return np.where(counts, logits, 0), target


def _class_costs(target, weight, label_smoothing):
    share = label_smoothing / target.shape[-1]
    return weight * ((1 - label_smoothing) * target + share * target.sum(-1, keepdims=True))


def softmax_cross_entropy_with_logits(logits, target, weight, share, label_smoothing):
    logits, target = _examples(logits, target, share)
    cost = _class_costs(target, weight, label_smoothing)
    return _expected(cost, 0 - log_softmax(logits, 1.0)).sum(-1)


def softmax_cross_entropy_with_logits_gradient(logits, target, weight, share, label_smoothing):
    logits, target = _examples(logits, target, share)
    cost = _class_costs(target, weight, label_smoothing)
    p, not_p, _ = chances(logits)
    # (Σ cost) p − cost; where the two may nearly cancel, the same from 1 − p and Σ cost − cost
    total = cost.sum(-1, keepdims=True)
    by_lack = p * sum_of_others(cost) - cost * not_p
    return from_level(np.where(2 * cost > total, by_lack, p * total - cost), logits, cost)


softmax_cross_entropy_with_logits.gradient = softmax_cross_entropy_with_logits_gradient


def softmax_focal_loss(logits, target, weight, share, gamma):
    logits, target = _examples(logits, target, share)
    _, not_p, rounding = chances(logits)
    surprise = 0 - log_softmax(logits, 1.0)
    return _expected(weight * target * power(not_p, gamma, rounding), surprise).sum(-1)


def softmax_focal_loss_gradient(logits, target, weight, share, gamma):
    logits, target = _examples(logits, target, share)
    p, not_p, rounding = chances(logits)
    p_surprise = _expected(p, 0 - log_softmax(logits, 1.0))
    pull = weight * target * power(not_p, gamma, rounding) * (gamma * p_surprise + not_p)
    return p * sum_of_others(pull / np.where(not_p == 0, 1, not_p)) - pull


softmax_focal_loss.gradient = softmax_focal_loss_gradient


def brier_score(probs, target):
    probs, target = _examples(probs, target)
    return ((probs - target) ** 2).sum(-1)


def brier_with_logits(logits, target):
    logits, target = _examples(logits, target)
    p, not_p, _ = chances(logits)
    return (((1 - target) * p - target * not_p) ** 2).sum(-1)  # (p − y)²


def brier_with_logits_gradient(logits, target):
    logits, target = _examples(logits, target)
    p, not_p, _ = chances(logits)
    error = (1 - target) * p - target * not_p
    return 2 * p * (error * not_p - sum_of_others(error * p))


brier_with_logits.gradient = brier_with_logits_gradient


# ------------------------------------------------------------------ weights and calibration


def inverse_frequency_weights(counts):
    return counts.sum() / (counts.shape[0] * counts)


def effective_number_weights(counts, beta):
    # (1 − β)/(1 − βⁿ) up to a common factor
    weights = -1 / np.expm1(counts * np.log(np.full_like(counts, beta)))
    return weights * (counts.shape[0] / weights.sum())


def equal_width_edges(n_bins, probs):
    """The edges between the bins, rounded as the probabilities were: 0.3 is 3/10 in each dtype."""
    edges = np.arange(1, n_bins) / n_bins
    return edges.astype(probs.dtype).astype(float) if kind(probs) == "floating" else edges


def equal_count_edges(n_bins, confidence, weight):
    """The edges between bins of equal weight: values of the data, so that equal ones stay together.

    Edge b is the smallest probability with b/n of all the weight at or below it.
    """
    order = np.argsort(confidence)
    share = np.cumsum(np.broadcast_to(weight, confidence.shape)[order])
    wanted = np.arange(1, n_bins) / n_bins * (1 - 1e-9)  # the sums are rounded
    return confidence[order][np.searchsorted(share / share[-1], wanted)]


def reliability_curve(confidence, correct, inner_edges, weight):
    n_bins, total_of = len(inner_edges) + 1, np.bincount
    index = np.searchsorted(inner_edges, confidence)  # bins (low, high], 0 in the first
    total = total_of(index, weight, n_bins)  # without weights the count
    weight = 1.0 if weight is None else weight
    mean_confidence = total_of(index, weight * confidence, n_bins) / total  # 0/0 = nan: no data
    return mean_confidence, total_of(index, weight * correct, n_bins) / total, total


def _gaps(confidence, correct, inner_edges, weight):
    mean_confidence, fraction, total = reliability_curve(confidence, correct, inner_edges, weight)
    return np.where(total == 0, 0, np.abs(mean_confidence - fraction)), total


def expected_calibration_error(confidence, correct, inner_edges, weight):
    gap, total = _gaps(confidence, correct, inner_edges, weight)
    return (gap * total).sum() / total.sum()


def maximum_calibration_error(confidence, correct, inner_edges, weight):
    return _gaps(confidence, correct, inner_edges, weight)[0].max()


def top_class(probs):
    return probs.max(-1), probs.argmax(-1)


def temperature_derivatives(logits, target, weight, beta):
    """The first two derivatives in β = 1/temperature of the cross-entropy of β · logits, summed."""
    gap = around_the_top(logits, 1.0).gap
    p = softmax(np.where(gap == 0, 0, gap * beta), 1.0)  # 0 · ∞ = 0 at the top
    mean = (p * gap).sum(-1, keepdims=True)
    variance = (p * (gap - mean) ** 2).sum(-1)
    first = mean[..., 0] - (target * gap).sum(-1)
    return (weight * first).sum().item(), (weight * variance).sum().item()
