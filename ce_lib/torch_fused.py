"""Fast path of ``torch_backend.py`` on a CUDA device: value and gradient in one Triton kernel.

As in ``numpy_blocked.py``, a path takes the call of a public loss as the user made it. It returns
``NotImplemented`` if the textbook must answer: without Triton, and for soft targets, for label
smoothing and for a gradient through autograd. ``ce_lib.backends()`` says whether it is in use.
"""

import torch

from . import torch_backend

try:
    from . import triton_kernels
except ImportError:  # only torch for CUDA brings Triton
    triton_kernels = None


def softmax_cross_entropy_with_logits(
    logits,
    target,
    weight=None,
    *,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
    precise=True,  # a GPU computes in float32 either way
    request,
):
    """Labels: the value and softmax − one-hot, in two reads of the logits and one write."""
    if not (
        triton_kernels
        and request.wanted
        and logits.dtype in (torch.float32, torch.float16, torch.bfloat16)
        and logits.dim() > 0
        and logits.numel() > 0
        and isinstance(target, torch.Tensor)
        and target.dtype in (torch.int64, torch.int32)
        and target.device == logits.device
        and target.shape == logits.shape[:-1]
        and (weight is None or isinstance(weight, torch.Tensor))
        and reduction in ("mean", "sum", "none")
        and label_smoothing == 0
        and type(ignore_index) is int
        and isinstance(precise, bool)
        and not (torch.is_grad_enabled() and logits.requires_grad)
    ):
        return NotImplemented
    classes = logits.shape[-1]
    rows = logits.reshape(-1, classes)
    out = torch.empty_like(rows) if request.out is None else request.out
    if request.out is not None:
        if not (out.is_contiguous() and logits.is_contiguous()):
            return NotImplemented
        out = out.view(-1, classes)
    labels = target.reshape(-1).long()
    kept = labels != ignore_index
    if (kept & ((labels < 0) | (labels >= classes))).any():
        return NotImplemented
    labels = torch.where(kept, labels, 0)
    mass = kept.float()
    if weight is not None:
        if weight.shape != (classes,) or not ((weight >= 0) & (weight < torch.inf)).all():
            return NotImplemented
        mass = mass * weight.float()[labels]
    divisor = mass.double().sum() if reduction == "mean" else 1
    if divisor == 0:
        return NotImplemented
    scales = (mass.double() / divisor).float()
    losses = triton_kernels.cross_entropy(rows.contiguous(), labels, scales, out)
    losses = torch.where(mass == 0, 0, losses * mass.double())
    value = losses.view(target.shape) if reduction == "none" else losses.sum() / divisor
    gradient = out.view(logits.shape) if request.out is None else request.out
    return value.to(torch_backend.result_dtype(logits, is_loss=True)), gradient
