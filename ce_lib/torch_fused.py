"""The fast path for tensors on a CUDA device: value and gradient in one Triton kernel.

``supports`` says which calls it takes: labels, without label smoothing, and not through autograd.
Everything else, and everything without Triton, goes through ``torch_backend.py``.
``ce_lib.backends()`` says whether it is in use.
"""

import torch

from . import torch_backend

try:
    from . import triton_kernels
except ImportError:  # only torch for CUDA brings Triton
    triton_kernels = None


def supports(call):
    """Whether the kernel computes this call; what it does not compute is the textbook's."""
    if not (
        triton_kernels
        and call.wanted
        and call.loss is torch_backend.softmax_cross_entropy_with_logits
    ):
        return False
    logits, target, weight, share, label_smoothing = call.arguments
    in_place = call.out is None or (call.out.is_contiguous() and logits.is_contiguous())
    return (
        logits.dtype in (torch.float32, torch.float16, torch.bfloat16)
        and logits.numel() > 0
        and target.shape != logits.shape
        and label_smoothing == 0
        and in_place
        and not (torch.is_grad_enabled() and any(map(_needs_gradient, (logits, weight, share))))
    )


def _needs_gradient(x):
    return torch.is_tensor(x) and x.requires_grad


def supports_function(function, arguments):
    """No function of logits alone has a kernel."""
    return False


def compute(call):
    """The value and softmax − one-hot, in two reads of the logits and one write."""
    logits, target, weight, share, _ = call.arguments
    classes = logits.shape[-1]
    rows = logits.reshape(-1, classes)
    out = torch.empty_like(rows) if call.out is None else call.out.view(-1, classes)
    labels = target.reshape(-1)
    mass = (labels >= 0).float()
    labels = labels.clamp(min=0)
    if torch.is_tensor(weight):
        mass = mass * weight.float().expand(classes)[labels]
    if torch.is_tensor(share):
        mass = mass * share.float().expand(target.shape).reshape(-1)
    divisor = call.divisor if call.reduction == "mean" else 1
    scales = (mass.double() / divisor).float()
    losses = triton_kernels.cross_entropy(rows.contiguous(), labels, scales, out)
    losses = torch.where(mass == 0, 0, losses * mass.double())
    value = losses.view(target.shape) if call.reduction == "none" else losses.sum() / divisor
    gradient = out.view(logits.shape) if call.out is None else call.out
    return value.to(call.dtype), gradient
