"""Events that cast doubt on an assignee (silent, offline, on leave, gone) -> back to the queue."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.orchestrator.rescue import RescuePolicy, rescue
from lib.store.orchestrator.rescue import RescueStore
from workers.runtime.worker import Worker


def rescuing(store: RescueStore, policy: RescuePolicy) -> Worker:
    """Return the worker that takes work back from whoever does not do it."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.rescue_contexts([job.subject_id for job in jobs if job.subject_id])
        return await store.record_rescue(jobs, rescue(contexts, policy))

    return Worker(name="orchestrator.rescue", handle=handle, batch_size=100, concurrency=1)
