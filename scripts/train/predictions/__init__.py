"""Training on the installation's own history, as the nightly worker does it, told step by step."""
