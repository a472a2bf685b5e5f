"""Does a predicted probability come true as often as it says, and which temperature helps?"""

import math

import numpy as np

from ._dispatch import Arguments, whole_number

_STRATEGIES = ("uniform", "quantile")
_STEPS = 100  # usually 10 are enough, 50 where the slope spans hundreds of powers of e
_SMALLEST = 1e-300  # of the temperatures; 1/T of a smaller one would be near infinity


class _Predictions:
    """The checked arguments of a measure of calibration."""

    def __init__(self, probs, labels, n_bins, weight, strategy, many_classes=False):
        self.given = Arguments(probs=probs, labels=labels, optional={"weight": weight})
        self.n_bins = whole_number("n_bins", n_bins, "at least 1", lambda n: n >= 1)
        if strategy not in _STRATEGIES:
            raise ValueError(f"strategy must be one of {_STRATEGIES}, got {strategy!r}")
        self.strategy = strategy
        shape = tuple(self.given.arrays["probs"].shape)
        if len(shape) not in ((2,) if many_classes else (1, 2)) or not shape[0]:
            rule = "(N, K)" if many_classes else "(N,) or (N, K)"
            raise ValueError(
                f"probs must have shape {rule} with at least one example, got shape {shape}"
            )
        if len(shape) == 1:
            self.probs = self.given.in_unit_interval("probs")
            self.labels = self.given.binary_labels("labels", shape)
        else:
            self.probs = self.given.distribution("probs")
            self.labels = self.given.class_labels("labels", shape[:1], shape[1])
        self.probs = self.given.backend.widen(self.probs)
        self.weight = _example_weights(self.given, shape[:1])

    def bins(self, confidence, correct):
        """The arguments of the backend: probabilities, what came true, edges, weights."""
        backend = self.given.backend
        if self.strategy == "uniform":
            edges = backend.equal_width_edges(self.n_bins, self.given.arrays["probs"])
        else:
            weight = 1.0 if self.weight is None else self.weight
            edges = backend.equal_count_edges(self.n_bins, confidence, weight)
        return confidence, backend.widen(correct), edges, self.weight

    def of_the_answer(self):
        """The bins of the probability of "yes", or of the most likely class."""
        if len(self.probs.shape) == 1:
            return self.bins(self.probs, self.labels)
        confidence, predicted = self.given.backend.top_class(self.probs)
        return self.bins(confidence, predicted == self.labels)

    def of_class(self, k):
        """The bins of the probability of class k."""
        return self.bins(self.probs[:, k], self.labels == k)


def _example_weights(given, shape):
    """The weights of N examples, or None if none were given."""
    if "weight" not in given.arrays:
        return None
    weight = given.weights("weight", shape)
    if tuple(weight.shape) != shape:
        raise ValueError(f"weight must have shape {shape}, got shape {tuple(weight.shape)}")
    if not (weight > 0).any():
        raise ValueError("weight must be above 0 for some example, got a total of 0")
    return weight


def reliability_curve(probs, labels, n_bins=10, *, weight=None, strategy="uniform"):
    r"""How often predictions came true, bin by bin of the probability they were given.

    .. math:: B_b = \left(\tfrac{b - 1}{n}, \tfrac{b}{n}\right]

    Args:
        probs: (N,) probabilities of "yes", or (N, K) distributions, of which the largest entry
            is the prediction.
        labels: (N,) 0 or 1, or integer classes in [0, K).
        n_bins: the number of bins; a probability of 0 is in the first.
        weight: (N,) the weight of each example, at least 0; all the same unless given.
        strategy: ``"uniform"``: bins of equal width, with edges rounded to the dtype of ``probs``,
            so that 0.3 is in the same bin in each dtype. ``"quantile"``: bins of equal weight.
            Edge b is the smallest of the probabilities that has b/n of the weight at or below it,
            so equal ones stay together, and some bins may be empty.

    Returns:
        Three (n_bins,) arrays, the mean predicted probability, the fraction that came true (of
        "yes", or of right predictions), and the count, or with ``weight`` the sum of weights. In an
        empty bin the first two are nan, so that a plot leaves it out. Not differentiable.

    Raises:
        TypeError: an argument does not hold numbers of its kind, or one is NumPy and one torch.
        ValueError: a probability outside [0, 1] or a row that is not a distribution, a label
            outside the classes, shapes that do not agree, no example, ``n_bins`` below 1, a
            negative weight, weights that are all 0, or an unknown strategy.

    Example:
        >>> curve = ce.reliability_curve([0.1, 0.2, 0.9, 0.9], [0, 1, 1, 1], n_bins=2)
        >>> print(*(column.round(4) for column in curve))
        [0.15 0.9 ] [0.5 1. ] [2 2]

    See Also:
        ``expected_calibration_error`` is the average gap between the first two,
        ``maximum_calibration_error`` the largest.

    Chapter: mse. DeGroot and Fienberg (1983), doi:10.2307/2987588; bins of equal weight: Nguyen
    and O'Connor (2015), arXiv:1508.05154.
    """
    predictions = _Predictions(probs, labels, n_bins, weight, strategy)
    arguments = predictions.of_the_answer()
    return predictions.given.run(lambda backend: backend.reliability_curve(*arguments))


def expected_calibration_error(probs, labels, n_bins=10, *, weight=None, strategy="uniform"):
    r"""The average gap between the probability of a prediction and how often it comes true.

    .. math:: \mathrm{ECE} = \sum_b \frac{n_b}{N}\,
       \bigl| \text{fraction}_b - \text{mean probability}_b \bigr|

    Args:
        probs: (N,) probabilities of "yes", or (N, K) distributions, of which the largest entry
            is the prediction.
        labels: (N,) 0 or 1, or integer classes in [0, K).
        n_bins: the number of bins; it changes the answer, so report it.
        weight: (N,) the weight of each example, at least 0; all the same unless given.
        strategy: ``"uniform"``, bins of equal width, or ``"quantile"``, bins of equal weight, as
            in ``reliability_curve``.

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
        ``classwise_calibration_error`` looks at all K probabilities, not at the largest alone;
        ``brier_score`` and the cross-entropies need no bins, and reward sharpness as well.

    Chapter: mse. Naeini, Cooper and Hauskrecht (2015), doi:10.1609/aaai.v29i1.9602.
    """
    predictions = _Predictions(probs, labels, n_bins, weight, strategy)
    arguments = predictions.of_the_answer()
    return predictions.given.run(lambda backend: backend.expected_calibration_error(*arguments))


def maximum_calibration_error(probs, labels, n_bins=10, *, weight=None, strategy="uniform"):
    r"""The largest gap between the probability of a prediction and how often it comes true.

    .. math:: \mathrm{MCE} = \max_b
       \bigl| \text{fraction}_b - \text{mean probability}_b \bigr|

    Args:
        probs: (N,) probabilities of "yes", or (N, K) distributions, of which the largest entry
            is the prediction.
        labels: (N,) 0 or 1, or integer classes in [0, K).
        n_bins: the number of bins; it changes the answer, so report it.
        weight: (N,) the weight of each example, at least 0; all the same unless given.
        strategy: ``"uniform"``, bins of equal width, or ``"quantile"``, bins of equal weight, as
            in ``reliability_curve``.

    Returns:
        One probability between 0 and 1, of the bins that hold an example. A bin with few examples
        easily has the largest gap by chance; ``strategy="quantile"`` has no such bins.

    Raises:
        TypeError: an argument does not hold numbers of its kind, or one is NumPy and one torch.
        ValueError: as ``reliability_curve``.

    Example:
        >>> print(ce.maximum_calibration_error([0.1, 0.2, 0.9, 0.9], [0, 1, 1, 1], 2).round(4))
        0.35

    See Also:
        ``expected_calibration_error`` averages the gaps.

    Chapter: mse. Naeini, Cooper and Hauskrecht (2015), doi:10.1609/aaai.v29i1.9602.
    """
    predictions = _Predictions(probs, labels, n_bins, weight, strategy)
    arguments = predictions.of_the_answer()
    return predictions.given.run(lambda backend: backend.maximum_calibration_error(*arguments))


def classwise_calibration_error(probs, labels, n_bins=10, *, weight=None, strategy="uniform"):
    r"""The expected calibration error of each class's probability, averaged over the classes.

    .. math:: \frac{1}{K} \sum_k \sum_b \frac{n_{bk}}{N}\,
       \bigl| \text{fraction}_{bk} - \text{mean probability}_{bk} \bigr|

    Args:
        probs: (N, K) distributions.
        labels: (N,) integer classes in [0, K).
        n_bins: the number of bins of each class; it changes the answer, so report it.
        weight: (N,) the weight of each example, at least 0; all the same unless given.
        strategy: ``"uniform"``, bins of equal width, or ``"quantile"``, bins of equal weight, as
            in ``reliability_curve``.

    Returns:
        One probability between 0 and 1. With many classes it is small, because most of their
        probabilities are: compare models of the same classes only.

    Raises:
        TypeError: an argument does not hold numbers of its kind, or one is NumPy and one torch.
        ValueError: as ``reliability_curve``.

    Example:
        >>> q, y = [[0.8, 0.2], [0.6, 0.4]], [0, 1]
        >>> print(ce.classwise_calibration_error(q, y, n_bins=2).round(4))
        0.2

    See Also:
        ``expected_calibration_error`` looks at the most likely class only.

    Chapter: mse. Kull, Perelló-Nieto, Kängsepp, Silva Filho, Song and Flach (2019),
    arXiv:1910.12656.
    """
    predictions = _Predictions(probs, labels, n_bins, weight, strategy, many_classes=True)
    classes = predictions.probs.shape[1]
    return predictions.given.run(
        lambda backend: (
            sum(
                backend.expected_calibration_error(*predictions.of_class(k)) for k in range(classes)
            )
            / classes
        )
    )


def fit_temperature(logits, labels, *, weight=None):
    r"""The temperature at which the logits' cross-entropy on these labels is smallest.

    .. math:: T^* = \arg\min_T \; -\sum_n w_n \log \mathrm{softmax}(z_n / T)_{y_n}

    The loss is convex in 1/T. Newton's method finds the zero of its slope, inside a bracket that
    halves when a step would leave it.

    Args:
        logits: (N, K) logits, or (N,) logits of "yes"; finite. Use examples not trained on.
        labels: (N,) integer classes in [0, K), or 0 or 1.
        weight: (N,) the weight of each example, at least 0; all the same unless given.

    Returns:
        A Python float. Above 1 the model was overconfident, below 1 underconfident. The most
        likely class stays the most likely.

    Raises:
        TypeError: an argument does not hold numbers of its kind, or one is NumPy and one torch.
        ValueError: a logit that is not finite, a label outside the classes, shapes that do not
            agree, no example, a negative weight or weights that are all 0; or no temperature is
            best: every label has the largest logit already (the loss falls all the way to T = 0),
            or the labels go with the logits no better than chance (it falls all the way to T = ∞);
            or the best one is below 1e-300 or above 1e300.
        ArithmeticError: 100 steps do not find it; no such logits are known.

    Example:
        >>> print(round(ce.fit_temperature([3.0, 3.0, 3.0, 3.0], [1, 1, 1, 0]), 4))  # 3 / ln 3
        2.7307

    See Also:
        ``softmax(logits, temperature)`` uses it.

    Chapter: mse. Guo, Pleiss, Sun and Weinberger (2017), arXiv:1706.04599.
    """
    given = Arguments(logits=logits, labels=labels, optional={"weight": weight})
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
    weight = _example_weights(given, shape[:1])
    weight = 1.0 if weight is None else weight / weight.max()
    with np.errstate(all="ignore"):
        return _root(
            lambda beta: given.backend.temperature_derivatives(logits, target, weight, beta)
        )


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
