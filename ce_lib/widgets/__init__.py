"""The interactive figures of the book. Needs anywidget (and matplotlib for the still pictures)."""

from .code_length import CodeLength
from .likelihood import Likelihood
from .loss_lens import LossLens
from .prediction import Prediction
from .sampling import Sampling
from .softmax_lens import SoftmaxLens
from .text_cost import TextCost
from .thermometer import Thermometer

__all__ = [
    "CodeLength",
    "Likelihood",
    "LossLens",
    "Prediction",
    "Sampling",
    "SoftmaxLens",
    "TextCost",
    "Thermometer",
]
