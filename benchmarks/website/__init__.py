"""The parts of benchmarks/site.py: a server that counts, the stock build, and the measurements."""
