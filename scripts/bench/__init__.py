"""Benchmarks: one file a question, each with a goal it meets or falls short of."""
