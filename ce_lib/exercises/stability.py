"""Code exercises on softmax and numerical stability."""

import numpy as np

from . import Exercise, Trap


def log_softmax(z):
    u = z - z.max(-1, keepdims=True)
    return u - np.log(np.exp(u).sum(-1, keepdims=True))


def log_softmax_steps(z):
    u = z - z.max(-1, keepdims=True)
    total = np.exp(u).sum(-1, keepdims=True)
    return u - np.log(total)


def rows_cases(rng):
    return [
        (np.array([[1000.0, 0.0, -1000.0], [0.1, 0.2, 0.3]]),),
        (np.array([[3.0, 1.0], [0.0, 0.0], [-2.0, 5.0]]),),
        *((rng.normal(0, 4, shape),) for shape in ((2, 4), (5, 3), (3, 30))),
    ]


def exact_loss(z, y):
    others = np.delete(z, y) - z[y]
    top = max(others.max(), 0.0)
    if top == 0:  # the truth is on top: what is left over is small, and log1p keeps it
        return np.log1p(np.exp(others).sum())
    return top + np.log(np.exp(-top) + np.exp(others - top).sum())


def one_row_cases(rng):
    certain = [(np.array([float(margin), 0.0, 0.0]), 0) for margin in (40, 100, 600)]
    far = [(np.array([0.0, 1000.0]), 0), (np.array([2.0, 1.0, 0.0]), 1)]
    far.append((np.array([800.0, 799.0, 0.0]), 0))
    return certain + far + [(rng.normal(0, 9, K), int(rng.integers(K))) for K in (2, 3, 10, 50)]


def through_softmax(q, slope):
    return q * (slope - (q * slope).sum(-1, keepdims=True))


def through_softmax_steps(q, slope):
    mean = (q * slope).sum(-1, keepdims=True)
    beyond = slope - mean
    return q * beyond


def slopes_cases(rng):
    return [
        (np.array([[0.2, 0.3, 0.5]]), np.array([[1.0, 0.0, -1.0]])),
        *(
            (rng.dirichlet(np.ones(K), n), rng.normal(size=(n, K)))
            for n, K in ((2, 2), (4, 5), (3, 9))
        ),
    ]


def _lse(z, axis=-1):
    return np.log(np.exp(z).sum(axis, keepdims=True))


EXERCISES = {
    "stable-log-softmax": Exercise(
        log_softmax,
        rows_cases,
        (
            Trap(
                lambda z: np.log(np.exp(z) / np.exp(z).sum(-1, keepdims=True)),
                "exp(1000) is infinite, and infinite by infinite is nan. Take the largest logit of "
                "each row off first.",
            ),
            Trap(
                lambda z: z - _lse(z),
                "exp(1000) is infinite, and so is the sum. Take off the largest logit of a row.",
            ),
            Trap(
                lambda z: np.log(
                    np.exp(z - z.max(-1, keepdims=True))
                    / np.exp(z - z.max(-1, keepdims=True)).sum(-1, keepdims=True)
                ),
                "The softmax is right, but small probabilities become 0 before the log, which "
                "makes −∞ of −1000. Do not divide: subtract the log of the sum.",
                "return np.log(np.exp(u) / total)",
            ),
            Trap(
                lambda z: z - z.max() - _lse(z - z.max()),
                "One maximum for all rows: a row far below it underflows to log 0. Each row needs "
                "its own.",
                "u = z - z.max()",
            ),
            Trap(
                lambda z: z - z.max(0) - _lse(z - z.max(0), 0),
                "The classes lie along the last axis: take max and sum over axis −1, not 0.",
            ),
            Trap(
                lambda z: z - _lse(z - z.max(-1, keepdims=True)),
                "The maximum was taken off inside the sum only: log Σ exp(z − m) lacks m. Take it "
                "off z as well.",
                "return z - np.log(total)",
            ),
            Trap(
                lambda z: np.exp(log_softmax(z)),
                "This is softmax; its logarithm was asked for.",
            ),
        ),
        (
            "Begin with u = z − its row maximum: the answer for u is that for z.",
            "u − log Σ exp(u), with keepdims=True in max and sum.",
        ),
        without=("log_softmax", "logsumexp", "softmax", "logaddexp"),
        steps=log_softmax_steps,
    ),
    "stable-loss": Exercise(
        exact_loss,
        one_row_cases,
        (
            Trap(
                lambda z, y: -log_softmax(z)[y],
                "Where the model is nearly certain this is exactly 0, where 10⁻⁴⁰ is right: "
                "1 + r was rounded to 1. Use log1p on the sum of the others.",
            ),
            Trap(
                lambda z, y: np.log1p(np.exp(np.delete(z, y) - z[y]).sum()),
                "The certain cases are right now, but with the truth 1000 below, exp overflows. "
                "There, take the largest difference out first.",
            ),
            Trap(
                lambda z, y: np.log(1 + np.exp(np.delete(z, y) - z[y]).sum()),
                "1 + r is rounded to 1 for a small r; np.log1p(r) keeps it.",
                "return np.log(1 + np.exp(others).sum())",
            ),
            Trap(
                lambda z, y: np.log(np.exp(z).sum()) - z[y],
                "exp(1000) is infinite, and the difference of equal numbers is 0. Work with the "
                "differences z_k − z_y.",
                "return np.log(np.exp(z).sum()) - z[y]",
            ),
            Trap(
                lambda z, y: -np.log(np.exp(log_softmax(z))[y] + 1e-12),
                "The ε costs the truth: it makes the loss of a certain answer negative, and "
                "bounds that of a wrong one.",
            ),
        ),
        (
            "With the truth on top the loss is log(1 + r), with r the sum of exp(z_k − z_y).",
            "np.log1p(r) where no difference is above 0; else m + log(exp(−m) + Σ exp(d − m)), "
            "with m the largest difference.",
        ),
        without=("softmax_cross_entropy_with_logits",),
        atol=0.0,
    ),
    "stable-twice": Exercise(
        through_softmax,
        slopes_cases,
        (
            Trap(
                lambda q, slope: q * (1 - q) * slope,
                "Only the diagonal of the Jacobian is there: each q_j depends on every logit, by "
                "−q_j q_k for j ≠ k.",
            ),
            Trap(
                lambda q, slope: q * slope,
                "The second term is missing: −q_k Σ_j q_j · slope_j.",
            ),
            Trap(
                lambda q, slope: q * (slope - slope.sum(-1, keepdims=True)),
                "The sum must be weighted by q: Σ_j q_j · slope_j.",
            ),
            Trap(
                lambda q, slope: q * (slope - slope.mean(-1, keepdims=True)),
                "The plain mean is not it: weight by q, Σ_j q_j · slope_j.",
                "mean = slope.mean(-1, keepdims=True)",
            ),
            Trap(
                lambda q, slope: slope - (q * slope).sum(-1, keepdims=True),
                "The factor q_k in front is missing.",
                "return beyond",
            ),
            Trap(
                lambda q, slope: q * (slope - (q * slope).sum()),
                "The sum runs over all examples: it belongs to each row, over axis −1.",
                "mean = (q * slope).sum()",
            ),
        ),
        (
            "Σ_j slope_j · q_j (δ_jk − q_k) has two terms: write them down.",
            "q · (slope − Σ_j q_j slope_j), with keepdims=True in the sum.",
        ),
        steps=through_softmax_steps,
    ),
}
