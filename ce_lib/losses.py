"""The losses, named and used as in ``torch.nn.functional``, with the class axis last."""

import math

from ._dispatch import Arguments, Differentiable, number, whole_number
from ._reduction import check_out, check_reduction, reduced, total_weight


def _matching(given, probabilities=False, any_target=False):
    """``input`` and a ``target`` of its shape, or a single number."""
    input = given.in_unit_interval("input") if probabilities else given.own("input")
    target = given.own("target") if any_target else given.in_unit_interval("target", booleans=True)
    shape = tuple(input.shape)
    if tuple(target.shape) not in (shape, ()):
        raise ValueError(
            f"target must have the shape of input {shape} or be a single number, "
            f"got shape {tuple(target.shape)}"
        )
    return input, target


def _class_target(given, scores, ignore_index=None):
    """``target`` as labels, −1 where they are ignored, or as rows of probabilities."""
    shape, got = tuple(scores.shape), tuple(given.arrays["target"].shape)
    if got == shape:
        return given.distribution("target", booleans=True)
    if got != shape[:-1] and len(shape) > 2 and got == shape[:1] + shape[2:]:
        raise ValueError(
            "logits must have the class axis last (moveaxis(logits, 1, -1) puts it there), "
            f"got shape {shape} for labels of shape {got}"
        )
    if got != shape[:-1]:
        raise ValueError(
            f"target must be labels of shape {shape[:-1]} or probabilities of shape {shape}, "
            f"got shape {got}"
        )
    return given.class_labels("target", shape[:-1], shape[-1], ignore_index)


def _weighted_classes(given, ignore_index, reduction, divisor):
    """The arguments that the two weighted losses over K classes share, and their divisor."""
    logits = given.logits()
    ignore_index = whole_number("ignore_index", ignore_index)
    if ignore_index != -100 and given.arrays["target"].shape == logits.shape:
        raise ValueError(
            "ignore_index must be left at -100 where target holds probabilities, "
            f"got {ignore_index}"
        )
    target = _class_target(given, logits, ignore_index)
    weight = given.weights("weight", (logits.shape[-1],))
    share = given.weights("example_weight", tuple(logits.shape[:-1]))
    check_reduction(reduction, "logits", logits, divisor)
    if divisor is not None:
        divisor = float(divisor)
    elif given.all_kept and isinstance(weight, float) and isinstance(share, float):
        divisor = math.prod(target.shape)
    else:
        weights = (weight, share, logits.shape[-1])
        divisor = total_weight(given, target, weights, ignore_index, reduction)
    return logits, target, weight, share, divisor


def mse_loss(input, target, reduction="mean"):
    r"""The squared error (no ½).

    .. math:: \ell = (x - y)^2

    Args:
        input: (...) real numbers, the prediction.
        target: (...) real numbers of the same shape, or a single one.
        reduction: ``"mean"`` over all elements, ``"sum"``, or ``"none"``.

    Returns:
        One number, or (...) for ``"none"``, in the unit of ``input`` squared. Half of it is, up to
        a constant, the negative log-likelihood in nats of Gaussian noise of variance 1.

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: the shapes differ, the mean is of nothing, or the reduction is unknown.

    Example:
        >>> print(ce.mse_loss([1.0, 4.0], [1.0, 2.0]))
        2.0

    See Also:
        ``mse_with_logits`` for probabilities that come from logits.

    Chapter: mse. Bishop (2006), *Pattern Recognition and Machine Learning*, section 1.2.5.
    """
    given = Arguments(input=input, target=target)
    input, target = _matching(given, any_target=True)
    check_reduction(reduction, "input", input)
    loss = given.backend.mse_loss
    return reduced(given, loss, (input, target), reduction, math.prod(input.shape))


def binary_cross_entropy(input, target, weight=None, *, reduction="mean"):
    r"""The surprise, in nats, of a yes-or-no answer to a model that gave "yes" a probability.

    .. math:: \ell = -w \,\bigl(y \log q + (1 - y) \log(1 - q)\bigr)

    Args:
        input: (...) probabilities q of "yes", in [0, 1].
        target: (...) truth y in [0, 1] of the same shape, or a single one.
        weight: the weight of each element; broadcasts to the shape of ``input``.
        reduction: ``"mean"`` over all elements (not over the weights), ``"sum"``, or ``"none"``.

    Returns:
        One number, or (...) for ``"none"``, in nats. Exact, so infinite for a certain and wrong
        answer, where torch stops at 100 and others at 16 or 36.

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: a probability or target outside [0, 1], a negative weight, shapes that do not
            agree, the mean of nothing, or an unknown reduction.

    Example:
        >>> print(ce.binary_cross_entropy([0.9, 0.9], [1, 0], reduction="none").round(4))
        [0.1054 2.3026]

    See Also:
        ``binary_cross_entropy_with_logits`` does not lose the probability that rounds to 0 or 1.

    Chapter: binary. Good (1952), doi:10.1111/j.2517-6161.1952.tb00104.x.
    """
    given = Arguments(input=input, target=target, optional={"weight": weight})
    input, target = _matching(given, probabilities=True)
    weight = given.weights("weight", tuple(input.shape))
    check_reduction(reduction, "input", input)
    loss = given.backend.binary_cross_entropy
    return reduced(given, loss, (input, target, weight), reduction, math.prod(input.shape))


def binary_cross_entropy_with_logits(
    input, target, weight=None, *, reduction="mean", pos_weight=None, precise=True
):
    r"""The surprise, in nats, of a yes-or-no answer to a model that gave "yes" a logit.

    .. math:: \ell = w \,\bigl(c\, y \log(1 + e^{-z}) + (1 - y) \log(1 + e^{z})\bigr)

    Args:
        input: (...) logits z of "yes", any real number, ±∞ included.
        target: (...) truth y in [0, 1] of the same shape, or a single one.
        weight: the weight of each element; broadcasts to the shape of ``input``.
        reduction: ``"mean"`` over all elements (not over the weights), ``"sum"``, or ``"none"``.
        pos_weight: c, the weight of "yes"; broadcasts to the shape of ``input``.
        precise: ``False`` computes in float32 unless the arguments are wider. The CPU takes about
            half the time, and the last digits of a float32 may be wrong.

    Returns:
        One number, or (...) for ``"none"``, in nats, ln 2 at z = 0. A certain and wrong answer
        costs about \|z\|, never ∞ unless z is; its slope in z is σ(z) − y.

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: a target outside [0, 1], a negative weight, shapes that do not agree, the mean
            of nothing, or an unknown reduction.

    Example:
        >>> print(ce.binary_cross_entropy_with_logits([0.0, -1000.0], 1, reduction="none").round(4))
        [6.931e-01 1.000e+03]

    See Also:
        ``binary_cross_entropy`` takes probabilities; ``softmax_cross_entropy_with_logits`` takes
        one logit per class.

    Chapter: binary. Cox (1958), doi:10.1111/j.2517-6161.1958.tb00292.x.
    """
    given = Arguments(
        input=input,
        target=target,
        optional={"weight": weight, "pos_weight": pos_weight},
        precise=precise,
    )
    input, target = _matching(given)
    weight = given.weights("weight", tuple(input.shape))
    pos_weight = given.weights("pos_weight", tuple(input.shape))
    check_reduction(reduction, "input", input)
    loss = given.backend.binary_cross_entropy_with_logits
    return reduced(
        given, loss, (input, target, weight, pos_weight), reduction, math.prod(input.shape)
    )


def softmax_cross_entropy_with_logits(
    logits,
    target,
    weight=None,
    *,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
    precise=True,
    example_weight=None,
    divisor=None,
):
    r"""The surprise, in nats, of the true class to a model that gave each class a logit.

    .. math:: \ell = -a \sum_k w_k\, \tilde y_k \log q_k, \qquad q = \mathrm{softmax}(z), \quad
       \tilde y_k = (1 - \varepsilon)\, y_k + \varepsilon / K

    As ``torch.nn.functional.cross_entropy``, with the class axis last and one rule for both kinds
    of target: the mean divides by :math:`\sum_n a_n \sum_k w_k y_{nk}`. Torch does so for labels,
    but divides by N for probabilities, so that with class weights a label and its one-hot row give
    two answers there.

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0. Channels-first logits
            (N, K, H, W) are given as ``moveaxis(logits, 1, -1)``; if K = H = W, no error can
            tell.
        target: (...) integer labels in [0, K), or (..., K) probabilities.
        weight: (K,) the weight of each class, at least 0.
        ignore_index: examples with this label cost 0 and do not count in the mean.
        reduction: ``"mean"`` (see above), ``"sum"``, or ``"none"``.
        label_smoothing: ε in [0, 1], the share of the target spread over all classes.
        precise: ``False`` computes in float32 unless the arguments are wider. The CPU takes about
            half the time, and the last digits of a float32 may be wrong.
        example_weight: the weight a of each example (a token, a pixel), at least 0; broadcasts to
            (...). An example of weight 0 costs 0, whatever its logits.
        divisor: the number that a ``"mean"`` divides by instead. Micro-batches that all divide by
            the number of tokens of the whole batch add up to its mean, and so do their gradients;
            a mean over each of them does not if they hold different numbers of tokens.

    Returns:
        One number, or (...) for ``"none"``, in nats, log K for equal logits. A class of target 0
        costs nothing, at a logit of −∞ too. The gradient in the logits is softmax − target.

    Raises:
        TypeError: labels that are not integers, an argument that does not hold real numbers, or
            one NumPy and another torch.
        ValueError: a label outside [0, K), a target row that is not a distribution, a
            negative weight, ε outside [0, 1], shapes that do not agree, an unknown reduction; or a
            mean that divides by 0 (torch: nan): no example, all ignored, or a total weight of 0. A
            ``divisor`` that is not above 0, or beside another reduction than ``"mean"``.

    Example:
        >>> logits = [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
        >>> print(ce.softmax_cross_entropy_with_logits(logits, [0, 2], reduction="none").round(4))
        [0.2395 1.0986]

    See Also:
        ``cross_entropy(p, q)`` takes two distributions and has no reduction.

    Chapters: multiclass, stability. Bridle (1990), doi:10.1007/978-3-642-76153-9_28; label
    smoothing: Szegedy, Vanhoucke, Ioffe, Shlens and Wojna (2016), arXiv:1512.00567.
    """
    given = Arguments(
        logits=logits,
        target=target,
        optional={"weight": weight, "example_weight": example_weight},
        precise=precise,
    )
    *arguments, divisor = _weighted_classes(given, ignore_index, reduction, divisor)
    smoothing = number("label_smoothing", label_smoothing, "in [0, 1]", lambda e: 0 <= e <= 1)
    loss = given.backend.softmax_cross_entropy_with_logits
    return reduced(given, loss, (*arguments, smoothing), reduction, divisor)


def sigmoid_focal_loss(input, target, *, alpha=None, gamma=2.0, reduction="mean"):
    r"""Binary cross-entropy, in nats, with less weight on examples that are already right.

    .. math:: \ell = \alpha\, y\, (1 - q)^\gamma (-\log q)
       + (1 - \alpha)(1 - y)\, q^\gamma (-\log(1 - q)), \qquad q = \sigma(z)

    Args:
        input: (...) logits z of "yes", any real number, ±∞ included.
        target: (...) truth y in [0, 1] of the same shape, or a single one. A soft y gives the
            expected loss over the two labels.
        alpha: the weight of "yes", in [0, 1]; "no" has 1 − α. ``None``: both have 1. An array
            broadcasts to the shape of ``input``: (K,) has an α for each of K questions.
        gamma: how much less weight, at least 0; 0 is ``binary_cross_entropy_with_logits``.
        reduction: ``"mean"`` over all elements, ``"sum"``, or ``"none"``.

    Returns:
        One number, or (...) for ``"none"``, in nats. Not a proper score; if "yes" is true with
        probability .8, γ = 2 is smallest at q = .627.

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: a target outside [0, 1], ``alpha`` outside [0, 1], a negative ``gamma``, shapes
            that do not agree, the mean of nothing, or an unknown reduction.

    Example:
        >>> print(ce.sigmoid_focal_loss([0.0, 4.0], 1, reduction="none").round(6))
        [1.73287e-01 6.00000e-06]

    See Also:
        ``torchvision.ops.sigmoid_focal_loss`` has ``alpha=0.25`` and ``reduction="none"`` as its
        defaults, and treats a soft target differently.

    Chapter: weights. Lin, Goyal, Girshick, He and Dollár (2017), arXiv:1708.02002.
    """
    one_for_all = alpha is None or isinstance(alpha, int | float)
    given = Arguments(
        input=input, target=target, optional={"alpha": None if one_for_all else alpha}
    )
    input, target = _matching(given)
    if not one_for_all:
        given.in_unit_interval("alpha")
        alpha = given.weights("alpha", tuple(input.shape))
    elif alpha is not None:
        number("alpha", alpha, "in [0, 1]", lambda a: 0 <= a <= 1)
    check_reduction(reduction, "input", input)
    loss = given.backend.sigmoid_focal_loss
    return reduced(
        given, loss, (input, target, alpha, _gamma(gamma)), reduction, math.prod(input.shape)
    )


def softmax_focal_loss(
    logits,
    target,
    weight=None,
    *,
    gamma=2.0,
    ignore_index=-100,
    reduction="mean",
    precise=True,
    example_weight=None,
    divisor=None,
):
    r"""Cross-entropy, in nats, with less weight on examples that are already right.

    .. math:: \ell = a \sum_k w_k\, y_k\, (1 - q_k)^\gamma (-\log q_k), \qquad
       q = \mathrm{softmax}(z)

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0. Channels-first logits
            (N, K, H, W) are given as ``moveaxis(logits, 1, -1)``; if K = H = W, no error can
            tell.
        target: (...) integer labels in [0, K), or (..., K) probabilities.
        weight: (K,) the weight of each class, at least 0.
        gamma: how much less weight, at least 0; 0 is ``softmax_cross_entropy_with_logits``.
        ignore_index: examples with this label cost 0 and do not count in the mean.
        reduction: ``"mean"``, dividing as ``softmax_cross_entropy_with_logits`` does, ``"sum"``,
            or ``"none"``.
        precise: as in ``softmax_cross_entropy_with_logits``.
        example_weight: as there, the weight a of each example.
        divisor: as there, the number that a ``"mean"`` divides by instead.

    Returns:
        One number, or (...) for ``"none"``, in nats; never more than the cross-entropy.

    Raises:
        TypeError: labels that are not integers, an argument that does not hold real numbers, or
            one NumPy and another torch.
        ValueError: as ``softmax_cross_entropy_with_logits``, and a negative ``gamma``.

    Example:
        >>> print(ce.softmax_focal_loss([0.0, 0.0], 1).round(4))  # (1/2)² ln 2
        0.1733

    See Also:
        ``sigmoid_focal_loss`` for two classes with one logit; it has ``alpha`` in place of
        ``weight``.

    Chapter: weights. Lin, Goyal, Girshick, He and Dollár (2017), arXiv:1708.02002.
    """
    given = Arguments(
        logits=logits,
        target=target,
        optional={"weight": weight, "example_weight": example_weight},
        precise=precise,
    )
    *arguments, divisor = _weighted_classes(given, ignore_index, reduction, divisor)
    loss = given.backend.softmax_focal_loss
    return reduced(given, loss, (*arguments, _gamma(gamma)), reduction, divisor)


def z_loss(logits, *, reduction="mean"):
    r"""The square of the normaliser of a softmax, which keeps logits from drifting away from 0.

    .. math:: \ell = \Bigl(\log \sum_k e^{z_k}\Bigr)^2

    A common shift of the logits changes no probability, and so no cross-entropy; in float16 and
    bfloat16 large logits lose digits nevertheless. A small share of this loss (1e-4) is added to
    the cross-entropy to hold the shift where the exponentials sum to 1.

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0.
        reduction: ``"mean"`` over the examples, ``"sum"``, or ``"none"``.

    Returns:
        One number, or (...) for ``"none"``, in nats squared, 0 for logits that are the logarithms
        of probabilities. Its slope is :math:`2 \log(\sum_j e^{z_j})\, q_k` with q the softmax.

    Raises:
        TypeError: ``logits`` does not hold real numbers.
        ValueError: ``logits`` has no class axis or no class, the mean of nothing, or an unknown
            reduction.

    Example:
        >>> print(ce.z_loss([[0.0, 0.0], [-1.0, 0.0]], reduction="none").round(4))
        [0.4805 0.0981]

    See Also:
        ``logsumexp`` is its root.

    Chapter: stability. Chowdhery et al. (2022), *PaLM: scaling language modeling with pathways*,
    arXiv:2204.02311, section 5.
    """
    given = Arguments(logits=logits)
    logits = given.logits()
    check_reduction(reduction, "logits", logits)
    loss = given.backend.z_loss
    return reduced(given, loss, (logits,), reduction, math.prod(logits.shape[:-1]))


def mse_with_logits(input, target, *, reduction="mean"):
    r"""The squared error of the probability that a logit stands for (no ½).

    .. math:: \ell = (\sigma(z) - y)^2

    Args:
        input: (...) logits z of "yes", any real number, ±∞ included.
        target: (...) truth y in [0, 1] of the same shape, or a single one.
        reduction: ``"mean"`` over all elements, ``"sum"``, or ``"none"``.

    Returns:
        One number, or (...) for ``"none"``, a squared probability, at most 1, so its slope
        vanishes where the answer is certain and wrong.

    Raises:
        TypeError: an argument does not hold real numbers, or one is NumPy and the other torch.
        ValueError: a target outside [0, 1], shapes that differ, the mean of nothing, or an unknown
            reduction.

    Example:
        >>> print(ce.mse_with_logits([0.0, -10.0], 1, reduction="none").round(4))
        [0.25   0.9999]

    See Also:
        ``binary_cross_entropy_with_logits`` keeps its slope there; ``brier_with_logits`` is the
        same score for K classes (twice this for two).

    Chapter: mse. Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    given = Arguments(input=input, target=target)
    input, target = _matching(given)
    check_reduction(reduction, "input", input)
    loss = given.backend.mse_with_logits
    return reduced(given, loss, (input, target), reduction, math.prod(input.shape))


def brier_score(probs, target, *, reduction="mean"):
    r"""The squared distance between the predicted distribution and the truth.

    .. math:: \ell = \sum_k (q_k - y_k)^2

    Args:
        probs: (..., K) probabilities; each row sums to 1.
        target: (...) integer labels in [0, K), or (..., K) probabilities.
        reduction: ``"mean"`` over the examples, ``"sum"``, or ``"none"``.

    Returns:
        One number, or (...) for ``"none"``, a squared probability between 0 and 2; on average
        smallest where ``probs`` is the true distribution.

    Raises:
        TypeError: labels that are not integers, an argument that does not hold real numbers, or
            one NumPy and another torch.
        ValueError: a row that is not a distribution, a label outside [0, K), shapes that do not
            agree, the mean of nothing, or an unknown reduction.

    Example:
        >>> print(ce.brier_score([0.7, 0.2, 0.1], 0).round(4))
        0.14

    See Also:
        ``mse_loss(q, y)`` for two classes given by one probability is half of this.

    Chapter: mse. Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    given = Arguments(probs=probs, target=target)
    probs = given.distribution("probs")
    target = _class_target(given, probs)
    check_reduction(reduction, "probs", probs)
    loss = given.backend.brier_score
    return reduced(given, loss, (probs, target), reduction, math.prod(probs.shape[:-1]))


def brier_with_logits(logits, target, *, reduction="mean"):
    r"""The squared distance between the truth and the softmax of the logits.

    .. math:: \ell = \sum_k (q_k - y_k)^2, \qquad q = \mathrm{softmax}(z)

    Args:
        logits: (..., K) real numbers; −∞ is a class of probability 0. Channels-first logits
            (N, K, H, W) are given as ``moveaxis(logits, 1, -1)``; if K = H = W, no error can
            tell.
        target: (...) integer labels in [0, K), or (..., K) probabilities.
        reduction: ``"mean"`` over the examples, ``"sum"``, or ``"none"``.

    Returns:
        One number, or (...) for ``"none"``, a squared probability between 0 and 2.

    Raises:
        TypeError: labels that are not integers, an argument that does not hold real numbers, or
            one NumPy and another torch.
        ValueError: a label outside [0, K), a target row that is not a distribution, shapes that
            do not agree, the mean of nothing, or an unknown reduction.

    Example:
        >>> print(ce.brier_with_logits([0.0, 0.0], 1))
        0.5

    See Also:
        ``brier_score`` takes probabilities.

    Chapter: mse. Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    given = Arguments(logits=logits, target=target)
    logits = given.logits()
    target = _class_target(given, logits)
    check_reduction(reduction, "logits", logits)
    loss = given.backend.brier_with_logits
    return reduced(given, loss, (logits, target), reduction, math.prod(logits.shape[:-1]))


_WITH_GRADIENT = (
    binary_cross_entropy_with_logits,
    brier_with_logits,
    mse_with_logits,
    sigmoid_focal_loss,
    softmax_cross_entropy_with_logits,
    softmax_focal_loss,
)


def value_and_grad(loss, logits, target, *, out=None, **keywords):
    r"""The loss and its gradient in the logits, by the formula a reader would derive.

    .. math:: (\ell, \; \partial \ell / \partial z)

    Args:
        loss: one of ``binary_cross_entropy_with_logits``, ``brier_with_logits``,
            ``mse_with_logits``, ``sigmoid_focal_loss``, ``softmax_cross_entropy_with_logits`` and
            ``softmax_focal_loss``.
        logits: the first argument of ``loss``.
        target: the second argument of ``loss``.
        out: where to write the gradient, an array like ``logits``, or ``logits`` itself.
        **keywords: the other arguments of ``loss``.

    Returns:
        The value, and the gradient of the reduced value in the shape of ``logits``. For
        ``reduction="none"`` it is the gradient of the sum, so row n is the gradient of loss n.

    Raises:
        TypeError: ``loss`` is not one of these, ``out`` is not of the type of ``logits``, or as
            ``loss`` does.
        ValueError: ``out`` has another shape or dtype than ``logits``, or as ``loss`` does.

    Example:
        >>> loss = ce.softmax_cross_entropy_with_logits
        >>> value, gradient = ce.value_and_grad(loss, np.log([0.2, 0.3, 0.5]), 1)
        >>> print(gradient.round(4))  # softmax − one-hot
        [ 0.2 -0.7  0.5]

    See Also:
        ``torch.autograd`` differentiates all functions of this library, in all their arguments.

    Chapter: stability. Bishop (2006), *Pattern Recognition and Machine Learning*, section 4.3.4.
    """
    if loss not in _WITH_GRADIENT:
        known = ", ".join(known.__name__ for known in _WITH_GRADIENT)
        got = getattr(loss, "__name__", repr(loss))
        raise TypeError(f"loss must be one of ce_lib's {known}, got {got}")
    if out is not None:
        check_out(out, "logits", logits)
    return loss(Differentiable(logits, out), target, **keywords)


def _gamma(value):
    return number("gamma", value, "finite and at least 0", lambda g: 0 <= g < math.inf)
