"""The still pictures of the book, drawn from ``ce_lib``: each takes ``ax`` and returns it."""

from . import style
from .show import Picture, show
from .stills import (
    code_length,
    likelihood,
    loss_lens,
    sampling,
    softmax_lens,
    text_cost,
    thermometer,
)

__all__ = [
    "Picture",
    "code_length",
    "likelihood",
    "loss_lens",
    "sampling",
    "show",
    "softmax_lens",
    "style",
    "text_cost",
    "thermometer",
]
