"""From logits to probabilities and their logarithms, without overflow."""

import math

from ._dispatch import Arguments, number, try_fast_path


def _temperature(value):
    return number("temperature", value, "finite and above 0", lambda t: 0 < t < math.inf)


def logsumexp(logits):
    r"""The logarithm of the sum of exponentials: the normaliser of the softmax, in nats.

    .. math:: \log \sum_k e^{z_k} = z_t + \log\Bigl(1 + \sum_{k \ne t} e^{z_k - z_t}\Bigr),
       \qquad z_t = \max_k z_k

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0.

    Returns:
        (...) nats, from :math:`\max_k z_k` to :math:`\log K` above it; −∞ if all logits are, ∞ if
        any is; nan if any is nan. Near a result of 0 the largest logit cancels a logarithm as
        large: there it is right to 1 ulp (measured: 0.82) of that logit in float64, not of itself.

    Raises:
        TypeError: ``logits`` does not hold real numbers.
        ValueError: ``logits`` has no class axis, or no class.

    Example:
        >>> print(ce.logsumexp([1000.0, 1000.0]).round(4))  # 1000 + ln 2
        1000.6931

    See Also:
        ``log_softmax`` subtracts it from every logit.

    Chapter: stability. Blanchard, Higham and Higham (2021), doi:10.1093/imanum/draa038.
    """
    result = try_fast_path("logsumexp", (logits,), {})
    if result is not NotImplemented:
        return result
    given = Arguments(logits=logits, is_loss=False)
    logits = given.logits()
    return given.run(lambda backend: backend.logsumexp(logits))


def log_softmax(logits, temperature=1.0):
    r"""The logarithms, in nats, of the probabilities that the logits stand for.

    .. math:: \log q_k = z_k / T - \log \sum_j e^{z_j / T}

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0.
        temperature: a number above 0; above 1 it flattens, below 1 it sharpens.

    Returns:
        (..., K) nats, none above 0. Adding a constant to a row of logits changes nothing. A row
        with a nan or an ∞, or with −∞ only, has no softmax: it is nan, as in torch.

    Raises:
        TypeError: ``logits`` does not hold real numbers, or ``temperature`` is not a number.
        ValueError: ``logits`` has no class axis or no class, or ``temperature`` is not above 0.

    Example:
        >>> print(ce.log_softmax([0.0, 1000.0]))
        [-1000.     0.]

    See Also:
        ``softmax`` gives the probabilities themselves, which round to 0 below about 1e-323.

    Chapter: stability. Blanchard, Higham and Higham (2021), doi:10.1093/imanum/draa038.
    """
    given = Arguments(logits=logits, is_loss=False)
    logits, temperature = given.logits(), _temperature(temperature)
    return given.run(lambda backend: backend.log_softmax(logits, temperature))


def softmax(logits, temperature=1.0):
    r"""The probabilities that the logits stand for.

    .. math:: q_k = \frac{e^{z_k / T}}{\sum_j e^{z_j / T}}

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0.
        temperature: a number above 0; above 1 it flattens, below 1 it sharpens.

    Returns:
        (..., K) probabilities; each row sums to 1. Adding a constant to a row of logits changes
        nothing. A row with a nan or an ∞, or with −∞ only, is nan, as in torch.

    Raises:
        TypeError: ``logits`` does not hold real numbers, or ``temperature`` is not a number.
        ValueError: ``logits`` has no class axis or no class, or ``temperature`` is not above 0.

    Example:
        >>> print(ce.softmax([12.5, 0.6, -23.0]).round(6))
        [9.99993e-01 7.00000e-06 0.00000e+00]

    See Also:
        ``sigmoid`` is the softmax of (z, 0); do not take the logarithm of this: use
        ``log_softmax``.

    Chapter: stability. Bridle (1990), doi:10.1007/978-3-642-76153-9_28.
    """
    given = Arguments(logits=logits, is_loss=False)
    logits, temperature = given.logits(), _temperature(temperature)
    return given.run(lambda backend: backend.softmax(logits, temperature))


def sigmoid(logits):
    r"""The probability of the positive class that a logit stands for.

    .. math:: \sigma(z) = \frac{1}{1 + e^{-z}}

    Args:
        logits: (...) real numbers, ±∞ included.

    Returns:
        (...) probabilities; :math:`\sigma(-z) = 1 - \sigma(z)`.

    Raises:
        TypeError: ``logits`` does not hold real numbers.

    Example:
        >>> print(ce.sigmoid([0.0, 2.0, -1000.0]).round(4))
        [0.5    0.8808 0.    ]

    See Also:
        ``softmax`` for more than two classes.

    Chapter: binary. Cox (1958), doi:10.1111/j.2517-6161.1958.tb00292.x.
    """
    given = Arguments(logits=logits, is_loss=False)
    logits = given.real("logits")
    return given.run(lambda backend: backend.sigmoid(logits))
