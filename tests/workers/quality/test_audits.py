"""The worker of audits: what is read, drawn or scored, and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import orjson

from lib.events import Job, JobResult
from lib.quality.audits import AuditPolicy, plan
from lib.quality.models.audits import AuditContext, Draw, Estimate, Plan
from lib.store.quality.audits import supabase_audit_store
from tests.unit.quality.test_audits import a_candidate, an_audit, of_stratum
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.quality.audits import audits

NAME = "quality.audits"
AUDIT, OTHER = UUID(int=7), UUID(int=8)


@dataclass
class RememberingStore:
    """Knows some audits."""

    audits: list[AuditContext]
    asked: list[UUID] = field(default_factory=list)
    written: list[Plan] = field(default_factory=list)

    async def quality_audit_contexts(self, audit_ids: Sequence[UUID]) -> list[AuditContext]:
        self.asked += audit_ids
        return self.audits

    async def record_quality_audits(
        self, jobs: Sequence[Job], plans: Sequence[Plan]
    ) -> Mapping[int, JobResult]:
        self.written += plans
        return {job.id: "recorded" for job in jobs}


async def test_a_batch_is_one_look_and_one_write() -> None:
    scored = an_audit(audit_id=OTHER, status="in_progress", samples=of_stratum(90, 80))
    store = RememberingStore([an_audit((a_candidate(1), a_candidate(2))), scored])
    results = await audits(store, AuditPolicy()).handle(
        [a_job(1, AUDIT, NAME), a_job(2, OTHER, NAME)]
    )
    assert results == {1: "recorded", 2: "recorded"}
    assert store.asked == [AUDIT, OTHER]
    assert [type(said) for said in store.written] == [Draw, Estimate]


async def test_each_job_carries_the_plan_of_its_own_audit() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "stale"}])
    store = supabase_audit_store(cast("Any", rpc))
    jobs = [a_job(1, AUDIT, NAME), a_job(2, OTHER, NAME)]
    made = plan([an_audit((a_candidate(1),))], AuditPolicy())
    assert await store.record_quality_audits(jobs, made) == {1: "recorded", 2: "stale"}
    sent = orjson.loads(orjson.dumps(rpc.calls[0][1]))
    first, second = sent["p_items"]
    assert (first["plan"]["fingerprint"], len(first["plan"]["samples"])) == ("f", 1)
    assert second["plan"] is None


async def test_what_the_database_answers_is_read_whole() -> None:
    audit = an_audit((a_candidate(1, risky=True),), samples=of_stratum(90, None))
    rpc = RememberingRpc([orjson.loads(audit.model_dump_json()) | {"more": 1}])
    store = supabase_audit_store(cast("Any", rpc))
    assert await store.quality_audit_contexts([AUDIT]) == [audit]
    assert rpc.calls == [("quality_audit_contexts", {"p_audit_ids": [AUDIT]})]
