"""The programs that look after the book: `python -m tools VERB`."""

import engine  # noqa: F401  (before anything that loads jsonschema: engine says why)
