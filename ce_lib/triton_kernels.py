"""Cross-entropy and its gradient in one Triton kernel: two reads of the logits and one write.

Eager torch moves about 20 bytes for each bf16 logit (log_softmax, its copy in float32, and the
same backwards), this kernel 6. The gradient may overwrite the logits, so that a training step needs
no second array of their size.

One program computes one row. It first finds, block by block, the largest logit and
Σ exp(z_k − z_max) of the others; the 1 of the largest stays out, so that a near-certain row keeps
its digits. Then it writes the gradient by ``torch_labels.label_gradient``. Torch computes
``label_loss`` of the sums in float64. ``tests/test_fused.py`` compares both with
``torch_backend``, in Triton's interpreter if there is no GPU.
"""

import torch
import triton
import triton.language as tl

from . import torch_labels

_label_gradient = triton.jit(torch_labels.label_gradient)
if not isinstance(_label_gradient, triton.JITFunction):  # Triton's interpreter runs plain Python
    _label_gradient = torch_labels.label_gradient


@triton.jit
def _exp_gap(z, top, ACCURATE: tl.constexpr):
    """The value exp(z − top) for z ≤ top, if ACCURATE to about 2 ULP of float32 for any gap."""
    gap = z - top
    if ACCURATE:
        # float32 rounds a gap of 80 by 4e-6, and exp would show it: the two-difference gives the
        # rounding error, and ln 2 in two parts leaves exp2 an argument below ½ with all its digits.
        back = gap - z
        lost = (z - (gap - back)) - (top + back)
        n = tl.floor(gap * 1.4426950408889634 + 0.5)
        rest = gap - n * 0.693145751953125  # exact: 12 bits times a small integer
        rest = rest - n * 1.428606765330187e-06 + lost
        half = tl.floor(n * 0.5)  # 2ⁿ in two factors, so that subnormal results are not 0
        e = tl.exp2(rest * 1.4426950408889634) * tl.exp2(half) * tl.exp2(n - half)
    else:
        e = tl.exp2(gap * 1.4426950408889634)
    return tl.where(gap < -150.0, 0.0, e)  # below float32's smallest number, −∞ included


@triton.jit
def _cross_entropy(
    logits,
    labels,
    scales,
    gradient,
    tops,
    others,
    stride,
    stride_gradient,
    classes,
    BLOCK: tl.constexpr,
    ACCURATE: tl.constexpr,
    WITH_GRADIENT: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)  # rows × classes may exceed 2³¹
    z_row = logits + row * stride
    lanes = tl.arange(0, BLOCK)
    top = tl.full((), -float("inf"), tl.float32)
    rest = tl.full((), 0.0, tl.float32)  # Σ exp(z_k − top) without the top itself
    lost = tl.full((), 0.0, tl.float32)  # the rounding error of that sum
    for start in range(0, classes, BLOCK):
        at = start + lanes
        z = tl.load(z_row + at, mask=at < classes, other=-float("inf")).to(tl.float32)
        block_top, where = tl.max(z, 0, return_indices=True)
        higher = block_top > top
        new_top = tl.where(higher, block_top, top)
        e = _exp_gap(z, new_top, ACCURATE)
        e = tl.where(lanes == tl.where(higher, where, -1), 0.0, e)
        shrink = tl.where(higher, _exp_gap(top, new_top, ACCURATE), 1.0)
        carried = tl.where(higher, (rest + 1.0) * shrink, rest)
        lost = lost * shrink
        added = tl.sum(e, 0)
        total = carried + added
        larger = tl.maximum(carried, added)
        lost += (larger - total) + tl.minimum(carried, added)
        rest = total
        top = new_top
    rest += lost
    tl.store(tops + row, top)
    tl.store(others + row, rest)
    if WITH_GRADIENT:
        label = tl.load(labels + row)
        scale = tl.load(scales + row)
        own = tl.load(z_row + tl.maximum(label, 0)).to(tl.float32)
        # the label's own term is in `rest` unless it is the top
        but_own = tl.where(own == top, rest, (1.0 + rest) - _exp_gap(own, top, ACCURATE))
        share, at_label = _label_gradient(but_own, 1.0 + rest, scale)
        for start in range(0, classes, BLOCK):
            at = start + lanes
            z = tl.load(z_row + at, mask=at < classes, other=-float("inf")).to(tl.float32)
            part = _exp_gap(z, top, ACCURATE) * share
            part = tl.where(at == label, at_label, part)
            part = tl.where(scale == 0.0, 0.0, part)  # ignored, even a nan
            tl.store(gradient + row * stride_gradient + at, part, mask=at < classes)


def cross_entropy(logits, labels, scales, gradient=None):
    """Return the losses in float64, and write their gradient times ``scales`` into ``gradient``.

    Args:
        logits: (N, K) float32, float16 or bfloat16; the last axis contiguous.
        labels: (N,) int64 in [0, K).
        scales: (N,) float32 factors of the rows' gradients; 0: ignored.
        gradient: (N, K) of the dtype of ``logits``, or ``logits`` itself; None: no gradient.
    """
    rows, classes = logits.shape
    tops = torch.empty(rows, device=logits.device, dtype=torch.float32)
    others = torch.empty_like(tops)
    own = logits.gather(1, labels[:, None])[:, 0].double()  # before the gradient overwrites it
    target = logits if gradient is None else gradient
    block = min(triton.next_power_of_2(classes), 4096)
    _cross_entropy[(rows,)](
        logits,
        labels,
        scales,
        target,
        tops,
        others,
        logits.stride(0),
        target.stride(0),
        classes,
        BLOCK=block,
        ACCURATE=logits.dtype == torch.float32,
        WITH_GRADIENT=gradient is not None,
        num_warps=8 if block >= 2048 else 4,
    )
    losses = torch_labels.label_loss(others.double(), own - tops.double())
    return torch.where(scales == 0, 0, losses)
