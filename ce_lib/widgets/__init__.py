"""The interactive figures of the book. Needs anywidget (and matplotlib for the still pictures)."""

from .blurred_digit import BlurredDigit
from .code_length import CodeLength
from .float_microscope import FloatMicroscope
from .likelihood import Likelihood
from .loss_lens import LossLens
from .prediction import Prediction
from .sampling import Sampling
from .softmax_lens import SoftmaxLens
from .text_cost import TextCost
from .thermometer import Thermometer

__all__ = [
    "BlurredDigit",
    "CodeLength",
    "FloatMicroscope",
    "Likelihood",
    "LossLens",
    "Prediction",
    "Sampling",
    "SoftmaxLens",
    "TextCost",
    "Thermometer",
]
