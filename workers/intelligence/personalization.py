"""A client who agreed to it came, bought or wrote -> what they like is learnt afresh."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.intelligence.personalization import PersonalizationPolicy, decide
from lib.store.intelligence.personalization import PersonalizationStore
from workers.runtime.worker import Worker


def personalization(store: PersonalizationStore, policy: PersonalizationPolicy) -> Worker:
    """Return the worker that keeps the profiles of those who agreed to one."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.personalization_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        return await store.record_preferences(jobs, decide(contexts, policy))

    return Worker(name="intelligence.personalization", handle=handle, batch_size=50)
