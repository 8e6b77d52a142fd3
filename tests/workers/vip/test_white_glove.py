"""The white-glove worker: one read, one plan, one write for a batch, whatever time it is."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import orjson
import pytest

from lib.events import Job, JobResult
from lib.store.vip.white_glove import supabase_white_glove_store
from lib.vip.models.white_glove import ServiceCase, WhiteGloveContexts, WhiteGlovePlan
from lib.vip.white_glove import advance
from tests.unit.vip.white_glove_cases import (
    NOON,
    POLICY,
    SERVICE,
    a_case,
    a_notice,
    a_step,
    contexts_of,
)
from tests.workers.orchestrator.building import RememberingRpc
from workers.vip.white_glove import white_glove

WORKER = "vip.white_glove"


def a_job(job_id: int, subject_id: UUID | None) -> Job:
    return Job(job_id, 1, WORKER, 1, 100 + job_id, "service.requested", subject_id, {}, NOON)


@dataclass
class RememberingStore:
    """Knows some services; answers `recorded` for each subject the plan mentions, else `gone`."""

    cases: Sequence[ServiceCase] = ()
    calls: list[str] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)
    plans: list[WhiteGlovePlan] = field(default_factory=list)

    async def white_glove_contexts(self, subject_ids: Sequence[UUID]) -> WhiteGloveContexts:
        self.calls.append("white_glove_contexts")
        self.asked += subject_ids
        contexts: WhiteGloveContexts = contexts_of(*self.cases)
        return contexts

    async def record_white_glove(
        self, jobs: Sequence[Job], plan: WhiteGlovePlan
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_white_glove")
        self.plans.append(plan)
        return {job.id: "recorded" if job.subject_id in plan.services else "gone" for job in jobs}


async def test_a_batch_is_read_once_and_written_once() -> None:
    services = [uuid4(), uuid4()]
    store = RememberingStore([a_case(a_step("call"), subject_ids={each}) for each in services])
    jobs = [a_job(number, each) for number, each in enumerate(services)]
    assert await white_glove(store, POLICY).handle(jobs) == {0: "recorded", 1: "recorded"}
    assert store.calls == ["white_glove_contexts", "record_white_glove"]
    assert store.asked == services


async def test_a_service_that_is_over_finishes_its_job() -> None:
    store = RememberingStore()
    assert await white_glove(store, POLICY).handle([a_job(7, uuid4())]) == {7: "gone"}


async def test_a_job_about_nothing_is_finished() -> None:
    store = RememberingStore()
    assert await white_glove(store, POLICY).handle([a_job(7, None)]) == {7: "gone"}
    assert store.asked == []


@pytest.mark.parametrize("skew", [-86_400, 86_400])
async def test_the_workers_own_clock_is_never_asked(
    skew: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = []
    for believed in (0, skew):
        store = RememberingStore([a_case(a_notice(), a_step("call"))])
        present = time.time
        monkeypatch.setattr(time, "time", lambda at=present, by=believed: at() + by)
        await white_glove(store, POLICY).handle([a_job(1, SERVICE)])
        plans += store.plans
    assert plans[0] == plans[1]


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    assert white_glove(RememberingStore(), POLICY).name == WORKER


# The store: what travels --------------------------------------------------------------------


async def test_contexts_are_checked_when_they_arrive() -> None:
    case = a_case(a_step("call"))
    known = {"read_at": NOON.isoformat(), "cases": [case.model_dump(mode="json")]}
    rpc = RememberingRpc({**known, "open_steps": {str(SERVICE): 2}})
    contexts = await supabase_white_glove_store(cast("Any", rpc)).white_glove_contexts([SERVICE])
    assert rpc.calls == [("white_glove_contexts", {"p_subject_ids": [SERVICE]})]
    assert contexts.cases == (case,)
    assert contexts.open_steps == {SERVICE: 2}


async def test_each_job_travels_with_its_lease_and_what_it_led_to() -> None:
    contexts = contexts_of(a_case(a_notice(), a_step("call")))
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    jobs = [a_job(1, SERVICE), a_job(2, uuid4())]
    store = supabase_white_glove_store(cast("Any", rpc))
    results = await store.record_white_glove(jobs, advance(contexts, POLICY))
    assert results == {1: "recorded", 2: "gone"}
    ((function, params),) = rpc.calls
    first, second = orjson.loads(orjson.dumps(params["p_items"]))
    assert function == "record_white_glove"
    assert (first["job_id"], first["fence"]) == (1, 1)
    (plan,) = first["plans"]
    assert (plan["service_id"], plan["fingerprint"]) == (str(SERVICE), "print")
    assert [operation["op"] for operation in plan["operations"]][:3] == ["step", "step", "tell"]
    assert second["plans"] == []
