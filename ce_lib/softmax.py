"""From logits to probabilities and their logarithms, without overflow."""

import math

from ._dispatch import Arguments, number
from ._reduction import of_logits


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
    given = Arguments(logits=logits, is_loss=False)
    return of_logits(given, given.backend.logsumexp, given.logits())


def log_softmax(logits, temperature=1.0, *, precise=True):
    r"""The logarithms, in nats, of the probabilities that the logits stand for.

    .. math:: \log q_k = z_k / T - \log \sum_j e^{z_j / T}

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0.
        temperature: a number above 0; above 1 it flattens, below 1 it sharpens.
        precise: as in ``softmax_cross_entropy_with_logits``.

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
    given = Arguments(logits=logits, precise=precise, is_loss=False)
    logits, temperature = given.logits(), _temperature(temperature)
    return of_logits(given, given.backend.log_softmax, logits, temperature)


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
    return given.apply(given.backend.softmax, logits, temperature)


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
    return given.apply(given.backend.sigmoid, given.own("logits"))


def log_sigmoid(logits):
    r"""The logarithm, in nats, of the probability of the positive class.

    .. math:: \log \sigma(z) = -\log(1 + e^{-z})

    Args:
        logits: (...) real numbers, ±∞ included.

    Returns:
        (...) nats, none above 0. A sure no has about z, a sure yes about :math:`-e^{-z}`;
        :math:`\log(1 - \sigma(z)) = \log \sigma(-z)`.

    Raises:
        TypeError: ``logits`` does not hold real numbers.

    Example:
        >>> print(ce.log_sigmoid([0.0, -1000.0]).round(4))
        [-6.931e-01 -1.000e+03]

    See Also:
        ``binary_cross_entropy_with_logits`` is −y log σ(z) − (1 − y) log σ(−z).

    Chapter: binary. Cox (1958), doi:10.1111/j.2517-6161.1958.tb00292.x.
    """
    given = Arguments(logits=logits, is_loss=False)
    return given.apply(given.backend.log_sigmoid, given.own("logits"))


def logit(probs):
    r"""The logit that stands for a probability: the log-odds, in nats.

    .. math:: \mathrm{logit}(q) = \log \frac{q}{1 - q}

    Args:
        probs: (...) probabilities of "yes", in [0, 1].

    Returns:
        (...) real numbers, −∞ at 0, 0 at ½, ∞ at 1; right to the last digits near ½ too. Its
        slope is :math:`1 / (q (1 - q))`.

    Raises:
        TypeError: ``probs`` does not hold real numbers.
        ValueError: a probability outside [0, 1].

    Example:
        >>> print(ce.logit([0.5, 0.9, 1.0]).round(4))
        [0.     2.1972    inf]

    See Also:
        ``sigmoid`` is its inverse.

    Chapter: binary. Berkson (1944), doi:10.1080/01621459.1944.10500699.
    """
    given = Arguments(probs=probs, is_loss=False)
    probs = given.in_unit_interval("probs")
    return given.apply(given.backend.logit, probs)


def focal_posterior(logits, gamma=2.0):
    r"""The true probabilities for which the focal loss is smallest at these logits.

    .. math:: p_k \propto \frac{q_k}{(1 - q_k)^\gamma - \gamma\, (1 - q_k)^{\gamma - 1}\,
       q_k \log q_k}, \qquad q = \mathrm{softmax}(z)

    A model that was trained with ``softmax_focal_loss`` is less sure than it should be. This maps
    its logits to calibrated probabilities, if it reached the optimum of that loss.

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0. For one logit z of "yes"
            stack 0 and z.
        gamma: that of the loss, at least 0; 0 is ``softmax``.

    Returns:
        (..., K) probabilities; each row sums to 1, and the order of the classes stays. A row with
        a nan or an ∞, or with −∞ only, is nan.

    Raises:
        TypeError: ``logits`` does not hold real numbers, or ``gamma`` is not a number.
        ValueError: ``logits`` has no class axis or no class, or a negative ``gamma``.

    Example:
        >>> q = np.array([0.627, 0.373])  # which the focal loss gives to (.8, .2)
        >>> print(ce.focal_posterior(np.log(q), gamma=2.0).round(2))
        [0.8 0.2]

    See Also:
        ``fit_temperature`` finds a correction from data instead.

    Chapter: weights. Charoenphakdee, Vongkulbhaksorn, Chairatanakul and Sugiyama (2021),
    arXiv:2011.09172.
    """
    given = Arguments(logits=logits, is_loss=False)
    logits = given.logits()
    gamma = number("gamma", gamma, "finite and at least 0", lambda g: 0 <= g < math.inf)
    return given.apply(given.backend.focal_posterior, logits, gamma)
