"""The engine of the site: it makes pages, notebooks and the search out of the chapters."""

import sys
from pathlib import Path

# jsonschema would load this grammar of internet addresses, which takes seconds, on each start:
# no notebook has an address to check by it.
sys.modules.setdefault("rfc3987_syntax", None)

ROOT = Path(__file__).resolve().parent.parent


def setup(app):
    """Load the engine into Sphinx; tools import `ROOT` before Sphinx is installed."""
    from engine import pipeline

    return pipeline.setup(app)
