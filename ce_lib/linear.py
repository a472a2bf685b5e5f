"""Cross-entropy of a linear layer's logits, without ever holding all of them."""

from ._dispatch import Arguments, whole_number
from ._reduction import check_reduction


def linear_cross_entropy(
    input, linear_weight, target, *, linear_bias=None, ignore_index=-100, reduction="mean"
):
    r"""The cross-entropy, in nats, of the logits of a linear layer, a few rows at a time.

    .. math:: \ell = -\log \mathrm{softmax}(W x + b)_y

    For N tokens and a vocabulary of V words the logits are N × V numbers, gigabytes in a large
    language model. Here only a few rows of them exist at a time, and torch's gradients of x, W
    and b are computed from these rows.

    Args:
        input: (N, D) hidden states x.
        linear_weight: (V, D) a row W for each class.
        target: (N,) integer labels in [0, V).
        linear_bias: (V,) the bias b of the layer.
        ignore_index: examples with this label cost 0 and do not count in the mean.
        reduction: ``"mean"`` over the examples that are not ignored, ``"sum"``, or ``"none"``.

    Returns:
        One number, or (N,) for ``"none"``, in nats; a float32 for float16 and bfloat16, whose
        losses and gradients are added up in float32. Layers of different dtypes are computed in
        the wider one, and under ``torch.autocast`` in autocast's. The gradient of a ``"mean"`` or
        ``"sum"`` is computed along with it, so ``backward`` works only once and cannot be
        differentiated again.

    Raises:
        TypeError: an argument does not hold floating-point numbers, labels are not integers, or
            one is NumPy and the other torch.
        ValueError: shapes that do not agree, a label outside [0, V), the mean of nothing, or an
            unknown reduction.

    Example:
        >>> x, W = np.eye(2), np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
        >>> print(ce.linear_cross_entropy(x, W, np.array([0, 2]), reduction="none").round(4))
        [0.2395 1.0986]

    See Also:
        ``softmax_cross_entropy_with_logits`` takes the logits themselves;
        ``torch.nn.functional.linear_cross_entropy`` has the same arguments and more.

    Chapter: stability. Wijmans, Huval, Hertzberg, Koltun and Krähenbühl (2024), arXiv:2411.09009.
    """
    given = Arguments(
        input=input,
        linear_weight=linear_weight,
        target=target,
        optional={"linear_bias": linear_bias},
    )
    names = ("input", "linear_weight", "linear_bias")
    x, w, bias = (given.arrays.get(name) for name in names)
    for name in names:
        array = given.arrays.get(name, x)
        if given.backend.kind(array) != "floating":
            raise TypeError(f"{name} must hold floating-point numbers, got {array.dtype}")
    if x.ndim != 2 or w.ndim != 2 or x.shape[1] != w.shape[1] or not w.shape[0]:
        raise ValueError(
            "input and linear_weight must have shapes (N, D) and (V, D), "
            f"got {tuple(x.shape)} and {tuple(w.shape)}"
        )
    if bias is not None and tuple(bias.shape) != (w.shape[0],):
        raise ValueError(f"linear_bias must have shape {(w.shape[0],)}, got {tuple(bias.shape)}")
    ignore_index = whole_number("ignore_index", ignore_index)
    labels = given.class_labels("target", (x.shape[0],), w.shape[0], ignore_index)
    check_reduction(reduction, "input", x)
    kept = int((labels >= 0).sum())
    if reduction == "mean" and not kept:
        raise ValueError(
            f"target must hold a label other than ignore_index={ignore_index} for "
            'reduction="mean", got none'
        )
    divisor = {"mean": kept, "sum": 1, "none": None}[reduction]
    if given.is_torch:
        from .torch_linear import linear_cross_entropy as compute
    else:
        from .numpy_linear import linear_cross_entropy as compute
    return compute(x, w, bias, labels, divisor)
