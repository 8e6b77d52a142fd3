"""The rescue worker: one read, one plan, one write for a batch, whatever time it believes it is."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import orjson
import pytest

from lib.events import Job, JobResult
from lib.orchestrator.models.rescue import RescueCase, RescueContexts, RescuePlan
from lib.orchestrator.rescue import RescuePolicy, rescue
from lib.store.orchestrator.rescue import supabase_rescue_store
from tests.workers.orchestrator.building import NOON, RememberingRpc
from workers.orchestrator.rescue import rescuing

POLICY = RescuePolicy()
WORKER = "orchestrator.rescue"


def a_job(job_id: int, subject_id: UUID | None) -> Job:
    return Job(job_id, 1, WORKER, 1, 100 + job_id, "agent.absence_confirmed", subject_id, {}, NOON)


def a_case(number: int, *subject_ids: UUID, **changes: Any) -> RescueCase:
    """A chat of somebody who has been offline for a minute."""
    plain = {
        "ticket_id": UUID(int=1000 + number),
        "agent_id": UUID(int=2),
        "cycle": 1,
        "status": "assigned",
        "is_resting": False,
        "is_live": True,
        "is_answered": False,
        "is_client_waiting": True,
        "due_at": NOON + timedelta(hours=1),
        "assigned_at": NOON - timedelta(hours=1),
        "has_departed": False,
        "is_offer_expired": False,
        "absence": "offline",
        "absent_at": NOON - timedelta(minutes=1),
        "client_wrote_at": None,
        "agent_acted_at": None,
        "fingerprint": f"print-{number}",
        "subject_ids": frozenset(subject_ids),
    }
    return RescueCase.model_validate({**plain, **changes})


@dataclass
class RememberingStore:
    """Knows some cases; answers `recorded` for each subject the plan mentions, else `gone`."""

    cases: Sequence[RescueCase] = ()
    silent: frozenset[UUID] = frozenset()
    calls: list[str] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)
    plans: list[RescuePlan] = field(default_factory=list)

    async def rescue_contexts(self, subject_ids: Sequence[UUID]) -> RescueContexts:
        self.calls.append("rescue_contexts")
        self.asked += subject_ids
        return RescueContexts(read_at=NOON, cases=tuple(self.cases), silent_staff_ids=self.silent)

    async def record_rescue(self, jobs: Sequence[Job], plan: RescuePlan) -> Mapping[int, JobResult]:
        self.calls.append("record_rescue")
        self.plans.append(plan)
        mentioned = {*plan.decisions, *plan.silent_staff_ids}
        return {job.id: "recorded" if job.subject_id in mentioned else "gone" for job in jobs}


async def test_a_batch_is_read_once_and_written_once() -> None:
    agents = [uuid4(), uuid4()]
    store = RememberingStore([a_case(n, agent) for n, agent in enumerate(agents)])
    jobs = [a_job(n, agent) for n, agent in enumerate(agents)]
    assert await rescuing(store, POLICY).handle(jobs) == {0: "recorded", 1: "recorded"}
    assert store.calls == ["rescue_contexts", "record_rescue"]
    assert store.asked == agents
    assert {subject: made[0].action for subject, made in store.plans[0].decisions.items()} == (
        dict.fromkeys(agents, "returned")
    )


async def test_somebody_who_is_back_keeps_their_work() -> None:
    agent = uuid4()
    store = RememberingStore([a_case(1, agent, absence=None, absent_at=None)])
    assert await rescuing(store, POLICY).handle([a_job(7, agent)]) == {7: "gone"}
    assert store.plans[0].decisions == {}


async def test_a_job_about_nothing_is_finished() -> None:
    store = RememberingStore()
    assert await rescuing(store, POLICY).handle([a_job(7, None)]) == {7: "gone"}
    assert store.asked == []


@pytest.mark.parametrize("skew", [-86_400, 86_400])
async def test_the_workers_own_clock_is_never_asked(
    skew: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = uuid4()
    mail = a_case(1, agent, is_live=False)
    plans = []
    for believed in (0, skew):
        store = RememberingStore([mail, a_case(2, agent)])
        present = time.time
        monkeypatch.setattr(time, "time", lambda at=present, by=believed: at() + by)
        await rescuing(store, POLICY).handle([a_job(1, agent)])
        plans += store.plans
    assert plans[0] == plans[1]


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    assert rescuing(RememberingStore(), POLICY).name == WORKER


# The store: what travels --------------------------------------------------------------------


async def test_contexts_are_checked_when_they_arrive() -> None:
    subject = uuid4()
    case = a_case(1, subject)
    rpc = RememberingRpc(
        {
            "read_at": NOON.isoformat(),
            "cases": [case.model_dump(mode="json")],
            "silent_staff_ids": [str(subject)],
        }
    )
    contexts = await supabase_rescue_store(cast("Any", rpc)).rescue_contexts([subject])
    assert rpc.calls == [("rescue_contexts", {"p_subject_ids": [subject]})]
    assert contexts.cases == (case,)
    assert contexts.silent_staff_ids == {subject}


async def test_each_job_travels_with_its_lease_and_what_it_led_to() -> None:
    agent, silent, nobody = uuid4(), uuid4(), uuid4()
    cases = (a_case(1, agent), a_case(2, agent, is_live=False))
    contexts = RescueContexts(read_at=NOON, cases=cases, silent_staff_ids=frozenset({silent}))
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    jobs = [a_job(1, agent), a_job(2, silent), a_job(3, nobody)]
    store = supabase_rescue_store(cast("Any", rpc))
    assert await store.record_rescue(jobs, rescue(contexts, POLICY)) == {1: "recorded", 2: "gone"}
    ((function, params),) = rpc.calls
    first, second, third = orjson.loads(orjson.dumps(params["p_items"]))
    assert function == "record_rescue"
    assert (first["job_id"], first["fence"], first["event_id"]) == (1, 1, 101)
    assert [(made["action"], made["reason"]) for made in first["decisions"]] == [
        ("returned", "live"),
        ("kept", "until_deadline"),
    ]
    assert first["decisions"][0]["fingerprint"] == "print-1"
    assert first["policy_version"] == "rescue-1"
    assert (second["silent_staff_id"], second["decisions"]) == (str(silent), [])
    assert (third["silent_staff_id"], third["decisions"]) == (None, [])
