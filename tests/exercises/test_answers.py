"""Answers as learners write them to the exercises of chapters 1 to 3, 5 and 6."""

import itertools
import math

import numpy as np
import pytest

import ce_lib as ce


def kl_in_a_loop(p, q):
    total = 0.0
    for a, b in zip(p, q, strict=True):
        if a > 0:
            total += a * (math.log(a) - math.log(b)) if b > 0 else math.inf
    return total


def stable_by_cases(z, y):
    with np.errstate(over="ignore"):
        high = np.log1p(np.exp(-z)) + (1 - y) * z
        low = np.log1p(np.exp(z)) - y * z
    return np.where(z > 0, high, low)


def baseline_by_counting(y):
    ones, n = int(y.sum()), len(y)
    parts = [k / n * math.log(n / k) for k in (ones, n - ones) if k]
    return sum(parts)


def mean_loss_by_rows(z, labels):
    losses = []
    for row, label in zip(z, labels, strict=True):
        d = row - row[label]
        m = d.max()
        losses.append(m + math.log(sum(math.exp(v - m) for v in d)))
    return sum(losses) / len(losses)


def floor_by_hand(K, epsilon):
    true, other = 1 - epsilon + epsilon / K, epsilon / K
    return -true * math.log(true) - (K - 1) * other * math.log(other)


def factor_in_a_loop(z, labels, factors):
    best, lowest = None, math.inf
    for factor in factors:
        value = -ce.log_softmax(z * factor)[np.arange(len(z)), labels].mean()
        if value < lowest:
            best, lowest = factor, value
    return best


def log_softmax_by_rows(z):
    out = []
    for row in z:
        m = max(row)
        out.append([v - m - math.log(sum(math.exp(u - m) for u in row)) for v in row])
    return out


def loss_without_delete(z, y):
    d = np.asarray(z) - z[y]
    d[y] = -np.inf
    m = max(d.max(), 0.0)
    if m > 0:
        return m + np.log1p(np.exp(-m) + np.exp(d - m).sum() - 1)
    return np.log1p(np.exp(d).sum())


def by_jacobians(q, slope):
    return np.stack([(np.diag(r) - np.outer(r, r)) @ s for r, s in zip(q, slope, strict=True)])


def half_mse_slope_by_exp(z, y):
    a = 1 / (1 + np.exp(-z))
    return a**2 * (1 - a) - y * a * (1 - a)


def ece_by_edges(confidence, right, n):
    edges, total = np.linspace(0, 1, n + 1), 0
    for low, high in itertools.pairwise(edges):
        inside = (confidence >= low) & (confidence < high)
        total += abs(right[inside].sum() - confidence[inside].sum())
    return total / len(right)


RIGHT = {
    "entropy-kl": kl_in_a_loop,
    "entropy-counts": lambda counts: [(c + 1) / sum(counts + 1) for c in counts],
    "entropy-perplexity": lambda q: 2 ** np.mean(-np.log2(q)),
    "bce-stable": stable_by_cases,
    "bce-saturate": [17.0, 37.0],
    "bce-baseline": baseline_by_counting,
    "multi-write": mean_loss_by_rows,
    "multi-floor": floor_by_hand,
    "multi-temper": factor_in_a_loop,
    "stable-log-softmax": log_softmax_by_rows,
    "stable-loss": loss_without_delete,
    "stable-twice": by_jacobians,
    "mse-slope": half_mse_slope_by_exp,
    "mse-rate": 2.2,
    "mse-ece": ece_by_edges,
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_of_another_make_is_right(name):
    for seed in range(3):
        feedback = ce.check(name, RIGHT[name], seed=seed)
        assert feedback, feedback.message


def sigma(z):
    return 1 / (1 + np.exp(-z))


def clipped(z, y):
    q = np.minimum(np.maximum(sigma(z), 1e-7), 1 - 1e-7)
    return -(y * np.log(q) + (1 - y) * np.log(1 - q))


def rounded_to_one(z, y):
    return np.maximum(z, 0) - z * y + np.log(1 + np.exp(-abs(z)))


def of_labels(z, labels):
    return z[range(len(z)), labels]


def gap(confidence, right, inside):
    return right[inside].mean() - confidence[inside].mean()


def unweighted_bins(confidence, right, n):
    bins = np.minimum(np.floor(confidence * n), n - 1)
    return np.mean([abs(gap(confidence, right, bins == k)) for k in np.unique(bins)])


def worst_bin(confidence, right, n):
    bins = np.minimum(np.floor(confidence * n), n - 1)
    return max(abs(gap(confidence, right, bins == k)) for k in np.unique(bins))


WRONG = [
    ("entropy-kl", lambda p, q: kl_in_a_loop(q, p), "KL(q‖p)"),
    ("entropy-kl", lambda p, q: (p * np.log(p / q)).sum(), "Where p is 0 it says nan"),
    ("entropy-kl", lambda p, q: (p * np.log((p + 1e-12) / (q + 1e-12))).sum(), "An ε inside"),
    ("entropy-kl", lambda p, q: kl_in_a_loop(p, q) / math.log(2), "These are bits"),
    ("entropy-kl", lambda p, q: -kl_in_a_loop(p, q), "The sign is wrong"),
    ("entropy-kl", lambda p, q: ce.kl_divergence(p, q), "Do it without kl_divergence"),
    ("entropy-counts", lambda c: c / np.sum(c), "What was not counted gets 0"),
    ("entropy-counts", lambda c: (1 + c) / sum(c), "the total grows by K"),
    ("entropy-counts", lambda c: (c + 1) / (1 + c.sum()), "1 is added K times, not once"),
    ("entropy-counts", lambda c: np.fmax(c, 1) / np.fmax(c, 1).sum(), "only the zeros are lifted"),
    ("entropy-counts", lambda c: c + 1, "5 of 5 cases are wrong"),
    ("entropy-perplexity", lambda q: len(q) / sum(q), "This averages the probabilities"),
    ("entropy-perplexity", lambda q: np.mean(-np.log(q)), "perplexity is exp of it"),
    ("entropy-perplexity", lambda q: 2 ** np.mean(-np.log(q)), "Two bases are mixed"),
    ("entropy-perplexity", lambda q: np.prod(q) ** (-1 / len(q)), "Right on paper"),
    ("entropy-perplexity", lambda q: np.mean(q**-1.0), "average the surprises first"),
    ("bce-stable", lambda z, y: -y * np.log(sigma(z)) - (1 - y) * np.log(1 - sigma(z)), "nan"),
    ("bce-stable", lambda z, y: np.log(1 + np.exp(z)) - y * z, "exp(800) is infinite"),
    ("bce-stable", rounded_to_one, "np.log1p keeps what the sum loses"),
    ("bce-stable", clipped, "The clamp stops the loss near 16"),
    ("bce-stable", lambda z, y: stable_by_cases(z, 1 - y), "The labels are swapped"),
    ("bce-stable", lambda z, y: np.mean(stable_by_cases(z, y)), "This is the mean"),
    ("bce-saturate", (37, 17), "The other way round"),
    ("bce-saturate", (89, 710), "There exp(z) overflows"),
    ("bce-saturate", "17 and 37", "The answer must be two numbers"),
    ("bce-saturate", 17, "is not it"),
    ("bce-baseline", lambda y: math.log(2), "ln 2 is the loss of ½"),
    ("bce-baseline", lambda y: y.sum() / len(y), "the best constant itself"),
    ("bce-baseline", lambda y: len(y) * baseline_by_counting(y), "This is the sum"),
    ("bce-baseline", lambda y: ce.entropy([y.mean(), 1 - y.mean()]), "Do it without entropy"),
    ("multi-write", lambda z, y: np.mean(np.log(np.exp(z).sum(1)) - of_labels(z, y)), "exp(800)"),
    ("multi-write", lambda z, y: len(y) * mean_loss_by_rows(z, y), "This is the sum"),
    ("multi-write", lambda z, y: -of_labels(z, y).mean(), "these are logits, not"),
    ("multi-write", lambda z, y: ce.softmax_cross_entropy_with_logits(z, y), "Do it without"),
    ("multi-floor", lambda K, e: -(1 - e) * np.log(1 - e) - e * np.log(e / (K - 1)), "*other*"),
    ("multi-floor", lambda K, e: -np.log(1 - e), "the loss of a label"),
    ("multi-floor", lambda K, e: floor_by_hand(K, e) / np.log(2), "These are bits"),
    ("multi-temper", lambda z, y, f: 1 / factor_in_a_loop(z, y, f), "right"),
    ("multi-temper", lambda z, y, f: f[0], "the same for all factors"),
    ("stable-log-softmax", lambda z: np.log(np.exp(z) / np.exp(z).sum(1)[:, None]), "exp(1000)"),
    ("stable-log-softmax", lambda z: z - np.log(np.exp(z).sum(1))[:, None], "exp(1000)"),
    ("stable-log-softmax", lambda z: np.exp(log_softmax_by_rows(z)), "This is softmax"),
    ("stable-log-softmax", lambda z: z - np.log(np.exp(z).sum(1)), "It stopped for"),
    ("stable-loss", lambda z, y: -np.array(log_softmax_by_rows([z]))[0, y], "this is exactly 0"),
    ("stable-loss", lambda z, y: np.log(1 + np.exp(np.delete(z, y) - z[y]).sum()), "log1p(r)"),
    ("stable-loss", lambda z, y: np.log1p(np.exp(np.delete(z, y) - z[y]).sum()), "exp overflows"),
    ("stable-loss", lambda z, y: np.log(np.exp(z).sum()) - z[y], "exp(1000) is infinite"),
    ("stable-twice", lambda q, s: s * q * (1 - q), "Only the diagonal"),
    ("stable-twice", lambda q, s: q * s, "The second term is missing"),
    ("stable-twice", lambda q, s: q * (s - s.sum(1, keepdims=True)), "weighted by q"),
    ("stable-twice", lambda q, s: q * (s - np.sum(q * s)), "The sum runs over all examples"),
    ("mse-slope", lambda z, y: sigma(z) - y, "the slope of cross-entropy"),
    ("mse-slope", lambda z, y: 2 * half_mse_slope_by_exp(z, y), "Twice too large"),
    ("mse-slope", lambda z, y: (sigma(z) - y) * sigma(z), "a(1 − a), not a"),
    ("mse-slope", lambda z, y: (sigma(z) - y) ** 2 / 2, "This is the loss"),
    ("mse-rate", 2.05, "one for one"),
    ("mse-rate", 2.3, "after 16 steps already"),
    ("mse-rate", 0.15, "232 steps"),
    ("mse-ece", unweighted_bins, "Every bin counts the same"),
    ("mse-ece", worst_bin, "the largest gap"),
    ("mse-ece", lambda c, r, n: abs(r - c).mean(), "example by example"),
    ("mse-ece", lambda c, r, n: abs(r.mean() - c.mean()), "cancel here"),
]


@pytest.mark.parametrize(
    ("name", "answer", "said"), WRONG, ids=[f"{name}-{n}" for n, (name, *_) in enumerate(WRONG)]
)
def test_a_wrong_answer_is_told_its_trap(name, answer, said):
    for seed in range(3):
        feedback = ce.check(name, answer, seed=seed)
        assert not feedback
        assert said in feedback.message
