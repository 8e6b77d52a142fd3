"""Visits, purchases, promises, surveys, complaints, each day -> how well a VIP client is."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.vip.wellness import WellnessStore
from lib.vip.wellness import WellnessPolicy, judge
from workers.runtime.worker import Worker


def wellness(store: WellnessStore, policy: WellnessPolicy) -> Worker:
    """Return the worker that keeps wellness reports; a fall opens a task for the client's team."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.wellness_contexts([job.subject_id for job in jobs if job.subject_id])
        return await store.record_wellness(jobs, judge(contexts, policy))

    return Worker(name="vip.wellness", handle=handle, batch_size=50, concurrency=1)
