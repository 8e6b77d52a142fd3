"""Visits, purchases, memberships, days of the year -> what the house does for a client then."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.vip.occasions import OccasionStore
from lib.vip.occasions import plan
from workers.runtime.worker import Worker


def occasions(store: OccasionStore) -> Worker:
    """Return the worker that keeps each client's occasions planned, and acts when one has come."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.occasion_contexts([job.subject_id for job in jobs if job.subject_id])
        return await store.record_occasions(jobs, plan(contexts))

    return Worker(name="vip.occasions", handle=handle, batch_size=50, concurrency=1)
