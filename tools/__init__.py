"""The programs that look after the book: `python -m tools VERB`."""
