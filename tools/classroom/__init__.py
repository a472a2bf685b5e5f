"""What a teacher hands out and gets back: `make class` and `make grade`."""
