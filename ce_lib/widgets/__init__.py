"""The interactive figures of the book: one folder each, found by itself. Needs anywidget.

A folder ``loss_lens`` holds ``figure.js``, which draws; ``widget.py``, whose class ``LossLens`` has
the traits; and their tests. What figures share is in ``kit``.
"""

from importlib import import_module
from pathlib import Path

__all__ = []
for _file in sorted(Path(__file__).parent.glob("*/widget.py")):
    _folder = _file.parent.name
    _name = _folder.title().replace("_", "")
    globals()[_name] = getattr(import_module(f".{_folder}.widget", __name__), _name)
    __all__.append(_name)
