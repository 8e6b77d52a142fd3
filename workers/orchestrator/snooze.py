"""A ticket's rest is over (ticket.snooze_elapsed) -> with its agent again, or back to the queue.

There is nothing to decide in Python: whose rest is over and who has room is one look under lock.
"""

from lib.store.orchestrator.snooze import SnoozeStore
from workers.runtime.worker import Worker


def snooze(store: SnoozeStore) -> Worker:
    """Return the worker that wakes tickets at the moment they were snoozed until."""
    return Worker(
        name="orchestrator.snooze",
        handle=store.record_snooze,
        batch_size=200,
        concurrency=1,
    )
