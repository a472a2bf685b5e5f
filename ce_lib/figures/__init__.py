"""The still pictures of the book, drawn from ``ce_lib``: each takes ``ax`` and returns it."""

from . import style
from .show import Picture, show
from .stills import code_length, likelihood, loss_lens, sampling, text_cost

__all__ = [
    "Picture",
    "code_length",
    "likelihood",
    "loss_lens",
    "sampling",
    "show",
    "style",
    "text_cost",
]
