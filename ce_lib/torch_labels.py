"""The cross-entropy of a label and its gradient, from sums that a kernel or processes found."""

import torch


def label_loss(others, gap):
    """The loss of a label from these sums.

    Both are relative to one logit of the row, the largest or the label's: ``gap`` is the label's
    logit less that one, and ``others`` is Σ exp(z_k − that one) without its own exp(0) = 1.
    """
    return torch.log1p(others) - gap


def label_gradient(others, total, mass):
    """The factor from exp(z_k) to the gradient, and the gradient in the label's own logit.

    p_k is exp(z_k) / total. p_y − 1 is −others / total, without cancellation: ``others`` is the
    total without the label. Only arithmetic stands here, because Triton compiles it.
    """
    share = mass / total
    return share, -others * share
