"""The definitions of the book by mpmath: what tests recompute, without ce_lib or NumPy."""

from dataclasses import dataclass

import mpmath
import numpy as np
from mpmath import exp, log, mpf


def exact(x):
    """The numbers as they are printed: 0.1 is a tenth."""
    return [exact(one) for one in x] if np.ndim(x) else mpf(str(float(x)))


def cross_entropy(p, q):
    """H(p, q) in nats."""
    return sum(a * -log(b) if b else mpmath.inf for a, b in zip(p, q, strict=True) if a)


def entropy(p):
    return cross_entropy(p, p)


def bits(nats):
    return nats / log(2)


def softmax(z):
    powers = [exp(x) for x in z]
    return [x / sum(powers) for x in powers]


def sigmoid(z):
    return 1 / (1 + exp(-z))


def logit(q):
    return log(q / (1 - q))


def binary(z, y):
    """The binary cross-entropy of a logit, and its gradient in the logit."""
    q = sigmoid(z)
    return -log(q if y else 1 - q), q - y


def half_mse_gradient(z, y):
    """The gradient of ½(σ(z) − y)² in the logit, by differences."""
    return mpmath.diff(lambda t: (sigmoid(t) - y) ** 2 / 2, z)


@dataclass
class Near:
    """A number that depends on chance or on a compressor."""

    value: float
    within: float


@dataclass
class Rounded:
    """A number that is printed with any number of decimals."""

    value: float


def agrees(text, expected):
    """Whether a printed number is the expected one, by default to four significant digits."""
    if isinstance(expected, str):
        return text == expected
    shown = float(text.replace("−", "-").replace(",", ""))
    if isinstance(expected, Near):
        return abs(shown - expected.value) <= expected.within
    if isinstance(expected, Rounded):
        return shown == round(float(expected.value), len(text.partition(".")[2]))
    return text == f"{float(expected):.4g}".replace("-", "−")
