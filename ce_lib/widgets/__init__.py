"""The interactive figures of the book. Needs anywidget (and matplotlib for the still pictures)."""

from .blurred_digit import BlurredDigit
from .boundary import Boundary
from .code_length import CodeLength
from .float_microscope import FloatMicroscope
from .focal_mass import FocalMass
from .likelihood import Likelihood
from .loss_lens import LossLens
from .prediction import Prediction
from .race import Race
from .reliability import Reliability
from .sampling import Sampling
from .slopes import Slopes
from .softmax_lens import SoftmaxLens
from .surface import Surface
from .text_cost import TextCost
from .thermometer import Thermometer

__all__ = [
    "BlurredDigit",
    "Boundary",
    "CodeLength",
    "FloatMicroscope",
    "FocalMass",
    "Likelihood",
    "LossLens",
    "Prediction",
    "Race",
    "Reliability",
    "Sampling",
    "Slopes",
    "SoftmaxLens",
    "Surface",
    "TextCost",
    "Thermometer",
]
