"""The helpers that several tests and benchmarks share."""
