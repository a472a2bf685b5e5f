"""The engine of the site: it makes pages, notebooks and the search out of the chapters."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def setup(app):
    """Load the engine into Sphinx; tools import `ROOT` before Sphinx is installed."""
    from engine import pipeline

    return pipeline.setup(app)
