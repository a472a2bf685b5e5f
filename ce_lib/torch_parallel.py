"""Cross-entropy of logits whose classes are spread over the processes of ``torch.distributed``.

Tensor parallelism cuts the vocabulary matrix into one slice per device, and each process has the
logits of its own classes only. Three numbers per example are enough to agree on the loss: the
largest logit, the sum of the other exponentials, and the label's own logit. The gradient needs no
more. That takes three collectives of torch, and a fourth to settle ties; gathering the logits
would send all of them.

``tests/test_parallel.py`` compares it, in two processes, with
``torch_backend.softmax_cross_entropy_with_logits``.
"""

import torch
import torch.distributed as dist

from ._reduction import check_reduction
from .torch_backend import result_dtype, widen
from .torch_labels import label_gradient, label_loss


class _VocabParallel(torch.autograd.Function):
    @staticmethod
    def forward(ctx, logits, labels, first, group):
        """The losses of global labels (−1: ignored); ``first`` is this process's first class."""
        z = widen(logits)
        own_top, at = z.max(-1)
        top = own_top.clone()
        dist.all_reduce(top, dist.ReduceOp.MAX, group)
        # the lowest process that has the top leaves its exp(0) = 1 out of the sum
        rank = dist.get_rank(group)
        owner = torch.where(own_top == top, rank, dist.get_world_size(group))
        dist.all_reduce(owner, dist.ReduceOp.MIN, group)
        e = torch.exp(z - top[:, None])
        at = at[:, None]
        is_top = owner == rank
        others = e.scatter(1, at, torch.where(is_top[:, None], 0, e.gather(1, at))).sum(-1)
        here = labels - first
        mine = (here >= 0) & (here < z.shape[-1])
        column = torch.where(mine, here, 0)[:, None]
        gap = torch.where(mine, (z.gather(1, column) - top[:, None])[:, 0], 0)
        sums = torch.stack([others, gap])
        dist.all_reduce(sums, dist.ReduceOp.SUM, group)
        others, gap = sums
        own = e.gather(1, column)[:, 0]
        # the label's own term is in `others` unless it is the top
        but_own = torch.where(is_top & (at == column)[:, 0], others, 1 + others - own)
        share, at_label = label_gradient(but_own, 1 + others, 1.0)
        at_label = torch.where(mine, at_label, own * share)
        gradient = (e * share[:, None]).scatter(1, column, at_label[:, None])
        kept = labels >= 0
        ctx.save_for_backward(torch.where(kept[:, None], gradient, 0).to(logits.dtype))
        return torch.where(kept, label_loss(others, gap), 0)

    @staticmethod
    def backward(ctx, upstream):
        if torch.is_grad_enabled():  # create_graph=True
            raise RuntimeError(
                "vocab_parallel_cross_entropy must not be differentiated twice, "
                "got create_graph=True"
            )
        (gradient,) = ctx.saved_tensors
        return (gradient * upstream[:, None]).to(gradient.dtype), None, None, None


def vocab_parallel_cross_entropy(
    logits, target, group=None, *, ignore_index=-100, reduction="mean"
):
    """The cross-entropy, in nats, of logits whose classes are spread over a group of processes.

    Args:
        logits: (N, V_r) this process's logits; process r has the classes that follow those of
            process r − 1. The processes may have different numbers of classes.
        target: (N,) integer labels in [0, Σ V_r), the same in all processes.
        group: the process group; None: all processes.
        ignore_index: examples with this label cost 0 and do not count in the mean.
        reduction: ``"mean"`` over the examples that are not ignored, ``"sum"``, or ``"none"``.

    Returns:
        The same number, or (N,) for ``"none"``, in every process; ``backward`` gives each process
        its own slice of softmax − one-hot.

    Raises:
        ValueError: shapes that do not agree, a label outside the classes, the mean of nothing, or
            an unknown reduction; every process raises the same.

    See Also:
        ``torch.distributed.tensor.parallel.loss_parallel`` for logits that are a DTensor.

    Shoeybi, Patwary, Puri, LeGresley, Casper and Catanzaro (2019), arXiv:1909.08053.
    """
    check_reduction(reduction, "logits", logits)
    if logits.dim() != 2 or target.shape != logits.shape[:1] or not logits.shape[1]:
        raise ValueError(
            "logits and target must have shapes (N, V) and (N,), "
            f"got {tuple(logits.shape)} and {tuple(target.shape)}"
        )
    sizes = [
        torch.zeros(1, dtype=torch.int64, device=logits.device)
        for _ in range(dist.get_world_size(group))
    ]
    dist.all_gather(sizes, torch.tensor([logits.shape[1]], device=logits.device), group)
    classes = torch.cat(sizes)
    first, total = classes[: dist.get_rank(group)].sum().item(), classes.sum().item()
    kept = target != ignore_index
    wrong = kept & ((target < 0) | (target >= total))
    if wrong.any():
        got = target[wrong]
        raise ValueError(
            f"target labels must be in [0, {total}), "
            f"got values from {got.min().item()} to {got.max().item()}"
        )
    if reduction == "mean" and not kept.any():
        raise ValueError(
            f"target must hold a label other than ignore_index={ignore_index}, got none"
        )
    labels = torch.where(kept, target, -1)
    losses = _VocabParallel.apply(logits, labels, first, group)
    dtype = result_dtype(logits, is_loss=True)
    if reduction == "none":
        return losses.to(dtype)
    divisor = kept.sum() if reduction == "mean" else 1
    return (losses.sum() / divisor).to(dtype)
