"""The losses of ``linear_cross_entropy`` in NumPy, a few rows of logits at a time."""

import numpy as np

from .losses import softmax_cross_entropy_with_logits

LOGITS = 2**22  # at once: 32 MiB in float64


def linear_cross_entropy(input, weight, bias, labels, example_weight, divisor, options):
    """The mean, or one loss per row without a divisor; the label −1 is ignored.

    ``options`` are those of ``softmax_cross_entropy_with_logits``.
    """
    given = [x for x in (input, weight, bias) if x is not None]
    dtype = np.result_type(np.float32, *(x.dtype for x in given))
    losses = np.zeros(len(input), dtype)
    step = max(1, LOGITS // len(weight))
    for start in range(0, len(input), step):
        rows = slice(start, start + step)
        logits = input[rows].astype(dtype) @ weight.T.astype(dtype)
        if bias is not None:
            logits += bias
        losses[rows] = softmax_cross_entropy_with_logits(
            *(logits, labels[rows]),
            ignore_index=-1,
            reduction="none",
            example_weight=None if example_weight is None else example_weight[rows],
            **options,
        )
    return losses if divisor is None else dtype.type(losses.sum(dtype=np.float64) / divisor)
