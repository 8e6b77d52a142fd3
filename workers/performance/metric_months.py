"""Each day -> samples of coming months have a place, those past their retention are gone."""

from collections.abc import Mapping, Sequence

import structlog

from lib.events import Job, JobResult
from lib.performance.metric_months import MonthPolicy, plan_months
from lib.store.performance.metrics import MetricStore
from workers.runtime.worker import Worker

_log = structlog.get_logger()


def metric_months(store: MetricStore, policy: MonthPolicy) -> Worker:
    """Return the worker that keeps the partitions of samples. Done twice it does nothing more."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        plan = plan_months(await store.metric_months(), policy)
        if plan.made or plan.dropped:
            _log.info("performance.metric_months.kept", **await store.keep_metric_months(plan))
        return {job.id: "recorded" for job in jobs}

    return Worker(name="performance.metric_months", handle=handle, concurrency=1, records=False)
