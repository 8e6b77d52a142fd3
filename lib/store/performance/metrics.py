"""What the workers of metrics read and write; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from lib.events import Job, JobResult
from lib.performance.models.metric_months import MetricMonths, MonthPlan
from lib.performance.models.metrics import DueSample, MetricContexts
from lib.store.rpc import Rpc


class MetricStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def metric_contexts(self) -> MetricContexts:
        """Return every monitor and when it was sampled last."""
        ...

    async def record_samples(
        self, jobs: Sequence[Job], due: Sequence[DueSample]
    ) -> Mapping[int, JobResult]:
        """Sample these metrics and finish the jobs, in one transaction."""
        ...

    async def metric_months(self) -> MetricMonths:
        """Return the months that have a partition."""
        ...

    async def keep_metric_months(self, plan: MonthPlan) -> Mapping[str, int]:
        """Make and drop partitions; answers {"made", "dropped"}: how many."""
        ...


def supabase_metric_store(rpc: Rpc) -> MetricStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseMetricStore(rpc)


class _SupabaseMetricStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def metric_contexts(self) -> MetricContexts:
        return MetricContexts.model_validate(await self._rpc.call("metric_contexts", {}))

    async def record_samples(
        self, jobs: Sequence[Job], due: Sequence[DueSample]
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [job.lease() for job in jobs],
            "p_due": [asdict(sample) for sample in due],
        }
        answer = await self._rpc.call("record_samples", params)
        return {item["job_id"]: item["status"] for item in answer}

    async def metric_months(self) -> MetricMonths:
        return MetricMonths.model_validate(await self._rpc.call("metric_months", {}))

    async def keep_metric_months(self, plan: MonthPlan) -> Mapping[str, int]:
        params: dict[str, Any] = {"p_made": list(plan.made), "p_dropped": list(plan.dropped)}
        answer: Mapping[str, int] = await self._rpc.call("keep_metric_months", params)
        return answer
