"""What looks after the book: `python -m tools VERB`."""
