"""Code exercises on entropy, cross-entropy and KL."""

import numpy as np

from . import Exercise, Trap


def kl(p, q):
    here = p > 0  # 0 log 0 = 0
    with np.errstate(divide="ignore"):
        return np.sum(p[here] * np.log(p[here] / q[here]))


def kl_steps(p, q):
    here = p > 0
    terms = p[here] * np.log(p[here] / q[here])
    return terms.sum()


def distribution(rng, classes):
    return rng.dirichlet(np.ones(classes))


def kl_cases(rng):
    return [
        (np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25, 0.5])),
        (np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.25, 0.5])),
        (np.array([0.5, 0.5, 0.0]), np.array([1.0, 0.0, 0.0])),
        (np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.75, 0.25])),
        *((distribution(rng, K), distribution(rng, K)) for K in (2, 5, 20)),
    ]


def perplexity(q):
    return np.exp(-np.mean(np.log(q)))


def perplexity_steps(q):
    surprise = -np.log(q)
    cost = surprise.mean()
    return np.exp(cost)


def perplexity_cases(rng):
    return [
        (np.array([0.5, 0.25, 0.125, 0.125]),),
        (np.array([0.1, 0.1, 0.1]),),
        *((rng.uniform(0.01, 1, n),) for n in (2, 7, 40)),
        (rng.uniform(0.4, 0.6, 2000),),  # the product of so many is 0 in float64
    ]


def plus_one(counts):
    return (counts + 1) / (counts.sum() + len(counts))


def plus_one_steps(counts):
    more = counts + 1
    total = more.sum()
    return more / total


def counts_cases(rng):
    return [
        (np.array([3, 1, 0]),),
        (np.array([0, 0, 0, 0]),),
        *((rng.integers(0, 20, K),) for K in (2, 6, 27)),
    ]


EXERCISES = {
    "entropy-kl": Exercise(
        kl,
        kl_cases,
        (
            Trap(lambda p, q: kl(q, p), "This is KL(q‖p): p and q have traded places."),
            Trap(
                lambda p, q: np.sum(p * np.log(p / q)),
                "Where p is 0 it says nan: 0 · log 0 is 0 here, so leave those terms out.",
                "terms = p * np.log(p / q)",
            ),
            Trap(
                lambda p, q: np.sum(p * (np.log(p) - np.log(q))),
                "Where p is 0 it says nan: 0 · log 0 is 0 here, so leave those terms out.",
            ),
            Trap(
                lambda p, q: kl(p[(p > 0) & (q > 0)], q[(p > 0) & (q > 0)]),
                "The terms with q = 0 may not be left out: where p is above 0, KL is infinite.",
                "here = (p > 0) & (q > 0)",
            ),
            Trap(
                lambda p, q: np.sum(p * np.log((p + 1e-12) / (q + 1e-12))),
                "An ε inside the logarithm makes a number of what is infinite. Leave out the terms "
                "with p = 0, and let q = 0 give infinity.",
            ),
            Trap(
                lambda p, q: -np.sum(p[p > 0] * np.log(q[p > 0])),
                "This is the cross-entropy H(p, q). KL is what is left of it without H(p).",
                "terms = -p[here] * np.log(q[here])",
            ),
            Trap(
                lambda p, q: np.abs(kl(p, q) - kl(q, p)),
                "KL is not a difference of two divergences: it is one sum, of p log (p / q).",
            ),
        ),
        (
            "Choose first the places where p is above 0; only those count.",
            "sum of p[here] * log(p[here] / q[here]): the division by 0 gives the right infinity.",
        ),
        without=("kl_divergence", "kl_divergence_with_logits", "cross_entropy"),
        steps=kl_steps,
    ),
    "entropy-perplexity": Exercise(
        perplexity,
        perplexity_cases,
        (
            Trap(
                lambda q: 1 / np.mean(q),
                "This averages the probabilities. Perplexity averages their logarithms: one bad "
                "guess must weigh as much as it costs.",
            ),
            Trap(
                lambda q: np.mean(1 / q),
                "The mean of 1/q is not it: average the surprises first, then take exp once.",
            ),
            Trap(
                lambda q: -np.mean(np.log(q)),
                "This is the cross-entropy in nats; perplexity is exp of it.",
                "return cost",
            ),
            Trap(
                lambda q: 2 ** -np.mean(np.log(q)),
                "Two bases are mixed: 2 to a number of nats. Take exp, or log2 inside.",
                "return 2**cost",
            ),
            Trap(
                lambda q: np.exp(-np.sum(np.log(q))),
                "The sum makes it grow with the length of the text: take the mean.",
                "cost = surprise.sum()",
            ),
            Trap(
                lambda q: np.prod(q) ** (-1 / len(q)),
                "Right on paper, but the product of two thousand probabilities is 0 in float64. "
                "Go through the mean of the logarithms.",
            ),
        ),
        (
            "What is the mean surprise, in nats?",
            "exp of the mean of −log q.",
        ),
        without=("perplexity",),
        steps=perplexity_steps,
    ),
    "entropy-counts": Exercise(
        plus_one,
        counts_cases,
        (
            Trap(
                lambda counts: counts / counts.sum(),
                "What was not counted gets 0, and rules itself out for ever: add 1 to each count.",
            ),
            Trap(
                lambda counts: (counts + 1) / counts.sum(),
                "These do not sum to 1: with 1 added to each of K counts the total grows by K.",
                "total = counts.sum()",
            ),
            Trap(
                lambda counts: (counts + 1) / (counts.sum() + 1),
                "These do not sum to 1: 1 is added K times, not once.",
                "total = counts.sum() + 1",
            ),
            Trap(
                lambda counts: counts / counts.sum() + 1 / len(counts),
                "These sum to 2: add to the counts, then divide once.",
            ),
            Trap(
                lambda counts: np.maximum(counts, 1) / np.maximum(counts, 1).sum(),
                "Here only the zeros are lifted, so what came once and what never came get the "
                "same. Add 1 to every count.",
                "more = np.maximum(counts, 1)",
            ),
        ),
        ("The counts become counts + 1.", "Their new total is counts.sum() + len(counts)."),
        steps=plus_one_steps,
    ),
}
