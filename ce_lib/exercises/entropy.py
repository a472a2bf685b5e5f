"""To come."""

EXERCISES = {}
