"""The patients of the project: their data, a loss with faults, and the training.

The formulas here are as people write them, right and wrong. They are not part of the library.
"""

import functools
from dataclasses import dataclass

import numpy as np

from ._suspects import OF_THE_PAGE, PAIRS, SMOOTHING

EPS = 1e-2  # replaces a target of 0 under the logarithm, with "swapped arguments"
STEPS, RATE = 200, 0.5


def draw(rng):
    """Draws clouds of K classes in the plane, each class half as common as the one before.

    Returns:
        centres (K, 2), share (K,), then X (600, 2) and y (600,) for training, with a fifth of the
        labels missing (−1), then X and y for validation.
    """
    K = int(rng.integers(3, 6))
    angle = rng.uniform(0, 2 * np.pi) + 2 * np.pi * rng.permutation(K) / K
    centres = 2.5 * np.stack([np.cos(angle), np.sin(angle)], 1)
    share = 0.5 ** np.arange(K)
    share /= share.sum()
    parts = []
    for _ in ("train", "validate"):
        y = np.searchsorted(np.cumsum(share), (np.arange(600) + 0.5) / 600)
        y = rng.permutation(y)
        parts += [centres[y] + rng.normal(size=(600, 2)), y]
    parts[1][rng.random(600) < 0.2] = -1
    return centres, share, *parts


def logits(theta, X, faults=()):
    """Logits (N, K) of inputs X (N, 2), in the precision of the patient."""
    W, b = theta
    return X.astype(kind(faults)) @ W + b


def kind(faults):
    return np.float16 if "float16" in faults else np.float32


def softmax(z, faults):
    """The probabilities of rows of logits, and their logarithms."""
    if "no shift" in faults:
        q = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
        return q, np.log(q)
    z = z - z.max(-1, keepdims=True)
    log_q = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return np.exp(log_q), log_q


def loss_and_slope(z, y, faults, weights, eps):
    """The loss of a batch as the patient reports it, and the gradient that its training uses.

    Args:
        z: (N, K) logits.
        y: (N,) labels, −1 for a missing one.
        faults: names of faults of a loss.
        weights: (K,) class weights, used only with the fault "class weights".
        eps: clipping threshold, used only with the fault "clipped probabilities".
    """
    z, K = z.astype(kind(faults)), z.shape[1]
    counts = np.ones(len(y), bool) if "label -1" in faults else y >= 0
    truth = np.eye(K, dtype=z.dtype)[y]  # NumPy reads −1 as the last row
    if "label smoothing" in faults:
        truth = (1 - SMOOTHING) * truth + SMOOTHING / K
    q, log_q = softmax(z, faults)
    if "double softmax" in faults:
        again, log_again = softmax(q, ())
        loss = -(truth * log_again).sum(1)
        slope = through_softmax(q, again - truth)
    elif "swapped arguments" in faults:
        surprise = -np.log(np.maximum(truth, EPS))
        loss = (q * surprise).sum(1)
        slope = through_softmax(q, surprise)
    elif "squared error" in faults:
        loss = ((q - truth) ** 2).sum(1)
        slope = through_softmax(q, 2 * (q - truth))
    elif "clipped probabilities" in faults:
        of_truth = (truth * q).sum(1)
        inside = (eps < of_truth) & (of_truth < 1 - eps)
        loss = -np.log(np.clip(of_truth, eps, 1 - eps))
        slope = np.where(inside[:, None], q - truth, 0)
    else:
        loss = -np.where(truth > 0, truth * log_q, 0).sum(1)
        slope = q - truth
    weight = np.where(counts, weights[y] if "class weights" in faults else 1.0, 0.0)
    n = 1 if "sum for mean" in faults else max(counts.sum(), 1)
    # where, not a product with 0: 0 · nan is nan, and a missing label must not count
    value = np.where(counts, weight * loss, 0).sum() / n
    slope = np.where(counts[:, None], weight[:, None] * slope, 0) / n
    return value / np.log(2) if "bits for nats" in faults else value, slope.astype(z.dtype)


def through_softmax(q, slope):
    return q * (slope - (q * slope).sum(-1, keepdims=True))


def start(centres, faults, common):
    """The start: a checkpoint for other class numbers, so it is sure and wrong."""
    W = 2 * np.roll(centres, 1, 0).T
    return W.astype(kind(faults)), np.full(len(centres), common, kind(faults))


def train(theta, X, y, X_val, y_val, faults, weights, eps):
    """Trains by full-batch gradient descent.

    Returns:
        theta after the last step; then, for each step, the reported loss, the accuracy on the
        validation data and the largest logit.
    """
    log = []
    W, b = theta
    for _ in range(STEPS):
        z = logits((W, b), X, faults)
        value, slope = loss_and_slope(z, y, faults, weights, eps)
        accuracy = np.mean(logits((W, b), X_val, faults).argmax(1) == y_val)
        log.append((value, accuracy, z[y >= 0].max()))  # only these enter the loss
        rate = W.dtype.type(RATE)
        W = W - rate * (X.T.astype(W.dtype) @ slope)
        b = b - rate * slope.sum(0, dtype=b.dtype)
    return (W, b), np.array(log, float).T


@dataclass(frozen=True)
class Case:
    """Everything about a patient."""

    faults: tuple
    weights: object
    eps: float
    start: tuple
    theta: tuple
    log: object
    data: tuple
    goal: float


@functools.lru_cache(maxsize=64)
def case(seed):
    rng = np.random.default_rng(seed)
    centres, share, *data = draw(rng)
    _, y, X_val, y_val = data
    n = np.bincount(y[y >= 0])
    weights, eps = n.sum() / (len(n) * n), rng.choice([0.03, 0.05])
    common = rng.uniform(60, 80)
    faults = PAIRS[rng.integers(len(PAIRS))] if seed else OF_THE_PAGE
    best = np.log(share) - ((X_val[:, None] - centres) ** 2).sum(2) / 2
    goal = round(cross_entropy(softmax(best, ())[0], y_val) + 0.05, 3)
    with np.errstate(all="ignore"):
        given = (*data, faults, weights, eps)
        if "no shift" in faults:
            common = _overflows_late(centres, given)
        begin = start(centres, faults, common)
        theta, log = train(begin, *given)
    return Case(faults, weights, eps, begin, theta, log[:2], tuple(data), goal)


def _overflows_late(centres, given):
    """What to add to all logits of the start, so that one overflows in float32 late in the run.

    Softmax ignores such a constant. Without the shift the run ends in nan, but not at once.
    """
    *data, faults, weights, eps = given
    shifted = tuple(name for name in faults if name != "no shift")
    _, (_, _, largest) = train(start(centres, shifted, 0), *data, shifted, weights, eps)
    before = np.maximum.accumulate(largest)[:-1]
    growth = largest[1:] - before
    grows = np.flatnonzero((growth > 0.02) & (before < largest[0] + 20))
    late = grows[grows > STEPS // 5]
    last = np.log(np.finfo(np.float32).max)
    if not len(grows):
        return last - largest[0] + 1
    at = late[0] if len(late) else grows[-1]
    return last - before[at] - min(growth[at], 1) / 2


def cross_entropy(q, y):
    with np.errstate(divide="ignore"):
        return -np.log(q[np.arange(len(y)), y]).mean()
