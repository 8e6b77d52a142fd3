"""Each hour -> what is past its retention is deleted, in portions that lock nothing for long."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.foundation import FoundationStore
from workers.runtime.worker import Worker

_PORTION = 5000


def housekeeping(store: FoundationStore, retention_days: int) -> Worker:
    """Return the worker that keeps the log of events, and what was settled long ago, short."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        while await store.prune_events(retention_days, _PORTION) >= _PORTION:
            pass
        return {job.id: "recorded" for job in jobs}

    return Worker(
        name="foundation.housekeeping",
        handle=handle,
        concurrency=1,
        records=False,
        timeout_seconds=600,
    )
