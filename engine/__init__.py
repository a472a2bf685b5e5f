"""The engine of the site: what makes pages, notebooks and the search out of the chapters."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
