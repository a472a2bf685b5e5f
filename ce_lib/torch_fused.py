"""Fast path of ``torch_backend.py`` on a CUDA device: value and gradient in one Triton kernel.

As in ``numpy_blocked.py``, a path takes the call of a public loss as the user made it and returns
``NotImplemented`` where the textbook has to answer: other targets than labels, label smoothing, a
gradient that autograd is to differentiate again, no Triton. ``ce_lib.backends()`` says which it is.
"""

import torch

try:
    from . import triton_kernels
except ImportError:  # Triton comes with torch for CUDA, and with no other
    triton_kernels = None


def softmax_cross_entropy_with_logits(
    logits,
    target,
    weight=None,
    *,
    ignore_index=-100,
    reduction="mean",
    label_smoothing=0.0,
    precise=True,  # on a GPU float32 is what there is
    want,
):
    """Labels: the value, and softmax − one-hot, in two reads of the logits and one write."""
    if not (
        triton_kernels
        and want.gradient
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
    out = torch.empty_like(rows) if want.out is None else want.out
    if want.out is not None:
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
    gradient = out.view(logits.shape) if want.out is None else want.out
    return value.to(logits.dtype), gradient
