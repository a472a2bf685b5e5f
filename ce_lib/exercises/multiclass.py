"""Code exercises on multiclass cross-entropy."""

import numpy as np

import ce_lib as ce

from . import Exercise, Trap


def mean_loss(z, labels):
    top = z.max(-1, keepdims=True)
    logsumexp = np.log(np.exp(z - top).sum(-1)) + top[:, 0]
    return np.mean(logsumexp - z[np.arange(len(z)), labels])


def loss_cases(rng):
    return [
        (np.array([[800.0, 0.0], [0.0, 1.0]]), np.array([1, 0])),
        (np.array([[800.0, 0.0], [0.0, 1.0]]), np.array([0, 1])),
        (np.array([[2.0, 0.0, -1.0], [0.5, 1.5, 0.0]]), np.array([0, 2])),
        *((rng.normal(0, 2, (n, K)), rng.integers(0, K, n)) for n, K in ((3, 4), (5, 2), (7, 10))),
    ]


def picked(rows, labels):
    return rows[np.arange(len(rows)), labels]


def naive(z):
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


def floor(K, epsilon):
    target = np.full(K, epsilon / K)
    target[0] += 1 - epsilon
    return -np.sum(target * np.log(target))


def floor_cases(rng):
    fixed = [(2, 0.1), (10, 0.1)]
    return fixed + [(int(rng.integers(3, 1000)), float(rng.uniform(0.01, 0.5))) for _ in range(4)]


def split(K, epsilon):
    """The share goes to the other classes only."""
    return -(1 - epsilon) * np.log(1 - epsilon) - epsilon * np.log(epsilon / (K - 1))


def best_factor(z, labels, factors):
    losses = [ce.softmax_cross_entropy_with_logits(z * factor, labels) for factor in factors]
    return factors[np.argmin(losses)]


def best_factor_steps(z, labels, factors):
    scaled = [z * factor for factor in factors]
    losses = [ce.softmax_cross_entropy_with_logits(s, labels) for s in scaled]
    return factors[np.argmin(losses)]


def factor_cases(rng):
    cases = []
    for n, K in ((40, 3), (60, 5), (80, 10), (50, 4)):
        factors = np.array([0.1, 0.2, 0.4, 0.6, 0.8, 1.2, 1.6, 2.5, 4.0])
        z, scale = rng.normal(0, 2, (n, K)), rng.choice([0.4, 0.6, 1.6, 2.5])
        labels = (scale * z + rng.gumbel(size=(n, K))).argmax(-1)
        cases.append((z, labels, factors))
    return cases


EXERCISES = {
    "multi-write": Exercise(
        mean_loss,
        loss_cases,
        (
            Trap(
                lambda z, labels: -np.mean(np.log(picked(naive(z), labels))),
                "exp(800) is infinite, and infinite by infinite is nan. Take the largest logit of "
                "each row out first.",
            ),
            Trap(
                lambda z, labels: np.mean(np.log(np.exp(z).sum(-1)) - picked(z, labels)),
                "The log is outside the sum, but exp(800) is infinite all the same. Take the "
                "largest logit of each row out first.",
                "logsumexp = np.log(np.exp(z).sum(-1))",
            ),
            Trap(
                lambda z, labels: len(z) * mean_loss(z, labels),
                "This is the sum over the examples: take the mean.",
            ),
            Trap(
                lambda z, labels: ce.softmax_cross_entropy_with_logits(z, labels, reduction="none"),
                "These are the losses of the examples; their mean was asked for.",
                "return logsumexp - z[np.arange(len(z)), labels]",
            ),
            Trap(
                lambda z, labels: mean_loss(ce.softmax(z), labels),
                "Softmax is applied twice: z are logits already.",
            ),
            Trap(
                lambda z, labels: -np.mean(picked(z, labels)),
                "Without the logarithm of the sum of exponentials these are logits, not "
                "log-probabilities.",
            ),
            Trap(
                lambda z, labels: np.mean(
                    np.log(np.exp(z - z.max(-1, keepdims=True)).sum(-1)) - picked(z, labels)
                ),
                "The maximum was taken out of the exponentials and not put back: log Σ exp(z − m) "
                "needs + m, or take m off the label's logit too.",
                "logsumexp = np.log(np.exp(z - top).sum(-1))",
            ),
            Trap(
                lambda z, labels: -np.mean(np.log(picked(ce.softmax(z), labels))),
                "The softmax is right, and in the first row it rounds the truth to 0, so that its "
                "log is infinite: 800 is the answer. Stay with logarithms.",
            ),
        ),
        (
            "log Σ exp(z) = m + log Σ exp(z − m), with m the largest logit of the row.",
            "z[np.arange(len(z)), labels] are the labels' logits; the mean of logsumexp − those.",
        ),
        without=("softmax_cross_entropy_with_logits", "log_softmax", "logsumexp", "softmax"),
    ),
    "multi-floor": Exercise(
        floor,
        floor_cases,
        (
            Trap(
                split,
                "ε is split among the *other* classes here. As the chapter and torch have it, the "
                "true class gets its share of ε/K too.",
            ),
            Trap(
                lambda K, epsilon: -np.log(1 - epsilon + epsilon / K),
                "This is the cost of the true class alone; the others ask for their share as well.",
                "return -np.log(target[0])",
            ),
            Trap(
                lambda K, epsilon: -np.log(1 - epsilon),
                "This is the loss of a label whose probability is 1 − ε. The floor is the entropy "
                "of the whole smoothed target.",
                "return -np.log(1 - epsilon)",
            ),
            Trap(
                lambda K, epsilon: epsilon * np.log(K),
                "This is a part only: ε times ln K.",
                "return epsilon * np.log(K)",
            ),
            Trap(
                lambda K, epsilon: (
                    -(1 - epsilon) * np.log(1 - epsilon) - epsilon * np.log(epsilon / K)
                ),
                "The true class has 1 − ε and ε/K, together: add them before the logarithm.",
            ),
        ),
        (
            "Write the smoothed target as an array of K numbers that sum to 1.",
            "The lowest loss for a target is its entropy, −Σ p log p.",
        ),
        without=("entropy",),
    ),
    "multi-temper": Exercise(
        best_factor,
        factor_cases,
        (
            Trap(
                lambda z, labels, factors: factors[
                    np.argmin(
                        [ce.softmax_cross_entropy_with_logits(z / f, labels) for f in factors]
                    )
                ],
                "The logits are divided by the factor, which makes it a temperature. Multiply.",
                "scaled = [z / factor for factor in factors]",
            ),
            Trap(
                lambda z, labels, factors: factors[
                    np.argmax(
                        [ce.softmax_cross_entropy_with_logits(z * f, labels) for f in factors]
                    )
                ],
                "This is the factor with the *highest* loss.",
                "return factors[np.argmax(losses)]",
            ),
            Trap(
                lambda z, labels, factors: factors[
                    np.argmax([np.mean((z * f).argmax(-1) == labels) for f in factors])
                ],
                "Chosen by accuracy, which is the same for all factors: look at the loss.",
            ),
            Trap(
                lambda z, labels, factors: np.argmin(
                    [ce.softmax_cross_entropy_with_logits(z * f, labels) for f in factors]
                ),
                "This is the place of the factor in the list, not the factor.",
                "return np.argmin(losses)",
            ),
            Trap(
                lambda z, labels, factors: min(
                    ce.softmax_cross_entropy_with_logits(z * f, labels) for f in factors
                ),
                "This is the lowest loss; the factor that reaches it was asked for.",
            ),
        ),
        (
            "Compute the loss of z * factor for each factor.",
            "factors[np.argmin(losses)].",
        ),
        steps=best_factor_steps,
    ),
}
