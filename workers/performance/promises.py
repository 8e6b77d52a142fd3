"""A promise reaches a threshold (promise.threshold_reached) -> somebody is told, once."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.performance.promises import judge
from lib.store.performance.promises import PromiseStore
from workers.runtime.worker import Worker


def promises(store: PromiseStore) -> Worker:
    """Return the worker that warns before a promise is broken, and tells when it is."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.promise_contexts([job.subject_id for job in jobs if job.subject_id])
        return await store.record_promises(jobs, judge(contexts))

    return Worker(name="performance.promises", handle=handle, batch_size=200, concurrency=2)
