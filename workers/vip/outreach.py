"""The moment of an outreach or the end of a task's time -> sent, moved, held back, or reminded.

There is nothing to decide in Python: whether a client may be contacted now is one look under lock.
"""

from lib.store.vip.outreach import OutreachStore
from workers.runtime.worker import Worker


def outreach(store: OutreachStore) -> Worker:
    """Return the worker that sends what the gate lets through, when it does."""
    return Worker(
        name="vip.outreach",
        handle=store.record_outreach,
        batch_size=50,
        concurrency=1,
    )
