"""Predictions that say how they were made: rhythm first, labels as they come, a gate between."""
