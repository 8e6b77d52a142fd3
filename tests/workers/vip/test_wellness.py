"""The wellness worker: one read, one judgement of each client, one write for a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID, uuid4

import orjson

from lib.events import Job, JobResult
from lib.store.vip.wellness import supabase_wellness_store
from lib.vip.models.wellness import WellnessContext, WellnessContexts, WellnessPlan
from lib.vip.wellness import judge
from tests.unit.vip.wellness_cases import (
    CLIENT,
    NOON,
    POLICY,
    SETTINGS,
    a_content_client,
    a_context,
    contexts_of,
)
from tests.workers.orchestrator.building import RememberingRpc
from workers.vip.wellness import wellness

WORKER = "vip.wellness"


def a_job(job_id: int, subject_id: UUID | None, kind: str = "visit.completed") -> Job:
    return Job(job_id, 1, WORKER, 1, 100 + job_id, kind, subject_id, {}, NOON)


@dataclass
class RememberingStore:
    """Knows some clients; answers `recorded` for the round and each subject the plan mentions."""

    clients: Sequence[WellnessContext] = ()
    calls: list[str] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)
    plans: list[WellnessPlan] = field(default_factory=list)

    async def wellness_contexts(self, subject_ids: Sequence[UUID]) -> WellnessContexts:
        self.calls.append("wellness_contexts")
        self.asked += subject_ids
        return contexts_of(*self.clients)

    async def record_wellness(
        self, jobs: Sequence[Job], plan: WellnessPlan
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_wellness")
        self.plans.append(plan)
        known = {None, *plan.judgements}
        return {job.id: "recorded" if job.subject_id in known else "gone" for job in jobs}


async def test_a_batch_is_read_once_and_written_once() -> None:
    visit, ticket, stranger = uuid4(), uuid4(), uuid4()
    store = RememberingStore([a_content_client(subject_ids={visit, ticket})])
    jobs = [a_job(number, each) for number, each in enumerate((visit, ticket, stranger))]
    answers = await wellness(store, POLICY).handle(jobs)
    assert store.calls == ["wellness_contexts", "record_wellness"]
    assert store.asked == [visit, ticket, stranger]
    # One judgement carries both of the client's jobs.
    assert sorted(answers.values()) == ["gone", "gone", "recorded"]


async def test_the_day_begins_a_round() -> None:
    store = RememberingStore()
    jobs = [a_job(1, None, "clock.daily")]
    assert await wellness(store, POLICY).handle(jobs) == {1: "recorded"}
    assert store.asked == []


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    assert wellness(RememberingStore(), POLICY).name == WORKER


# The store: what travels ------------------------------------------------------------------------


async def test_contexts_are_checked_when_they_arrive() -> None:
    client = a_content_client()
    rpc = RememberingRpc(
        {
            "read_at": NOON.isoformat(),
            "settings": SETTINGS.model_dump() | {"fall_days": 30, "outreach_hours": 48},
            "clients": [client.model_dump(mode="json")],
        }
    )
    contexts = await supabase_wellness_store(cast("Any", rpc)).wellness_contexts([CLIENT])
    assert rpc.calls == [("wellness_contexts", {"p_subject_ids": [CLIENT]})]
    assert contexts == contexts_of(client)


async def test_each_job_travels_with_its_lease_and_what_it_led_to() -> None:
    rpc = RememberingRpc([{"job_id": each, "status": "recorded"} for each in (1, 2, 3)])
    jobs = [a_job(1, CLIENT), a_job(2, uuid4()), a_job(3, None, "clock.daily")]
    plan = judge(contexts_of(a_context()), POLICY)
    results = await supabase_wellness_store(cast("Any", rpc)).record_wellness(jobs, plan)
    assert results == {1: "recorded", 2: "recorded", 3: "recorded"}
    ((function, params),) = rpc.calls
    known, unknown, daily = orjson.loads(orjson.dumps(params["p_items"]))
    assert function == "record_wellness"
    assert (known["job_id"], known["fence"]) == (1, 1)
    assert known["judgement"]["client_id"] == str(CLIENT)
    report = known["judgement"]["report"]
    assert report["score"] == sum(each["points"] for each in report["drivers"])
    assert set(report["drivers"][0]) == {
        *("driver", "value", "reference", "unit", "points", "max_points", "is_neutral"),
        "evidence_ids",
    }
    assert unknown["judgement"] is None
    assert daily["is_round"] is True
