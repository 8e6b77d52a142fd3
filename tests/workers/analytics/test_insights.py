"""The worker of insights: a look a day, however many days were missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from lib.analytics.insights import InsightPolicy
from lib.analytics.models.insights import Finding, InsightContexts, InsightRun
from lib.events import Job, JobResult
from lib.store.analytics.insights import supabase_insight_store
from tests.unit.analytics.test_insights import a_comparison, once
from tests.workers.orchestrator.building import NOON, RememberingRpc, a_job
from workers.analytics.insights import insights

NAME = "analytics.insights"
WORSE = a_comparison(once([3.0, 3.5] * 40), once([4.5, 5.0] * 40))


def contexts(*, is_done: bool) -> InsightContexts:
    return InsightContexts(
        read_at=NOON, since_at=NOON, until_at=NOON, is_done=is_done, comparisons=(WORSE,)
    )


@dataclass
class RememberingStore:
    """Knows one comparison."""

    contexts: InsightContexts
    written: list[tuple[InsightRun | None, Sequence[Finding]]] = field(default_factory=list)

    async def insight_contexts(self) -> InsightContexts:
        return self.contexts

    async def record_insights(
        self, jobs: Sequence[Job], run: InsightRun | None, findings: Sequence[Finding]
    ) -> Mapping[int, JobResult]:
        self.written.append((run, findings))
        return {job.id: "recorded" for job in jobs}


async def test_many_missed_days_are_one_look_and_one_write() -> None:
    store = RememberingStore(contexts(is_done=False))
    jobs = [a_job(1, None, NAME), a_job(2, None, NAME)]
    handle = insights(store, InsightPolicy()).handle
    assert await handle(jobs) == {1: "recorded", 2: "recorded"}
    [(run, [finding])] = store.written
    assert run is not None
    assert run.comparison_count == 1
    assert (finding.group_value, finding.direction) == ("chat", "worse")


async def test_what_was_looked_at_today_is_not_looked_at_again() -> None:
    store = RememberingStore(contexts(is_done=True))
    await insights(store, InsightPolicy()).handle([a_job(1, None, NAME)])
    assert store.written == [(None, ())]


async def test_the_store_sends_leases_the_run_and_what_was_found() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}])
    job = a_job(1, None, NAME)
    store = supabase_insight_store(cast("Any", rpc))
    assert await store.record_insights([job], None, ()) == {1: "recorded"}
    assert rpc.calls == [
        ("record_insights", {"p_items": [job.lease()], "p_run": None, "p_findings": []})
    ]
