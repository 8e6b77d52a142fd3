"""Each hour -> is the work of each desk shared evenly this week? If not, its managers are told."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.orchestrator.fairness import FairnessPolicy, judge
from lib.store.orchestrator.fairness import FairnessStore
from workers.runtime.worker import Worker


def fairness(store: FairnessStore, policy: FairnessPolicy) -> Worker:
    """Return the worker that watches over the sharing of work."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.fairness_contexts()
        return await store.record_fairness(jobs, judge(contexts, policy))

    return Worker(name="orchestrator.fairness", handle=handle, concurrency=1)
