"""Cross-entropy of a linear layer's logits, without ever holding all of them."""

import math

from ._dispatch import Arguments, number, whole_number
from ._reduction import check_reduction, total_weight


def linear_cross_entropy(
    input,
    linear_weight,
    target,
    *,
    linear_bias=None,
    weight=None,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
    example_weight=None,
    divisor=None,
):
    r"""The cross-entropy, in nats, of the logits of a linear layer, a few rows at a time.

    .. math:: \ell = -\log \mathrm{softmax}(W x + b)_y

    For N tokens and a vocabulary of V words the logits are N × V numbers, gigabytes in a large
    language model. Here only a few rows of them exist at a time, and torch's gradients of x, W
    and b are computed from these rows.

    Args:
        input: (..., D) hidden states x, one for each example.
        linear_weight: (V, D) a row W for each class.
        target: (...) integer labels in [0, V).
        linear_bias: (V,) the bias b of the layer.
        weight: (V,) the weight of each class, as in ``softmax_cross_entropy_with_logits``, which
            also says what the other keywords mean. No gradient is computed for the two weights.
        ignore_index: examples with this label cost 0 and do not count in the mean.
        reduction: ``"mean"``, which divides by the weight of all examples (without weights by the
            number of those that are not ignored), ``"sum"``, or ``"none"``.
        label_smoothing: the share in [0, 1] of the target that is spread over all classes.
        example_weight: the weight of each example, at least 0; broadcasts to (...).
        divisor: the number that a ``"mean"`` divides by instead.

    Returns:
        One number, or (...) for ``"none"``, in nats; a float32 for float16 and bfloat16, whose
        losses and gradients are added up in float32. Layers of different dtypes are computed in
        the wider one, and under ``torch.autocast`` in autocast's. The gradient of a ``"mean"`` or
        ``"sum"`` is computed along with it, so ``backward`` works only once and cannot be
        differentiated again.

    Raises:
        TypeError: an argument does not hold floating-point numbers, labels are not integers, or
            one is NumPy and the other torch.
        ValueError: shapes that do not agree, a label outside [0, V), a negative weight or one that
            requires a gradient, ``label_smoothing`` outside [0, 1], a ``divisor`` that is not above
            0, the mean of nothing, or an unknown reduction.

    Example:
        >>> x, W = np.eye(2), np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
        >>> print(ce.linear_cross_entropy(x, W, np.array([0, 2]), reduction="none").round(4))
        [0.2395 1.0986]

    See Also:
        ``softmax_cross_entropy_with_logits`` takes the logits themselves;
        ``torch.nn.functional.linear_cross_entropy`` has no weights of examples and no divisor.

    Chapter: stability. Wijmans, Huval, Hertzberg, Koltun and Krähenbühl (2024), arXiv:2411.09009.
    """
    given = Arguments(
        input=input,
        linear_weight=linear_weight,
        target=target,
        optional={
            "linear_bias": linear_bias,
            "weight": weight,
            "example_weight": example_weight,
        },
    )
    names = ("input", "linear_weight", "linear_bias")
    x, w, bias = (given.arrays.get(name) for name in names)
    for name in names:
        array = given.arrays.get(name, x)
        if given.backend.kind(array) != "floating":
            raise TypeError(f"{name} must hold floating-point numbers, got {array.dtype}")
    if x.ndim < 1 or w.ndim != 2 or x.shape[-1] != w.shape[-1] or not w.shape[0]:
        raise ValueError(
            "input and linear_weight must have shapes (..., D) and (V, D), "
            f"got {tuple(x.shape)} and {tuple(w.shape)}"
        )
    for name in ("weight", "example_weight"):
        if getattr(given.arrays.get(name), "requires_grad", False):
            raise ValueError(
                f"{name} must not require a gradient (none is computed), got requires_grad=True"
            )
    if bias is not None and tuple(bias.shape) != (w.shape[0],):
        raise ValueError(f"linear_bias must have shape {(w.shape[0],)}, got {tuple(bias.shape)}")
    ignore_index = whole_number("ignore_index", ignore_index)
    examples, classes = tuple(x.shape[:-1]), w.shape[0]
    labels = given.class_labels("target", examples, classes, ignore_index)
    weights = given.weights("weight", (classes,)), given.weights("example_weight", examples)
    smoothing = number("label_smoothing", label_smoothing, "in [0, 1]", lambda e: 0 <= e <= 1)
    check_reduction(reduction, "target", labels, divisor)
    if divisor is None:
        divisor = float(total_weight(given, labels, (*weights, classes), ignore_index, reduction))
    of_classes, of_examples = (None if isinstance(x, float) else x for x in weights)
    if of_examples is not None:
        of_examples = (of_examples * (labels == labels)).reshape(-1)  # one for each example
    if given.is_torch:
        from .torch_linear import linear_cross_entropy as compute
    else:
        from .numpy_linear import linear_cross_entropy as compute
    losses = compute(
        *(x.reshape(math.prod(examples), w.shape[1]), w, bias, labels.reshape(-1), of_examples),
        divisor={"mean": divisor, "sum": 1, "none": None}[reduction],
        options={"weight": of_classes, "label_smoothing": smoothing},
    )
    return losses.reshape(examples) if reduction == "none" else losses
