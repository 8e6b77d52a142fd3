"""Scenes of the demo: one situation each, at a desk of its own, told line by line and checked."""
