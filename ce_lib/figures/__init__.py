"""Matplotlib pictures in the style of the book: ``style`` draws them, ``show`` shows them."""

from . import style
from .show import Picture, show

__all__ = ["Picture", "show", "style"]
