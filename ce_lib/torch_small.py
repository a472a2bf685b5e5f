"""The fast path for small tensors on the CPU: torch's own operations, in float64.

In blocks a loss is some forty calls of NumPy; as torch's own it is three of torch. For a result of
float32 and below float64 has digits enough, unless a class is near certain: there 1 − p and log p
are differences of numbers near 1, and the answer is ``None``. ``torch_blocked`` asks here first.
"""

import math

import torch
from torch.nn import functional as F

from . import torch_backend

FEW = 2**15  # elements; with more, blocks are as fast


def _log_softmax(logits, temperature=1.0):
    if logits.dtype == torch.float64 or logits.numel() > FEW:
        return None
    if temperature != 1:
        logits = logits.double() / temperature
    log_p = torch.log_softmax(logits, -1, torch.float64)
    return log_p if log_p.detach().amax().item() < -1e-6 else None  # None for a nan, too


def log_softmax(logits, temperature, dtype):
    log_p = _log_softmax(logits, temperature)
    return None if log_p is None else log_p.to(dtype)


def kl_divergence_with_logits(p_logits, q_logits, dtype):
    log_p, log_q = _log_softmax(p_logits), _log_softmax(q_logits)
    if log_p is None or log_q is None:
        return None
    result = F.kl_div(log_q, log_p, reduction="none", log_target=True).sum(-1)
    least, most = (x.item() for x in torch.aminmax(result.detach()))
    if least > 1e-5 and most < math.inf:  # below, terms cancel
        return result.to(dtype)
    return None


def cross_entropy(call):
    """The reduced value of a cross-entropy, through autograd, or None."""
    logits, target, weight, share, smoothing = call.arguments
    soft = target.shape == logits.shape
    if call.wanted or not isinstance(share, float) or (soft and smoothing):
        return None
    log_p = _log_softmax(logits)
    if log_p is None:
        return None
    if soft or smoothing:  # equal costs of nearly equal logits cancel
        low, top = log_p.detach().amin().item(), log_p.detach().amax(-1).amin().item()
        if low == -math.inf or top < 1e-6 - math.log(logits.shape[-1]):
            return None
    # the caller may change these before the backward pass
    target = target.double().clone() if soft else target.clone()
    if logits.dim() != 2:
        log_p = log_p.reshape(-1, logits.shape[-1])
        target = target.reshape(log_p.shape if soft else -1)
    weight = None if isinstance(weight, float) else weight.expand(logits.shape[-1]).clone()
    # an int is the number of examples, none of which is ignored: torch's own divisor
    own = call.reduction == "mean" and isinstance(call.divisor, int)
    reduction = call.reduction if own or call.reduction == "none" else "sum"
    if soft or smoothing:
        value = F.cross_entropy(log_p, target, weight, None, -1, None, reduction, smoothing)
    else:
        value = F.nll_loss(log_p, target, weight, None, -1, None, reduction)
    if call.reduction == "mean" and not own:
        value = value / call.divisor
    if call.reduction == "none":
        value = value.reshape(logits.shape[:-1])
    return value.to(call.dtype)


LOSSES = {torch_backend.softmax_cross_entropy_with_logits: cross_entropy}
