"""A house with a past: clients, tickets and all that followed, written by COPY."""
