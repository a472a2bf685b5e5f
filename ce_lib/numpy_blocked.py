"""The fast paths for NumPy: which calls they take, and how their arrays are laid out.

The arguments have been checked. ``softmax_blocks``, ``probability_blocks`` and ``binary_blocks``
have the maths; ``torch_blocked`` brings tensors on the CPU here.
"""

import numpy as np

from . import binary_blocks, logit_blocks, numpy_backend, probability_blocks, softmax_blocks
from .blocks import BLOCK, by_blocks

BINARY = (numpy_backend.binary_cross_entropy, numpy_backend.binary_cross_entropy_with_logits)
WEIGHTED = (numpy_backend.softmax_cross_entropy_with_logits, numpy_backend.softmax_focal_loss)
SQUARED = (numpy_backend.brier_score, numpy_backend.brier_with_logits)
SOFTMAX = WEIGHTED + SQUARED


def supports(call):
    """Whether the fast path computes this call; what it does not compute is the textbook's."""
    if call.loss not in BINARY + SOFTMAX:
        return False
    logits, takes = call.arguments[0], True
    if call.loss in BINARY:
        closed_form = not call.wanted or call.loss is not numpy_backend.binary_cross_entropy
        takes = closed_form and logits.ndim > 0 and logits.dtype.kind == "f"
    fits = takes and logits.size > 0 and logits.itemsize <= 8
    return fits and (call.out is None or may_write(call.out, logits, call.arguments[1:]))


def may_write(out, logits, others):
    """Whether a block of the gradient in ``out`` changes nothing that is still to be read."""
    others = [x for x in others if isinstance(x, np.ndarray)]
    if (out.ctypes.data, out.strides) != (logits.ctypes.data, logits.strides):
        others.append(logits)
    return out.flags.c_contiguous and not any(np.may_share_memory(out, x) for x in others)


def compute(call):
    """The reduced value of a call; and its gradient, if that is wanted."""
    gradient, mean = call.out, call.reduction == "mean"
    if call.wanted and gradient is None:
        gradient = np.empty(call.arguments[0].shape, call.dtype)
    scale = 1 / call.divisor if mean else 1.0
    value = losses(call, call.loss, call.arguments, gradient, scale)
    value = np.asarray(value / call.divisor if mean else value).astype(call.dtype, copy=False)[()]
    return (value, gradient) if call.wanted else value


def losses(call, loss, arguments, gradient, scale, engine=None):
    """The loss of each example, or their sum; ``gradient`` is overwritten by theirs.

    ``loss`` and ``arguments`` are those of ``call``, as NumPy knows them.
    """
    (logits, target, *_), each = arguments, call.reduction == "none"
    itemsize = max(logits.dtype.itemsize, call.dtype.itemsize)
    if loss in BINARY:
        return binary_blocks.losses(
            *(loss, arguments, itemsize, gradient, scale), each=each, precise=call.precise
        )
    weight, share, option = arguments[2:] if loss in WEIGHTED else (1.0, 1.0, 0.0)
    *target_shape, classes = logits.shape
    soft = target.shape == logits.shape
    is_focal = loss is numpy_backend.softmax_focal_loss
    task = softmax_blocks.SoftmaxLoss(
        loss=loss,
        logits=logits.reshape(-1, classes),
        labels=None if soft else target.reshape(-1),
        rows=target.reshape(-1, classes) if soft else None,
        weight=None if isinstance(weight, float) else np.broadcast_to(weight, (classes,)),
        share=None if isinstance(share, float) else np.broadcast_to(share, target_shape).ravel(),
        smoothing=0.0 if is_focal else option,
        gamma=option if is_focal else None,
        itemsize=itemsize,
        precise=call.precise,
    )
    flat = gradient if gradient is None else gradient.reshape(-1, classes)
    way = softmax_blocks.Pass
    if loss in SQUARED:
        way = probability_blocks.Squared
    elif is_focal and soft:
        way = probability_blocks.Focal
    result = way(task, flat, scale, engine).losses(each)
    return result.reshape(logits.shape[:-1]) if each else result


def logsumexp(logits, dtype, precise):
    """The plain log Σ exp(z_k); the textbook takes the largest logit out of the sum first."""
    classes = logits.shape[-1]
    z = logits.reshape(-1, classes)
    result = np.empty(len(z), logits.dtype)
    step = max(1, BLOCK // (classes * 12 + 64))

    def block(rows, buffer):
        if logits.dtype == np.float64:
            result[rows] = numpy_backend.logsumexp(z[rows])
            return
        e = buffer[: z[rows].size].reshape(-1, classes)
        np.copyto(e, z[rows])
        np.exp(e, out=e)
        total = _row_sums(e)
        value = np.log(total)
        # near a result of 0, the rounding of a total near 1 would show
        fine = (total > 1e-150) & (total < 1e150) & (np.abs(value) > 1e-4)
        if not fine.all():
            value[~fine] = numpy_backend.logsumexp(z[rows][~fine].astype(np.float64))
        result[rows] = value

    by_blocks(block, len(z), step, classes)
    return result.reshape(logits.shape[:-1])[()]


def _row_sums(e):
    """The sum of each row by the fastest way for its length that does not call BLAS.

    A product with ones, by BLAS, is faster below 500 classes. But on a busy machine its threads
    beside ours took a hundred times as long as everything else together.
    """
    if e.shape[1] >= 512:
        return np.add.reduce(e, axis=1)
    if e.shape[1] > 6:
        return np.einsum("ij->i", e)
    total = e[:, 0].copy()
    for k in range(1, e.shape[1]):
        total += e[:, k]
    return total


def log_softmax(logits, temperature, dtype, precise):
    result = np.empty(logits.shape, dtype)
    rows = (x.reshape(-1, logits.shape[-1]) for x in (logits, result))
    wide = result.itemsize == 8
    logit_blocks.log_softmax(*rows, temperature, softmax_blocks.Engine(), wide, precise)
    return result


def kl_divergence_with_logits(p_logits, q_logits, dtype, precise):
    inside = np.result_type(p_logits.dtype, q_logits.dtype, np.float32)
    result = np.empty(p_logits.shape[:-1], inside)
    rows = (x.reshape(-1, p_logits.shape[-1]) for x in (p_logits, q_logits))
    logit_blocks.kl_divergence(*rows, result.reshape(-1), softmax_blocks.Engine(), inside, precise)
    return result.astype(dtype, copy=False)[()]


FUNCTIONS = {
    numpy_backend.logsumexp: logsumexp,
    numpy_backend.log_softmax: log_softmax,
    numpy_backend.kl_divergence_with_logits: kl_divergence_with_logits,
}


def supports_function(function, arguments):
    """Whether there is a fast path for a function of these logits."""
    logits = [x for x in arguments if isinstance(x, np.ndarray)]
    return (
        function in FUNCTIONS
        and all(x.dtype.kind == "f" and x.itemsize <= 8 for x in logits)
        and all(x.shape == logits[0].shape for x in logits)
        and logits[0].size > 0
    )
