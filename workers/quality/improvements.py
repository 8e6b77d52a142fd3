"""Something was judged at a desk -> corrective actions open, close, or open again."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.quality.improvements import improve
from lib.store.quality.improvements import ImprovementStore
from workers.runtime.worker import Worker


def improvements(store: ImprovementStore) -> Worker:
    """Return the worker that lets later samples decide about actions."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.improvement_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        return await store.record_improvements(jobs, improve(contexts))

    return Worker(name="quality.improvements", handle=handle, batch_size=10, concurrency=1)
