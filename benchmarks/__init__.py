"""Measurements of the library and of the site: `python -m benchmarks.speed`."""
