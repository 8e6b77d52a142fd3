"""The triage worker: clients' messages only, one read, one write, whatever the batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from lib.events import Job, JobResult
from lib.intelligence.models.triage import Judgement, MessageContext, TriageContexts
from lib.intelligence.triage import TriagePolicy
from lib.store.intelligence.triage import supabase_triage_store, triage_record
from tests.workers.orchestrator.building import RememberingRpc
from workers.intelligence.triage import triage

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
POLICY = TriagePolicy()


def a_job(job_id: int, message_id: UUID, author_kind: str = "client") -> Job:
    payload = {"message_id": str(message_id), "author_kind": author_kind, "is_internal": False}
    return Job(
        job_id, 1, "intelligence.triage", 1, job_id, "message.posted", uuid4(), payload, NOON
    )


def a_message(message_id: UUID, body: str = "Poproszę o fakturę") -> MessageContext:
    return MessageContext(
        message_id=message_id,
        ticket_id=uuid4(),
        client_id=uuid4(),
        subject="",
        body=body,
        profile_language="pl",
    )


@dataclass
class RememberingStore:
    """Knows some messages; answers `recorded` for each that was judged, else `gone`."""

    messages: Sequence[MessageContext] = ()
    asked: list[list[UUID]] = field(default_factory=list)
    judged: list[Mapping[UUID, Judgement]] = field(default_factory=list)

    async def triage_contexts(self, message_ids: Sequence[UUID]) -> TriageContexts:
        self.asked.append(list(message_ids))
        return TriageContexts(messages=tuple(self.messages))

    async def record_triage(
        self, jobs: Sequence[Job], judgements: Mapping[UUID, Judgement]
    ) -> Mapping[int, JobResult]:
        self.judged.append(judgements)
        known = {UUID(job.payload["message_id"]): job.id for job in jobs}
        return {job_id: "recorded" if m in judgements else "gone" for m, job_id in known.items()}


async def test_a_batch_is_read_once_and_written_once() -> None:
    ids = [uuid4(), uuid4()]
    store = RememberingStore([a_message(each) for each in ids])
    worker = triage(store, POLICY)
    results = await worker.handle([a_job(i, each) for i, each in enumerate(ids, 1)])
    assert results == {1: "recorded", 2: "recorded"}
    assert store.asked == [ids]
    assert [set(each) for each in store.judged] == [set(ids)]


async def test_words_of_colleagues_are_not_even_read() -> None:
    store = RememberingStore()
    ours, theirs = uuid4(), uuid4()
    jobs = [a_job(1, ours, "agent"), a_job(2, theirs)]
    assert await triage(store, POLICY).handle(jobs) == {1: "gone", 2: "gone"}
    assert store.asked == [[theirs]]


async def test_the_store_speaks_in_leases_and_message_ids() -> None:
    message_id = uuid4()
    rpc = RememberingRpc([{"job_id": 1, "status": "gone"}])
    store = supabase_triage_store(cast("Any", rpc))
    job = a_job(1, message_id)
    assert await store.record_triage([job], {}) == {1: "gone"}
    assert rpc.calls == [("record_triage", {"p_items": [triage_record(job, {})]})]
    assert triage_record(job, {}) == {**job.lease(), "judgement": None}
