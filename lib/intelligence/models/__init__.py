"""Frozen models of what the intelligence workers read and decide."""
