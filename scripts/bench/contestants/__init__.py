"""Job queues that run the same no-op jobs on the same Postgres."""
