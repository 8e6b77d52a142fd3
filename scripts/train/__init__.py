"""Trains what the workers ship with, from data whose licence allows it."""
