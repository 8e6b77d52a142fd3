"""The worker of standards: what is read, judged and written for a batch of jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import orjson

from lib.events import Job, JobResult
from lib.quality.models.standards import QualityCase, QualityCheck
from lib.quality.standards import QualityPolicy, check
from lib.store.quality.standards import supabase_quality_store
from tests.unit.quality.test_standards import a_case
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.quality.standards import standards

NAME = "quality.standards"
TICKET, OTHER = UUID(int=5), UUID(int=6)


@dataclass
class RememberingStore:
    """Knows some conversations."""

    cases: list[QualityCase]
    asked: list[tuple[UUID, int]] = field(default_factory=list)
    written: list[QualityCheck] = field(default_factory=list)

    async def quality_contexts(self, cycles: Sequence[tuple[UUID, int]]) -> list[QualityCase]:
        self.asked += cycles
        return self.cases

    async def record_quality_checks(
        self, jobs: Sequence[Job], checks: Sequence[QualityCheck]
    ) -> Mapping[int, JobResult]:
        self.written += checks
        return {job.id: "recorded" for job in jobs}


async def test_a_batch_is_one_look_and_one_write() -> None:
    store = RememberingStore([a_case(), a_case(ticket_id=OTHER, category="spam")])
    jobs = [a_job(1, TICKET, NAME), a_job(2, OTHER, NAME)]
    results = await standards(store, QualityPolicy()).handle(jobs)
    assert results == {1: "recorded", 2: "recorded"}
    assert store.asked == [(TICKET, 1), (OTHER, 1)]
    assert [made.skip_reason for made in store.written] == [None, "spam"]


async def test_each_job_carries_the_check_of_its_own_cycle() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_quality_store(cast("Any", rpc))
    jobs = [a_job(1, TICKET, NAME), a_job(2, OTHER, NAME)]
    made = check(a_case(), QualityPolicy())
    assert await store.record_quality_checks(jobs, [made]) == {1: "recorded", 2: "gone"}
    function, params = rpc.calls[0]
    sent = orjson.loads(orjson.dumps(params))
    assert function == "record_quality_checks"
    first, second = sent["p_items"]
    assert (first["check"]["ticket_id"], first["check"]["policy_version"]) == (
        str(TICKET),
        "quality-1",
    )
    assert second["check"] is None


async def test_what_the_database_answers_is_read_whole() -> None:
    case = orjson.loads(a_case().model_dump_json())
    rpc = RememberingRpc([case | {"more": 1}])
    store = supabase_quality_store(cast("Any", rpc))
    assert await store.quality_contexts([(TICKET, 2)]) == [a_case()]
    asked = [{"ticket_id": TICKET, "cycle": 2}]
    assert rpc.calls == [("quality_contexts", {"p_cycles": asked})]
