"""The fairness worker: one read of all desks, one verdict for each measure, one write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import orjson

from lib.events import Job, JobResult
from lib.orchestrator.fairness import FairnessPolicy
from lib.orchestrator.models.fairness import (
    AgentShare,
    DeskWeek,
    FairnessContexts,
    FairnessLimit,
    FairnessVerdict,
)
from lib.store.orchestrator.fairness import supabase_fairness_store
from tests.workers.orchestrator.building import DESK, NOON, RememberingRpc, a_job
from workers.orchestrator.fairness import fairness

NAME = "orchestrator.fairness"
LIMIT = FairnessLimit(
    kind="load_gini_per_hour",
    raise_above=Decimal("0.35"),
    clear_below=Decimal("0.30"),
    min_agents=2,
    min_assignments=1,
    is_alarming=False,
)
SKEWED = DeskWeek(
    desk_id=DESK,
    week_on=date(2026, 11, 16),
    assignment_count=20,
    vip_assignment_count=0,
    wait_p95_seconds=12,
    agents=(
        AgentShare(agent_id=UUID(int=5), seconds_present=60, load_units=40, vip_load_units=0),
        AgentShare(agent_id=UUID(int=6), seconds_present=60, load_units=0, vip_load_units=0),
    ),
    limits=(LIMIT,),
)


@dataclass
class RememberingStore:
    """Knows some desks."""

    desks: Sequence[DeskWeek]
    calls: list[str] = field(default_factory=list)
    written: list[FairnessVerdict] = field(default_factory=list)

    async def fairness_contexts(self) -> FairnessContexts:
        self.calls.append("fairness_contexts")
        return FairnessContexts(read_at=NOON, desks=tuple(self.desks))

    async def record_fairness(
        self, jobs: Sequence[Job], verdicts: Sequence[FairnessVerdict]
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_fairness")
        self.written += verdicts
        return {job.id: "recorded" for job in jobs}


async def test_however_many_ticks_it_is_one_look_and_one_write() -> None:
    store = RememberingStore([SKEWED])
    jobs = [a_job(1, None, NAME), a_job(2, None, NAME)]
    results = await fairness(store, FairnessPolicy()).handle(jobs)
    assert results == {1: "recorded", 2: "recorded"}
    assert store.calls == ["fairness_contexts", "record_fairness"]
    assert [(verdict.outcome, verdict.value) for verdict in store.written] == [
        ("alarming", Decimal("0.5"))
    ]


async def test_a_house_without_work_is_recorded_all_the_same() -> None:
    store = RememberingStore([])
    assert await fairness(store, FairnessPolicy()).handle([a_job(1, None, NAME)]) == {1: "recorded"}
    assert store.written == []


async def test_contexts_are_checked_when_they_arrive() -> None:
    answer = {"read_at": NOON.isoformat(), "desks": [SKEWED.model_dump(mode="json")]}
    rpc = RememberingRpc(answer)
    contexts = await supabase_fairness_store(cast("Any", rpc)).fairness_contexts()
    assert contexts.desks == (SKEWED,)
    assert rpc.calls == [("fairness_contexts", {})]


async def test_exact_numbers_travel_as_text() -> None:
    store = RememberingStore([SKEWED])
    await fairness(store, FairnessPolicy()).handle([a_job(1, None, NAME)])
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}])
    supabase = supabase_fairness_store(cast("Any", rpc))
    assert await supabase.record_fairness([a_job(1, None, NAME)], store.written) == {1: "recorded"}
    ((function, params),) = rpc.calls
    sent = orjson.loads(orjson.dumps(params))
    assert function == "record_fairness"
    assert sent["p_items"] == [{"job_id": 1, "fence": 1}]
    assert sent["p_verdicts"] == [
        {
            "desk_id": str(DESK),
            "week_on": "2026-11-16",
            "kind": "load_gini_per_hour",
            "outcome": "alarming",
            "value": "0.5",
            "limit_value": "0.35",
            "agent_count": 2,
            "assignment_count": 20,
            "policy_version": "fairness-1",
        }
    ]


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    worker = fairness(RememberingStore([]), FairnessPolicy())
    assert (worker.name, worker.concurrency) == (NAME, 1)
