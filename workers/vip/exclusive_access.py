"""A place given back, an item changed, a deadline -> the first who waits is offered the place.

There is nothing to decide in Python: who is next and has room in their tier is one look under lock.
"""

from lib.store.vip.exclusive_access import ExclusiveAccessStore
from workers.runtime.worker import Worker


def exclusive_access(store: ExclusiveAccessStore) -> Worker:
    """Return the worker that moves the waiting lists of exclusive items on."""
    return Worker(
        name="vip.exclusive_access",
        handle=store.record_exclusive_access,
        batch_size=50,
        concurrency=1,
    )
