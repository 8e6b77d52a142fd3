"""What the workers of the intelligence component read and write."""
