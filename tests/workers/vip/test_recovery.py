"""The recovery worker: one read, one decision, one write for a batch, whatever time it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import orjson

from lib.events import Job, JobResult
from lib.store.vip.recovery import supabase_recovery_store
from lib.vip.models.recovery import RecoveryContexts, RecoveryPlan
from lib.vip.recovery import decide
from tests.unit.vip.recovery_cases import (
    CASE,
    NOON,
    POLICY,
    a_case,
    a_failure,
    contexts_of,
    somebody,
)
from tests.workers.vip.answering import AnsweringRpc
from workers.vip.recovery import recovery

WORKER = "vip.recovery"


def a_job(job_id: int, subject_id: UUID | None, kind: str = "recovery_case.opened") -> Job:
    return Job(job_id, 1, WORKER, 1, 100 + job_id, kind, subject_id, {"csat": 2}, NOON)


@dataclass
class RememberingStore:
    """Knows these contexts; answers `recorded` for each job the plan is about, else `gone`."""

    contexts: RecoveryContexts
    calls: list[str] = field(default_factory=list)
    plans: list[RecoveryPlan] = field(default_factory=list)

    async def recovery_contexts(self, jobs: Sequence[Job]) -> RecoveryContexts:
        self.calls.append("recovery_contexts")
        return self.contexts

    async def record_recovery(
        self, jobs: Sequence[Job], plan: RecoveryPlan
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_recovery")
        self.plans.append(plan)
        return {
            job.id: "recorded"
            if job.id in plan.triggers or job.subject_id in plan.cases
            else "gone"
            for job in jobs
        }


async def test_a_batch_is_read_once_and_written_once() -> None:
    store = RememberingStore(contexts_of(a_failure(1), a_failure(2, score=5), a_case(somebody(4))))
    jobs = [
        a_job(1, uuid4(), "survey.answered"),
        a_job(2, uuid4(), "survey.answered"),
        a_job(3, CASE),
        a_job(4, None),
    ]
    answered = await recovery(store, POLICY).handle(jobs)
    assert answered == {1: "recorded", 2: "gone", 3: "recorded", 4: "gone"}
    assert store.calls == ["recovery_contexts", "record_recovery"]


async def test_the_store_sends_what_was_decided_and_nothing_of_what_was_not() -> None:
    failure, case = a_failure(1), a_case(somebody(4))
    contexts = contexts_of(failure, case)
    rpc = AnsweringRpc(
        {
            "recovery_contexts": contexts.model_dump(mode="json"),
            "record_recovery": [{"job_id": 1, "status": "recorded"}],
        }
    )
    store = supabase_recovery_store(cast("Any", rpc))
    jobs = [a_job(1, failure.subject_id, "survey.answered"), a_job(2, CASE), a_job(3, uuid4())]
    assert await store.recovery_contexts(jobs) == contexts
    assert await store.record_recovery(jobs, decide(contexts, POLICY)) == {1: "recorded"}
    asked, written = (orjson.loads(orjson.dumps(params["p_items"])) for _, params in rpc.calls)
    assert asked[0] == {
        "job_id": 1,
        "kind": "survey.answered",
        "subject_id": str(failure.subject_id),
        "payload": {"csat": 2},
    }
    assert [item["fence"] for item in written] == [1, 1, 1]
    assert written[0]["trigger"]["verdict"] == "open"
    assert [(len(item["plans"]), item["trigger"]) for item in written[1:]] == [(1, None), (0, None)]
    assert written[1]["plans"][0]["owner_id"] == str(UUID(int=4))
