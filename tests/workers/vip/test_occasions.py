"""The occasions worker: one read, one plan, one write for a batch, whatever time it is."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import orjson
import pytest

from lib.events import Job, JobResult
from lib.store.vip.occasions import supabase_occasion_store
from lib.vip.models.occasions import OccasionCase, OccasionContexts, OccasionPlan
from lib.vip.occasions import plan
from tests.unit.vip.occasion_cases import CLIENT, NOON, a_case, a_rule, contexts_of
from tests.workers.orchestrator.building import RememberingRpc
from workers.vip.occasions import occasions

WORKER = "vip.occasions"
RULE = a_rule("birthday")


def a_job(job_id: int, subject_id: UUID | None) -> Job:
    return Job(job_id, 1, WORKER, 1, 100 + job_id, "visit.completed", subject_id, {}, NOON)


def born(**changes: Any) -> OccasionCase:
    return a_case(birth_on="1984-12-04", **changes)


@dataclass
class RememberingStore:
    """Knows some clients; answers `recorded` for each subject that has a plan, else `gone`."""

    cases: Sequence[OccasionCase] = ()
    calls: list[str] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)
    plans: list[Mapping[UUID, OccasionPlan]] = field(default_factory=list)

    async def occasion_contexts(self, subject_ids: Sequence[UUID]) -> OccasionContexts:
        self.calls.append("occasion_contexts")
        self.asked += subject_ids
        return contexts_of(*self.cases, rules=(RULE,))

    async def record_occasions(
        self, jobs: Sequence[Job], plans: Mapping[UUID, OccasionPlan]
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_occasions")
        self.plans.append(plans)
        return {job.id: "recorded" if job.subject_id in plans else "gone" for job in jobs}


async def test_a_batch_is_read_once_and_written_once() -> None:
    clients = [uuid4(), uuid4()]
    store = RememberingStore([born(client_id=each, subject_ids={each}) for each in clients])
    jobs = [a_job(number, each) for number, each in enumerate(clients)]
    assert await occasions(store).handle(jobs) == {0: "recorded", 1: "recorded"}
    assert store.calls == ["occasion_contexts", "record_occasions"]
    assert store.asked == clients


async def test_a_client_who_is_gone_finishes_their_job() -> None:
    assert await occasions(RememberingStore()).handle([a_job(7, uuid4())]) == {7: "gone"}


async def test_the_clock_asks_about_nobody_and_is_written_all_the_same() -> None:
    store = RememberingStore()
    await occasions(store).handle([a_job(7, None)])
    assert (store.asked, store.calls[-1]) == ([], "record_occasions")


@pytest.mark.parametrize("skew", [-86_400, 86_400])
async def test_the_workers_own_clock_is_never_asked(
    skew: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = []
    for believed in (0, skew):
        store = RememberingStore([born()])
        present = time.time
        monkeypatch.setattr(time, "time", lambda at=present, by=believed: at() + by)
        await occasions(store).handle([a_job(1, CLIENT)])
        plans += store.plans
    assert plans[0] == plans[1]


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    assert occasions(RememberingStore()).name == WORKER


# The store: what travels --------------------------------------------------------------------


async def test_contexts_are_checked_when_they_arrive() -> None:
    known = {
        "read_at": NOON.isoformat(),
        "rules": [RULE.model_dump(mode="json") | {"version": 3}],
        "cases": [born().model_dump(mode="json")],
    }
    rpc = RememberingRpc(known)
    contexts = await supabase_occasion_store(cast("Any", rpc)).occasion_contexts([CLIENT])
    assert rpc.calls == [("occasion_contexts", {"p_subject_ids": [CLIENT]})]
    assert contexts.cases == (born(),)
    assert contexts.rules == (RULE,)


async def test_each_job_travels_with_its_lease_and_the_plan_it_led_to() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "recorded"}])
    store = supabase_occasion_store(cast("Any", rpc))
    jobs = [a_job(1, CLIENT), a_job(2, None)]
    plans = plan(contexts_of(born(), rules=(RULE,)))
    assert await store.record_occasions(jobs, plans) == {1: "recorded", 2: "recorded"}
    ((function, params),) = rpc.calls
    first, second = orjson.loads(orjson.dumps(params["p_items"]))
    assert function == "record_occasions"
    assert (first["job_id"], first["fence"], first["subject_id"]) == (1, 1, str(CLIENT))
    (sent,) = first["plans"]
    assert (sent["client_id"], sent["fingerprint"]) == (str(CLIENT), "print")
    assert [one["op"] for one in sent["operations"]] == ["plan", "plan"]
    assert (second["subject_id"], second["plans"]) == (None, [])
