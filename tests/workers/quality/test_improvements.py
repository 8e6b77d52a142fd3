"""The worker of corrective actions: what is read, decided, and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import orjson

from lib.events import Job, JobResult
from lib.quality.improvements import improve
from lib.quality.models.improvements import ImprovementContext, ImprovementPlan
from lib.store.quality.improvements import supabase_improvement_store
from tests.unit.quality.test_improvements import a_fault, an_action, some
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.quality.improvements import improvements

NAME = "quality.improvements"
AUDIT, DESK = UUID(int=7), UUID(int=8)


def a_context(subject_id: UUID = AUDIT, **details: Any) -> ImprovementContext:
    made: dict[str, Any] = {
        "subject_id": subject_id,
        "desk_id": DESK,
        "actions": (an_action(some(20)),),
        "faults": (a_fault(some(0, 8)),),
        "fingerprint": "f",
    }
    return ImprovementContext(**made | details)


@dataclass
class RememberingStore:
    """Knows some desks."""

    contexts: list[ImprovementContext]
    asked: list[UUID] = field(default_factory=list)
    written: list[ImprovementPlan] = field(default_factory=list)

    async def improvement_contexts(self, subject_ids: Sequence[UUID]) -> list[ImprovementContext]:
        self.asked += subject_ids
        return self.contexts

    async def record_improvements(
        self, jobs: Sequence[Job], plans: Sequence[ImprovementPlan]
    ) -> Mapping[int, JobResult]:
        self.written += plans
        return {job.id: "recorded" for job in jobs}


async def test_a_batch_is_one_look_and_one_write() -> None:
    store = RememberingStore([a_context(), a_context(DESK, actions=(), faults=())])
    results = await improvements(store).handle([a_job(1, AUDIT, NAME), a_job(2, DESK, NAME)])
    assert results == {1: "recorded", 2: "recorded"}
    assert store.asked == [AUDIT, DESK]
    assert [len(plan.decisions) for plan in store.written] == [2, 0]


async def test_each_job_carries_the_plan_of_its_own_subject() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_improvement_store(cast("Any", rpc))
    jobs = [a_job(1, AUDIT, NAME), a_job(2, DESK, NAME)]
    results = await store.record_improvements(jobs, improve([a_context()]))
    assert results == {1: "recorded", 2: "gone"}
    sent = orjson.loads(orjson.dumps(rpc.calls[0][1]))
    first, second = sent["p_items"]
    assert [made["kind"] for made in first["plan"]["decisions"]] == ["close", "open"]
    assert second["plan"] is None


async def test_what_the_database_answers_is_read_whole() -> None:
    context = a_context()
    rpc = RememberingRpc([orjson.loads(context.model_dump_json()) | {"more": 1}])
    store = supabase_improvement_store(cast("Any", rpc))
    assert await store.improvement_contexts([AUDIT]) == [context]
    assert rpc.calls == [("improvement_contexts", {"p_subject_ids": [AUDIT]})]
