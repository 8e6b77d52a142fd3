"""Measures shipped models and rules: one file a task."""
