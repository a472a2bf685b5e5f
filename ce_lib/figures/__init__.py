"""The still pictures of the book, drawn from ``ce_lib``: each takes ``ax`` and returns it."""

from . import style
from .imbalance import boundary, focal_mass
from .rounding import blurred_digit, float_microscope
from .show import Picture, show
from .stills import (
    code_length,
    likelihood,
    loss_lens,
    race,
    reliability,
    sampling,
    slopes,
    softmax_lens,
    surface,
    text_cost,
    thermometer,
)

__all__ = [
    "Picture",
    "blurred_digit",
    "boundary",
    "code_length",
    "float_microscope",
    "focal_mass",
    "likelihood",
    "loss_lens",
    "race",
    "reliability",
    "sampling",
    "show",
    "slopes",
    "softmax_lens",
    "style",
    "surface",
    "text_cost",
    "thermometer",
]
