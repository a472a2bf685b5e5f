"""Does a predicted probability come true as often as it says, and which temperature helps?"""

import math

import numpy as np

from ._dispatch import Arguments, whole_number

_STEPS = 100  # usually 10 are enough, 50 where the slope spans hundreds of powers of e
_SMALLEST = 1e-300  # of the temperatures; 1/T of a smaller one would be near infinity


def _confidence_and_outcome(probs, labels, n_bins):
    """(N,) the probability of a prediction, (N,) 1 where it came true, and the edges of bins."""
    given = Arguments(probs=probs, labels=labels)
    n_bins = whole_number("n_bins", n_bins, "at least 1", lambda n: n >= 1)
    shape = tuple(given.arrays["probs"].shape)
    if len(shape) not in (1, 2) or not shape[0]:
        raise ValueError(
            f"probs must have shape (N,) or (N, K) with at least one example, got shape {shape}"
        )
    if len(shape) == 1:
        confidence, correct = given.in_unit_interval("probs"), given.binary_labels("labels", shape)
    else:
        probs = given.distribution("probs")
        labels = given.class_labels("labels", shape[:1], shape[1])
        confidence, predicted = given.backend.top_class(probs)
        correct = given.backend.widen(predicted == labels)
    edges = given.backend.equal_width_edges(n_bins, given.arrays["probs"])
    return given, confidence, correct, edges


def reliability_curve(probs, labels, n_bins=10):
    r"""How often predictions came true, bin by bin of the probability they were given.

    .. math:: B_b = \left(\tfrac{b - 1}{n}, \tfrac{b}{n}\right]

    Args:
        probs: (N,) probabilities of "yes", or (N, K) distributions, of which the largest entry
            is the prediction.
        labels: (N,) 0 or 1, or integer classes in [0, K).
        n_bins: the number of bins of equal width; a probability of 0 is in the first. The edges
            are rounded to the dtype of ``probs``, so that 0.3 is in the same bin in each dtype.

    Returns:
        Three (n_bins,) arrays, the mean predicted probability, the fraction that came true (of
        "yes", or of right predictions), and the count. In an empty bin the first two are nan, so
        that a plot leaves it out. Not differentiable.

    Raises:
        TypeError: an argument does not hold numbers of its kind, or one is NumPy and one torch.
        ValueError: a probability outside [0, 1] or a row that is not a distribution, a label
            outside the classes, shapes that do not agree, no example, or ``n_bins`` below 1.

    Example:
        >>> curve = ce.reliability_curve([0.1, 0.2, 0.9, 0.9], [0, 1, 1, 1], n_bins=2)
        >>> print(*(column.round(4) for column in curve))
        [0.15 0.9 ] [0.5 1. ] [2 2]

    See Also:
        ``expected_calibration_error`` is the average gap between the first two.

    Chapter: mse. DeGroot and Fienberg (1983), doi:10.2307/2987588.
    """
    given, *arguments = _confidence_and_outcome(probs, labels, n_bins)
    return given.run(lambda backend: backend.reliability_curve(*arguments))


def expected_calibration_error(probs, labels, n_bins=10):
    r"""The average gap between the probability of a prediction and how often it comes true.

    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{N}\,
       \bigl| \text{fraction}_b - \text{mean probability}_b \bigr|

    Args:
        probs: (N,) probabilities of "yes", or (N, K) distributions, of which the largest entry
            is the prediction.
        labels: (N,) 0 or 1, or integer classes in [0, K).
        n_bins: the number of bins of equal width; it changes the answer, so report it.

    Returns:
        One probability between 0 and 1. Empty bins count for nothing. It is 0 for a model that
        always predicts the base rate: calibrated is not the same as good.

    Raises:
        TypeError: an argument does not hold numbers of its kind, or one is NumPy and one torch.
        ValueError: as ``reliability_curve``.

    Example:
        >>> print(ce.expected_calibration_error([0.1, 0.2, 0.9, 0.9], [0, 1, 1, 1], 2).round(4))
        0.225

    See Also:
        ``brier_score`` and the cross-entropies need no bins, and reward sharpness as well.

    Chapter: mse. Naeini, Cooper and Hauskrecht (2015), doi:10.1609/aaai.v29i1.9602.
    """
    given, *arguments = _confidence_and_outcome(probs, labels, n_bins)
    return given.run(lambda backend: backend.expected_calibration_error(*arguments))


def fit_temperature(logits, labels):
    r"""The temperature at which the logits' cross-entropy on these labels is smallest.

    .. math:: T^* = \arg\min_T \; -\frac{1}{N} \sum_n \log \mathrm{softmax}(z_n / T)_{y_n}

    The loss is convex in 1/T. Newton's method finds the zero of its slope, inside a bracket that
    halves when a step would leave it.

    Args:
        logits: (N, K) logits, or (N,) logits of "yes"; finite. Use examples not trained on.
        labels: (N,) integer classes in [0, K), or 0 or 1.

    Returns:
        A Python float. Above 1 the model was overconfident, below 1 underconfident. The most
        likely class stays the most likely.

    Raises:
        TypeError: an argument does not hold numbers of its kind, or one is NumPy and one torch.
        ValueError: a logit that is not finite, a label outside the classes, shapes that do not
            agree, no example; or no temperature is best: every label has the largest logit already
            (the loss falls all the way to T = 0), or the labels go with the logits no better than
            chance (it falls all the way to T = ∞); or the best one is below 1e-300 or above 1e300.
        ArithmeticError: 100 steps do not find it; no such logits are known.

    Example:
        >>> print(round(ce.fit_temperature([3.0, 3.0, 3.0, 3.0], [1, 1, 1, 0]), 4))  # 3 / ln 3
        2.7307

    See Also:
        ``softmax(logits, temperature)`` uses it.

    Chapter: mse. Guo, Pleiss, Sun and Weinberger (2017), arXiv:1706.04599.
    """
    given = Arguments(logits=logits, labels=labels)
    logits = given.real("logits")
    shape = tuple(logits.shape)
    if len(shape) not in (1, 2) or not math.prod(shape):
        raise ValueError(
            f"logits must have shape (N,) or (N, K) with at least one example, got shape {shape}"
        )
    if not (abs(logits) < math.inf).all():
        raise ValueError("logits must be finite, got inf or nan")
    with np.errstate(all="ignore"):
        if not abs(logits).sum() * 4 < math.inf:
            raise ValueError("logits must have a finite sum, got one that overflows")
    if len(shape) == 1:  # the logits (−z/2, z/2) of "no" and "yes"
        labels = given.backend.integers(given.binary_labels("labels", shape))
        logits = logits[:, None] * given.backend.convert(np.array([-0.5, 0.5]), logits)
    else:
        labels = given.class_labels("labels", shape[:1], shape[1])
    target = given.backend.one_hot(labels, logits)
    with np.errstate(all="ignore"):
        return _root(lambda beta: given.backend.temperature_derivatives(logits, target, beta))


def _root(derivatives):
    """1/β at the β where the first of the two ``derivatives``, which increases, is 0."""
    if derivatives(0.0)[0] >= 0:
        raise ValueError(
            "labels must go with the logits better than chance for a temperature to be best, "
            "got labels that the uniform answer (T = ∞) fits at least as well"
        )
    if derivatives(math.inf)[0] <= 0:
        raise ValueError(
            "labels must differ from the largest logit somewhere for a temperature to be best, "
            "got logits that are always right (T = 0)"
        )
    high = 1.0
    while derivatives(high)[0] < 0:  # at β = ∞ it is above 0
        high *= 2
    while 0 < high < math.inf and derivatives(high / 2)[0] >= 0:
        high /= 2
    if not _SMALLEST < high < 1 / _SMALLEST:
        raise ValueError(
            f"logits must be of a size for which the best temperature is from {_SMALLEST:.1g} to "
            f"{1 / _SMALLEST:.1g}, got logits that need another"
        )
    low, beta, move = high / 2, 0.75 * high, high
    for _ in range(_STEPS):
        first, second = derivatives(beta)
        low, high = (beta, high) if first < 0 else (low, beta)
        newton = beta - first / second if 0 < second < math.inf else high  # no step to infinity
        # a step of Newton's is at most half of the one before, so that there cannot be many
        fits = low <= newton < high and abs(newton - beta) <= move / 2
        step = newton if fits else (low + high) / 2
        move = abs(step - beta)
        if move <= 1e-15 * beta:
            return 1 / beta
        beta = step
    raise ArithmeticError(f"the temperature must be found in {_STEPS} steps, got about {1 / beta}")
