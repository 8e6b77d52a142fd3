"""The worker that samples: one look, one write, however many minutes were missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from lib.events import Job, JobResult
from lib.performance.models.metric_months import MetricMonths, MonthPlan
from lib.performance.models.metrics import DueSample, MetricContexts, Monitor
from lib.store.performance.metrics import supabase_metric_store
from tests.workers.orchestrator.building import NOON, RememberingRpc, a_job
from workers.performance.metrics import metrics

NAME = "performance.metrics"
NEVER = Monitor(metric="backlog", interval_seconds=60, sampled_at=None)
JUST_NOW = Monitor(metric="system_health", interval_seconds=60, sampled_at=NOON)


@dataclass
class RememberingStore:
    """Knows two monitors."""

    calls: list[str] = field(default_factory=list)
    due: list[DueSample] = field(default_factory=list)

    async def metric_contexts(self) -> MetricContexts:
        self.calls.append("metric_contexts")
        return MetricContexts(read_at=NOON, monitors=(NEVER, JUST_NOW))

    async def record_samples(
        self, jobs: Sequence[Job], due: Sequence[DueSample]
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_samples")
        self.due += due
        return {job.id: "recorded" for job in jobs}

    async def metric_months(self) -> MetricMonths:
        raise AssertionError

    async def keep_metric_months(self, plan: MonthPlan) -> Mapping[str, int]:
        raise AssertionError


async def test_many_minutes_are_one_look_and_one_write() -> None:
    store = RememberingStore()
    jobs = [a_job(1, None, NAME), a_job(2, None, NAME)]
    assert await metrics(store).handle(jobs) == {1: "recorded", 2: "recorded"}
    assert store.calls == ["metric_contexts", "record_samples"]
    assert store.due == [DueSample(metric="backlog", measured_at=NOON)]


async def test_the_store_sends_leases_and_minutes() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}])
    job = a_job(1, None, NAME)
    store = supabase_metric_store(cast("Any", rpc))
    due = [DueSample(metric="backlog", measured_at=NOON)]
    assert await store.record_samples([job], due) == {1: "recorded"}
    [(function, params)] = rpc.calls
    assert function == "record_samples"
    assert params == {
        "p_items": [job.lease()],
        "p_due": [{"metric": "backlog", "measured_at": NOON}],
    }
