"""Cross-entropy losses in NumPy and PyTorch, written to be read.

``import ce_lib as ce``. The class axis is the last one, and losses are in nats. NumPy computes
arrays, lists and numbers; torch computes tensors, on their device and through autograd. The losses
have the keywords and the meaning of those in ``torch.nn.functional``, with one other name: torch's
``cross_entropy`` is ``softmax_cross_entropy_with_logits`` here, and ``cross_entropy(p, q)`` takes
two distributions.
"""

from ._checks import unchecked
from .calibration import (
    classwise_calibration_error,
    expected_calibration_error,
    fit_temperature,
    maximum_calibration_error,
    reliability_curve,
)
from .distributions import (
    cross_entropy,
    entropy,
    entropy_with_logits,
    jensen_shannon_divergence,
    kl_divergence,
    kl_divergence_with_logits,
    perplexity,
    to_bits,
)
from .info import backends
from .linear import linear_cross_entropy
from .losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    brier_score,
    brier_with_logits,
    mse_loss,
    mse_with_logits,
    sigmoid_focal_loss,
    softmax_cross_entropy_with_logits,
    softmax_focal_loss,
    value_and_grad,
    z_loss,
)
from .softmax import (
    focal_posterior,
    log_sigmoid,
    log_softmax,
    logit,
    logsumexp,
    sigmoid,
    softmax,
)
from .weights import effective_number_weights, inverse_frequency_weights

__all__ = [
    "backends",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "brier_score",
    "brier_with_logits",
    "classwise_calibration_error",
    "cross_entropy",
    "effective_number_weights",
    "entropy",
    "entropy_with_logits",
    "expected_calibration_error",
    "fit_temperature",
    "focal_posterior",
    "inverse_frequency_weights",
    "jensen_shannon_divergence",
    "kl_divergence",
    "kl_divergence_with_logits",
    "linear_cross_entropy",
    "log_sigmoid",
    "log_softmax",
    "logit",
    "logsumexp",
    "maximum_calibration_error",
    "mse_loss",
    "mse_with_logits",
    "perplexity",
    "reliability_curve",
    "sigmoid",
    "sigmoid_focal_loss",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softmax_focal_loss",
    "to_bits",
    "unchecked",
    "value_and_grad",
    "z_loss",
]


_FOR_LEARNERS = ("check", "hint", "patient")


def __getattr__(name):
    """Import the exercises on first use, so that computing a loss does not load them."""
    if name not in _FOR_LEARNERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "patient":
        from .exercises import project

        return project.patient
    from . import exercises

    return getattr(exercises, name)


def __dir__():
    return sorted({*globals(), *_FOR_LEARNERS})
