"""The interactive figures of the book. Needs anywidget (and matplotlib for the still pictures)."""

from .code_length import CodeLength
from .likelihood import Likelihood
from .loss_lens import LossLens
from .prediction import Prediction
from .sampling import Sampling
from .text_cost import TextCost

__all__ = ["CodeLength", "Likelihood", "LossLens", "Prediction", "Sampling", "TextCost"]
