"""Entropy, cross-entropy and KL of distributions, given as probabilities or by logits."""

from ._dispatch import Arguments
from ._reduction import of_logits


def _check_shapes(p_name, p, q_name, q):
    p_shape, q_shape = tuple(p.shape), tuple(q.shape)
    one_for_all = p_shape[-1] == q_shape[-1] and 1 in (len(p_shape), len(q_shape))
    if p_shape != q_shape and not one_for_all:
        raise ValueError(
            f"{q_name} must have the shape of {p_name} (or one of them be a single distribution "
            f"over the same classes), got {p_shape} for {p_name} and {q_shape} for {q_name}"
        )


def _two_distributions(p, q):
    given = Arguments(p=p, q=q)
    p, q = given.distribution("p", booleans=True), given.distribution("q")
    _check_shapes("p", p, "q", q)
    return given, p, q


def entropy(p):
    r"""The average surprise of ``p``, in nats: the length of the best code for it.

    .. math:: H(p) = -\sum_k p_k \log p_k, \qquad 0 \log 0 = 0

    A row that a model computed sums to 1 only up to rounding. Here and in every other function it
    may be off by 1e-6, or by as much as a softmax of K classes can be in the coarsest of bfloat16,
    float16 and float32 that holds all the numbers exactly, whatever dtype they come in. At K = 10
    that is 0.025, 0.003 and 1e-5; K counts because a sum of K terms, and K numbers too small for
    the dtype, are each rounded.

    Args:
        p: (..., K) probabilities; each row sums to 1.

    Returns:
        (...) nats, between 0 (certain) and :math:`\log K` (uniform). Under autograd a class of
        probability 0 has gradient 0 (the true one is infinite).

    Raises:
        TypeError: ``p`` does not hold real numbers.
        ValueError: ``p`` has a negative entry, a nan, or a row that does not sum to 1.

    Example:
        >>> print(ce.entropy([0.5, 0.25, 0.125, 0.125]).round(4))  # 1.75 bits
        1.213

    See Also:
        ``cross_entropy`` charges the same outcomes by the code made for another distribution.

    Chapter: entropy. Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x.
    """
    given = Arguments(p=p)
    p = given.distribution("p", booleans=True)
    return given.apply(given.backend.entropy, p)


def entropy_with_logits(logits):
    r"""The average surprise, in nats, of the distribution that the logits stand for.

    .. math:: H(q) = -\sum_k q_k \log q_k, \qquad q = \mathrm{softmax}(z)

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0.

    Returns:
        (...) nats, between 0 (certain) and :math:`\log K` (equal logits), right to the last digits
        also where the largest probability rounds to 1. Its gradient is :math:`-q_k (\log q_k + H)`.
        A row with a nan or an ∞, or with −∞ only, is nan.

    Raises:
        TypeError: ``logits`` does not hold real numbers.
        ValueError: ``logits`` has no class axis, or no class.

    Example:
        >>> print(ce.entropy_with_logits([0.0, 0.0]).round(4))  # ln 2
        0.6931

    See Also:
        ``entropy`` takes probabilities.

    Chapter: entropy. Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x.
    """
    given = Arguments(logits=logits)
    logits = given.logits()
    return given.apply(given.backend.entropy_with_logits, logits)


def cross_entropy(p, q):
    r"""The average surprise, in nats, of outcomes from ``p`` to someone who expects ``q``.

    .. math:: H(p, q) = -\sum_k p_k \log q_k, \qquad 0 \log 0 = 0

    Args:
        p: (..., K) probabilities, the truth.
        q: (..., K) probabilities, the model. One of the two may be a single (K,) distribution.

    Returns:
        (...) nats, at least :math:`H(p)`; infinite where ``q`` is 0 and ``p`` is not.

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: a row is not a distribution, or the shapes do not agree.

    Example:
        >>> print(ce.cross_entropy([1, 0], [0.25, 0.75]).round(4))  # ln 4
        1.3863

    See Also:
        ``softmax_cross_entropy_with_logits`` is the training loss: it takes logits, has a
        reduction, and stays exact where a probability would round to 0 or 1.

    Chapter: entropy. Cover and Thomas (2006), *Elements of Information Theory*, section 5.4.
    """
    given, p, q = _two_distributions(p, q)
    return given.apply(given.backend.cross_entropy, p, q)


def kl_divergence(p, q):
    r"""The extra nats paid for expecting ``q`` when ``p`` is true; never negative.

    .. math:: \mathrm{KL}(p \,\|\, q) = \sum_k p_k \log \frac{p_k}{q_k} - p_k + q_k

    For rows that sum to 1 the last two terms add up to nothing; with them no term is negative, so
    no rounding can make the sum negative.

    Args:
        p: (..., K) probabilities, the truth.
        q: (..., K) probabilities, the model. One of the two may be a single (K,) distribution.

    Returns:
        (...) nats; 0 only where ``p`` equals ``q``, infinite where ``q`` is 0 and ``p`` is not.
        Not symmetric in ``p`` and ``q``.

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: a row is not a distribution, or the shapes do not agree.

    Example:
        >>> print(ce.kl_divergence([0.5, 0.5], [0.25, 0.75]).round(4))
        0.1438

    See Also:
        ``torch.nn.functional.kl_div(log_q, p)`` takes the model first, and in logarithms;
        ``cross_entropy`` is this plus the entropy of ``p``.

    Chapter: entropy. Kullback and Leibler (1951), doi:10.1214/aoms/1177729694.
    """
    given, p, q = _two_distributions(p, q)
    return given.apply(given.backend.kl_divergence, p, q)


def jensen_shannon_divergence(p, q):
    r"""How far, in nats, two distributions lie from their average; symmetric and always finite.

    .. math:: \mathrm{JS}(p, q) = \tfrac12\, \mathrm{KL}(p \,\|\, m)
       + \tfrac12\, \mathrm{KL}(q \,\|\, m), \qquad m = \tfrac12 (p + q)

    Args:
        p: (..., K) probabilities.
        q: (..., K) probabilities. One of the two may be a single (K,) distribution.

    Returns:
        (...) nats, 0 where ``p`` equals ``q`` and :math:`\log 2` where they share no class; what
        one outcome tells about which of the two it came from. Its square root is a distance.
        Under autograd a class of probability 0 has gradient 0 (the true one is infinite).

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: a row is not a distribution, or the shapes do not agree.

    Example:
        >>> print(ce.jensen_shannon_divergence([1, 0], [0, 1]).round(4))  # ln 2
        0.6931

    See Also:
        ``kl_divergence`` is not symmetric, and infinite where ``q`` is 0 and ``p`` is not;
        ``scipy.spatial.distance.jensenshannon`` is the square root.

    Chapter: entropy. Lin (1991), doi:10.1109/18.61115.
    """
    given, p, q = _two_distributions(p, q)
    return given.apply(given.backend.jensen_shannon_divergence, p, q)


def kl_divergence_with_logits(p_logits, q_logits, *, precise=True):
    r"""The extra nats paid for expecting softmax(b) when softmax(a) is true; never negative.

    .. math:: \mathrm{KL}(p \,\|\, q) = \sum_k p_k \,(e^{t_k} - 1 - t_k), \qquad
       t_k = \log q_k - \log p_k, \quad p = \mathrm{softmax}(a), \; q = \mathrm{softmax}(b)

    Two models, or a model before and after a step, may have probabilities that agree in all their
    digits while their logits still differ. This function keeps that difference.

    Args:
        p_logits: (..., K) real numbers a, the truth; −∞ is a class of probability 0.
        q_logits: (..., K) real numbers b, the model. One of the two may be a single (K,) row.
        precise: as in ``softmax_cross_entropy_with_logits``.

    Returns:
        (...) nats, right to about 15 digits also where p and q are nearly equal; infinite where a
        class of a finite a has a b of −∞. Adding a constant to a row changes nothing. A row with a
        nan or an ∞, or with −∞ only, has no softmax: its answer is nan.

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: an argument has no class axis, or no class, or the shapes do not agree.

    Example:
        >>> print(ce.kl_divergence_with_logits([0.0, 0.0], [0.0, 1e-9]))  # (1e-9)²/8
        1.25e-19

    See Also:
        ``kl_divergence`` takes probabilities; ``softmax_cross_entropy_with_logits`` with the
        probabilities p as its target is this plus the entropy of p.

    Chapter: entropy. Kullback and Leibler (1951), doi:10.1214/aoms/1177729694.
    """
    given = Arguments(p_logits=p_logits, q_logits=q_logits, precise=precise)
    p_logits, q_logits = given.logits("p_logits"), given.logits("q_logits")
    _check_shapes("p_logits", p_logits, "q_logits", q_logits)
    return of_logits(given, given.backend.kl_divergence_with_logits, p_logits, q_logits)


def perplexity(nats):
    r"""The number of equally likely outcomes that would surprise as much as ``nats`` does.

    .. math:: \mathrm{PPL} = e^{H}

    Args:
        nats: (...) an entropy or a cross-entropy (average first, then take the perplexity).

    Returns:
        (...) a count of outcomes, K for the entropy of a uniform choice among K.

    Raises:
        TypeError: ``nats`` does not hold real numbers.

    Example:
        >>> print(ce.perplexity(ce.entropy([0.25, 0.25, 0.25, 0.25])).round(4))
        4.0

    See Also:
        ``to_bits`` changes the unit and keeps the logarithm.

    Chapter: entropy. Jelinek, Mercer, Bahl and Baker (1977), doi:10.1121/1.2016299.
    """
    given = Arguments(nats=nats)
    nats = given.real("nats")
    return given.run(lambda backend: backend.perplexity(nats))


def to_bits(nats):
    r"""The same amount of information in bits.

    .. math:: \text{bits} = \text{nats} / \ln 2

    Args:
        nats: (...) anything this library returns in nats.

    Returns:
        (...) bits; one nat is about 1.4427 bits.

    Raises:
        TypeError: ``nats`` does not hold real numbers.

    Example:
        >>> print(ce.to_bits(ce.entropy([0.5, 0.25, 0.125, 0.125])).round(4))
        1.75

    See Also:
        ``perplexity`` answers in equally likely outcomes instead.

    Chapter: entropy. Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x.
    """
    given = Arguments(nats=nats)
    nats = given.real("nats")
    return given.run(lambda backend: backend.to_bits(nats))
