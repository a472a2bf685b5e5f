"""Code exercises on class weights and focal loss."""

import numpy as np

import ce_lib as ce

from . import Exercise, Trap


def two_means(losses, y, weights):
    total = (weights[y] * losses).sum()
    return total / len(y), total / weights[y].sum()


def two_means_steps(losses, y, weights):
    each = weights[y]
    total = (each * losses).sum()
    return total / len(y), total / each.sum()


def two_means_cases(rng):
    fixed = (np.array([1.0, 2.0, 4.0]), np.array([0, 0, 1]), np.array([1.0, 5.0]))
    # a class that does not occur, and whole batches of one class
    rare = (np.array([0.5, 0.25]), np.array([2, 2]), np.array([3.0, 1.0, 0.5]))
    return [fixed, rare] + [
        (rng.exponential(size=n), rng.integers(0, K, n), rng.uniform(0.1, 9, K))
        for n, K in ((5, 2), (8, 3), (30, 4))
    ]


def focal_loss(z, y, gamma):
    log_q = ce.log_softmax(z)[np.arange(len(y)), y]
    return np.mean((1 - np.exp(log_q)) ** gamma * -log_q)


def focal_loss_steps(z, y, gamma):
    log_q = ce.log_softmax(z)[np.arange(len(y)), y]
    factor = (1 - np.exp(log_q)) ** gamma
    return np.mean(factor * -log_q)


def focal_cases(rng):
    fixed = (np.array([[2.0, 0.0, -1.0], [0.0, 1.0, 3.0]]), np.array([0, 1]), 2.0)
    far = (np.array([[800.0, 0.0, 0.0], [0.0, 800.0, 0.0]]), np.array([1, 1]), 2.0)
    return [fixed, far] + [
        (rng.normal(0, 3, (n, K)), rng.integers(0, K, n), gamma)
        for n, K, gamma in ((4, 2, 0.0), (6, 5, 1.0), (9, 3, 2.5))
    ]


def _naive(z, y):
    return (np.exp(z) / np.exp(z).sum(-1, keepdims=True))[np.arange(len(y)), y]


def _picked(z, y):
    return ce.log_softmax(z)[np.arange(len(y)), y]


def best_answer(p, gamma):
    grid = np.arange(0.01, 1, 0.001)
    loss = -p * (1 - grid) ** gamma * np.log(grid) - (1 - p) * grid**gamma * np.log(1 - grid)
    return grid[np.argmin(loss)]


def best_answer_steps(p, gamma):
    q = np.arange(0.01, 1, 0.001)
    yes = -((1 - q) ** gamma) * np.log(q)
    no = -(q**gamma) * np.log(1 - q)
    loss = p * yes + (1 - p) * no
    return q[np.argmin(loss)]


def _grid_best(loss):
    grid = np.arange(0.01, 1, 0.001)
    return lambda p, gamma: grid[np.argmin(loss(p, grid, gamma))]


EXERCISES = {
    "weight-means": Exercise(
        two_means,
        two_means_cases,
        (
            Trap(
                lambda losses, y, weights: two_means(losses, y, weights)[::-1],
                "Both means are right, in the other order: first the one divided by N.",
            ),
            Trap(
                lambda losses, y, weights: (
                    (weights[y] * losses).sum() / len(y),
                    (weights[y] * losses).sum() / weights.sum(),
                ),
                "The second mean divides by the sum of the class weights. It must be that "
                "of the weights of the examples, weights[y].sum(): a class counts once for each.",
                "return total / len(y), total / weights.sum()",
            ),
            Trap(
                lambda losses, y, weights: (losses.mean(), losses.sum() / weights[y].sum()),
                "The losses themselves are not weighted: multiply each by weights[y] first.",
                "total = losses.sum()",
            ),
            Trap(
                lambda losses, y, weights: ((weights[y] * losses).sum(),) * 2,
                "These are sums: one is to be divided by N, the other by the sum of the weights.",
            ),
            Trap(
                lambda losses, y, weights: (
                    (weights[y] * losses).sum() / len(weights),
                    (weights[y] * losses).sum() / weights[y].sum(),
                ),
                "The first mean divides by the number of classes; N is the number of examples.",
                "return total / len(weights), total / each.sum()",
            ),
        ),
        (
            "weights[y] is the weight of each example.",
            "Both means have the same numerator, the sum of weight times loss.",
        ),
        steps=two_means_steps,
    ),
    "weight-focal": Exercise(
        focal_loss,
        focal_cases,
        (
            Trap(
                lambda z, y, gamma: np.mean(_naive(z, y) ** gamma * -_picked(z, y)),
                "The factor is q to the power γ: it turns down what is wrong. It must be 1 − q.",
            ),
            Trap(
                lambda z, y, gamma: np.mean(np.exp(_picked(z, y)) ** gamma * -_picked(z, y)),
                "The factor is q to the power γ: it turns down what is wrong. It must be 1 − q.",
                "factor = np.exp(log_q) ** gamma",
            ),
            Trap(
                lambda z, y, gamma: np.mean((1 - _naive(z, y)) ** gamma * -np.log(_naive(z, y))),
                "With logits of 800 it is nan: exp(800) is infinite. Begin with ce.log_softmax.",
            ),
            Trap(
                lambda z, y, gamma: np.mean(
                    (1 - np.exp(_picked(z, y))) ** gamma * -np.log(np.exp(_picked(z, y)))
                ),
                "It goes from log q to q and back, and on the way log q = −800 becomes log 0. "
                "Keep the log for the loss, and take exp only for the factor.",
            ),
            Trap(
                lambda z, y, gamma: np.sum((1 - np.exp(_picked(z, y))) ** gamma * -_picked(z, y)),
                "This is the sum over the examples; the mean was asked for.",
                "return np.sum(factor * -log_q)",
            ),
            Trap(
                lambda z, y, gamma: (1 - np.exp(_picked(z, y))) ** gamma * -_picked(z, y),
                "These are the losses of the examples; their mean was asked for.",
            ),
            Trap(
                lambda z, y, gamma: (
                    (1 - np.exp(_picked(z, y).mean())) ** gamma * -_picked(z, y).mean()
                ),
                "The mean is taken too early: with one q for the whole batch, every example gets "
                "the same factor. This is the bug of the last exercise of the chapter.",
            ),
            Trap(
                lambda z, y, gamma: np.mean((1 - np.exp(_picked(z, y)) ** gamma) * -_picked(z, y)),
                "The power is on q alone, 1 − q^γ: it belongs outside the brackets.",
                "factor = 1 - np.exp(log_q) ** gamma",
            ),
        ),
        (
            "ce.log_softmax(z) has a row for each example; take the entry of its label.",
            "With log_q of the labels: the mean of (1 − exp(log_q)) ** gamma times −log_q.",
        ),
        without=("softmax_focal_loss", "sigmoid_focal_loss"),
        steps=focal_loss_steps,
    ),
    "weight-proper": Exercise(
        best_answer,
        lambda rng: (
            [(0.8, 2.0), (0.8, 0.0), (0.8, 5.0)]
            + [
                (round(p, 2), g)
                for p, g in zip(rng.uniform(0.55, 0.95, 3), (0.5, 1.0, 3.0), strict=True)
            ]
        ),
        (
            Trap(
                lambda p, gamma: p,
                "This is p for every γ, as for the plain loss: are the focal factors there? With "
                "them the best answer is p for γ = 0 only.",
            ),
            Trap(
                _grid_best(lambda p, q, gamma: -((1 - q) ** gamma) * np.log(q)),
                "Only the loss of “yes” is there, so the surest q wins. The expected loss has "
                "both, p times that of “yes” and 1 − p times that of “no”.",
            ),
            Trap(
                _grid_best(
                    lambda p, q, gamma: (
                        -(1 - p) * (1 - q) ** gamma * np.log(q) - p * q**gamma * np.log(1 - q)
                    )
                ),
                "“Yes” and “no” are swapped: the loss of “yes” counts p, that of “no” 1 − p.",
                "loss = (1 - p) * yes + p * no",
            ),
            Trap(
                lambda p, gamma: round((best_answer(p, gamma) - 0.01) / 0.001),
                "This is the place on the grid, not the q at that place: index the grid with it.",
                "return np.argmin(loss)",
            ),
            Trap(
                _grid_best(
                    lambda p, q, gamma: (
                        p * (1 - q) ** gamma * np.log(q) + (1 - p) * q**gamma * np.log(1 - q)
                    )
                ),
                "The sign: this is where the expected loss is largest. A loss is −log.",
                "return q[np.argmax(loss)]",
            ),
        ),
        (
            "Write the expected loss as a function of q on the whole grid at once.",
            "p times the loss of “yes” at q plus 1 − p times the loss of “no” at q; then argmin.",
        ),
        steps=best_answer_steps,
        rtol=2e-3,
    ),
}
