"""The promises worker: one read, one verdict, one write for a batch, by the database's clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from lib.errors import TransientError
from lib.events import Job, JobResult
from lib.performance.models.promises import PromiseClock, PromiseContexts, PromiseVerdict
from lib.store.performance.promises import supabase_promise_store
from tests.workers.orchestrator.building import RememberingRpc
from workers.performance.promises import promises

# Long ago, whatever a worker's own clock says.
NOON = datetime(1999, 6, 1, 12, tzinfo=UTC)
FIRST, SECOND, GONE = (UUID(int=number) for number in (1, 2, 3))


def a_job(job_id: int, promise_id: UUID | None) -> Job:
    kind = "promise.threshold_reached"
    return Job(job_id, 1, "performance.promises", 1, 100 + job_id, kind, promise_id, {}, NOON)


def a_clock(promise_id: UUID, due_in: float) -> PromiseClock:
    return PromiseClock(
        promise_id=promise_id,
        ticket_id=UUID(int=9),
        state="running",
        is_ended=False,
        due_at=NOON + timedelta(seconds=due_in),
        first_warning_at=None,
        last_warning_at=None,
        noticed=frozenset(),
    )


@dataclass
class RememberingStore:
    """Knows two promises, one due; answers `recorded` for what is told, else `gone`."""

    calls: list[str] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)
    verdicts: Mapping[UUID, PromiseVerdict] = field(default_factory=dict)
    error: Exception | None = None

    async def promise_contexts(self, promise_ids: Sequence[UUID]) -> PromiseContexts:
        self.calls.append("read")
        self.asked += promise_ids
        return PromiseContexts(read_at=NOON, clocks=(a_clock(FIRST, 0), a_clock(SECOND, 1)))

    async def record_promises(
        self, jobs: Sequence[Job], verdicts: Mapping[UUID, PromiseVerdict]
    ) -> Mapping[int, JobResult]:
        self.calls.append("write")
        if self.error:
            raise self.error
        self.verdicts = verdicts
        due = {promise_id for promise_id, verdict in verdicts.items() if verdict.notice}
        return {job.id: "recorded" if job.subject_id in due else "gone" for job in jobs}


async def test_a_batch_is_read_once_and_written_once() -> None:
    store = RememberingStore()
    jobs = [a_job(1, FIRST), a_job(2, SECOND), a_job(3, GONE), a_job(4, None)]
    results = await promises(store).handle(jobs)
    assert store.calls == ["read", "write"]
    assert store.asked == [FIRST, SECOND, GONE]
    assert {key: verdict.notice for key, verdict in store.verdicts.items()} == {
        FIRST: "breach",
        SECOND: None,
    }
    assert results == {1: "recorded", 2: "gone", 3: "gone", 4: "gone"}


async def test_an_error_of_the_write_is_the_dispatchers_business() -> None:
    store = RememberingStore(error=TransientError("away"))
    with pytest.raises(TransientError):
        await promises(store).handle([a_job(1, FIRST)])


async def test_the_store_sends_each_job_with_its_lease_and_what_was_read() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_promise_store(cast("Any", rpc))
    verdict = PromiseVerdict(NOON, "breach")
    results = await store.record_promises([a_job(1, FIRST), a_job(2, GONE)], {FIRST: verdict})
    assert results == {1: "recorded", 2: "gone"}
    [(function, params)] = rpc.calls
    assert function == "record_promises"
    assert params["p_items"] == [
        {"job_id": 1, "fence": 1, "promise_id": FIRST, "due_at": NOON, "notice": "breach"},
        {"job_id": 2, "fence": 1, "promise_id": GONE, "due_at": None, "notice": None},
    ]


async def test_the_store_reads_how_promises_stand() -> None:
    clock = a_clock(FIRST, 30).model_dump(mode="json")
    rpc = RememberingRpc({"read_at": NOON.isoformat(), "clocks": [clock]})
    contexts = await supabase_promise_store(cast("Any", rpc)).promise_contexts([FIRST])
    assert contexts == PromiseContexts(read_at=NOON, clocks=(a_clock(FIRST, 30),))
    assert rpc.calls == [("promise_contexts", {"p_promise_ids": [FIRST]})]
