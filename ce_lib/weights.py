"""Class weights from how often each class occurs."""

import math

from ._dispatch import Arguments, number


def _counts(counts):
    given = Arguments(counts=counts)
    counts = given.real("counts")
    if len(counts.shape) != 1 or not math.prod(counts.shape):
        raise ValueError(f"counts must have shape (K,), got shape {tuple(counts.shape)}")
    if not ((counts > 0) & (counts < math.inf)).all():
        raise ValueError(
            "counts must be finite and above 0 (a class that never occurs has no weight), "
            f"got a smallest count of {counts.min().item():g}"
        )
    return given, counts


def inverse_frequency_weights(counts):
    r"""The weight of each class that makes all classes count the same.

    .. math:: w_c = \frac{N}{K\, n_c}

    Args:
        counts: (K,) how many examples of each class there are, above 0.

    Returns:
        (K,) weights without a unit; averaged over the N examples they are 1.

    Raises:
        TypeError: ``counts`` does not hold real numbers.
        ValueError: ``counts`` is not one row, or a count is not finite and above 0.

    Example:
        >>> print(ce.inverse_frequency_weights([900, 100]).round(4))
        [0.5556 5.    ]

    See Also:
        ``effective_number_weights`` weighs rare classes up less.

    Chapter: weights. King and Zeng (2001), doi:10.1093/oxfordjournals.pan.a004868.
    """
    given, counts = _counts(counts)
    return given.run(lambda backend: backend.inverse_frequency_weights(counts))


def effective_number_weights(counts, beta=0.999):
    r"""The weight of each class if each further example of it adds less than the one before.

    .. math:: w_c \propto \frac{1 - \beta}{1 - \beta^{n_c}}, \qquad \sum_c w_c = K

    Args:
        counts: (K,) how many examples of each class there are, above 0.
        beta: a number in [0, 1): 0 weighs all classes the same, near 1 by inverse frequency.

    Returns:
        (K,) weights without a unit; their sum is K.

    Raises:
        TypeError: ``counts`` does not hold real numbers, or ``beta`` is not a number.
        ValueError: ``counts`` is not one row, a count is not finite and above 0, or ``beta`` is
            not in [0, 1).

    Example:
        >>> print(ce.effective_number_weights([900, 100], beta=0.99).round(4))
        [0.776 1.224]

    See Also:
        ``inverse_frequency_weights`` is the limit of beta near 1, up to a common factor.

    Chapter: weights. Cui, Jia, Lin, Song and Belongie (2019), arXiv:1901.05555.
    """
    given, counts = _counts(counts)
    beta = number("beta", beta, "in [0, 1)", lambda b: 0 <= b < 1)
    return given.run(lambda backend: backend.effective_number_weights(counts, beta))
