"""Each minute -> the monitored metrics that are due are sampled, at each desk and in the house."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.performance.metrics import choose_due
from lib.store.performance.metrics import MetricStore
from workers.runtime.worker import Worker


def metrics(store: MetricStore) -> Worker:
    """Return the worker that samples; however many minutes it missed, it samples the present."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.metric_contexts()
        return await store.record_samples(jobs, choose_due(contexts))

    return Worker(name="performance.metrics", handle=handle, concurrency=1)
