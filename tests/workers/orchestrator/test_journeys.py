"""The journeys worker: one read for all jobs, one decision a client, one write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import orjson

from lib.events import Job, JobResult
from lib.orchestrator.journeys import JourneyPolicy
from lib.orchestrator.models.journeys import JourneyContext, JourneyContexts, JourneyDecision
from lib.store.orchestrator.journeys import supabase_journey_store
from tests.unit.orchestrator.journey_facts import CLIENT, NOW, a_context, a_visit, a_wish
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.orchestrator.journeys import journeys

NAME = "orchestrator.journeys"
WAITING = a_context(unanswered=[a_wish(30)], visits=[a_visit(3)])


@dataclass
class RememberingStore:
    """Knows some clients; `late` ones were written by somebody else meanwhile."""

    clients: Sequence[JourneyContext]
    late: Sequence[int] = ()
    calls: list[str] = field(default_factory=list)
    written: list[JourneyDecision] = field(default_factory=list)

    async def journey_contexts(self, jobs: Sequence[Job]) -> JourneyContexts:
        self.calls.append("journey_contexts")
        return JourneyContexts(read_at=NOW, journeys=tuple(self.clients))

    async def record_journeys(
        self, jobs: Sequence[Job], decisions: Sequence[JourneyDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        self.calls.append(f"record_journeys {policy_version}")
        self.written += decisions
        return {job.id: "stale" if job.id in self.late else "recorded" for job in jobs}


async def test_many_jobs_about_one_client_are_one_read_one_decision_and_one_write() -> None:
    store = RememberingStore([WAITING.model_copy(update={"job_ids": (1, 2)})])
    jobs = [a_job(1, CLIENT, NAME), a_job(2, UUID(int=9), NAME)]
    results = await journeys(store, JourneyPolicy()).handle(jobs)
    assert results == {1: "recorded", 2: "recorded"}
    assert store.calls == ["journey_contexts", "record_journeys insights-1"]
    assert [decision.job_ids for decision in store.written] == [(1, 2)]


async def test_what_was_written_meanwhile_is_read_afresh() -> None:
    store = RememberingStore([WAITING], late=[1])
    assert await journeys(store, JourneyPolicy()).handle([a_job(1, CLIENT, NAME)]) == {1: "stale"}


async def test_jobs_whose_client_is_gone_are_written_all_the_same() -> None:
    store = RememberingStore([])
    results = await journeys(store, JourneyPolicy()).handle([a_job(1, None, NAME)])
    assert results == {1: "recorded"}
    assert store.written == []


async def test_the_store_names_what_happened_and_checks_what_arrives() -> None:
    answer = {"read_at": NOW.isoformat(), "journeys": [WAITING.model_dump(mode="json")]}
    rpc = RememberingRpc(answer)
    contexts = await supabase_journey_store(cast("Any", rpc)).journey_contexts(
        [a_job(1, CLIENT, NAME)]
    )
    assert list(contexts.journeys) == [WAITING]
    ((function, params),) = rpc.calls
    assert function == "journey_contexts"
    assert orjson.loads(orjson.dumps(params))["p_items"] == [
        {"job_id": 1, "kind": "ticket.opened", "subject_id": str(CLIENT), "payload": {}}
    ]


async def test_decisions_travel_as_plain_json() -> None:
    store = RememberingStore([WAITING])
    await journeys(store, JourneyPolicy()).handle([a_job(1, CLIENT, NAME)])
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}])
    supabase = supabase_journey_store(cast("Any", rpc))
    job = a_job(1, CLIENT, NAME)
    assert await supabase.record_journeys([job], store.written, "v1") == {1: "recorded"}
    ((function, params),) = rpc.calls
    sent = orjson.loads(orjson.dumps(params))
    assert function == "record_journeys"
    assert sent["p_items"] == [{"job_id": 1, "fence": 1}]
    assert sent["p_policy_version"] == "v1"
    [journey] = sent["p_journeys"]
    assert journey["client_id"] == str(CLIENT)
    assert journey["insights"][0]["kind"] == "wish_unanswered"
    assert journey["look_again_at"].startswith("2026-11-23T")


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    worker = journeys(RememberingStore([]), JourneyPolicy())
    assert (worker.name, worker.concurrency) == (NAME, 1)
