"""The snooze worker: nothing to decide, one write."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.orchestrator.snooze import supabase_snooze_store
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.orchestrator.snooze import snooze

NAME = "orchestrator.snooze"
TICKET, OTHER = UUID(int=7), UUID(int=8)


class RememberingStore:
    """Every ticket but OTHER is due."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def record_snooze(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        self.batches.append([job.id for job in jobs])
        return {job.id: "gone" if job.subject_id == OTHER else "recorded" for job in jobs}


async def test_a_batch_is_one_write() -> None:
    store = RememberingStore()
    jobs = [a_job(1, TICKET, NAME), a_job(2, OTHER, NAME)]
    assert await snooze(store).handle(jobs) == {1: "recorded", 2: "gone"}
    assert store.batches == [[1, 2]]


async def test_leases_and_tickets_travel_and_each_job_has_its_answer() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_snooze_store(cast("Any", rpc))
    jobs = [a_job(1, TICKET, NAME), a_job(2, OTHER, NAME)]
    assert await store.record_snooze(jobs) == {1: "recorded", 2: "gone"}
    items = [
        {"job_id": 1, "fence": 1, "ticket_id": TICKET},
        {"job_id": 2, "fence": 1, "ticket_id": OTHER},
    ]
    assert rpc.calls == [("record_snooze", {"p_items": items})]


def test_one_batch_at_a_time_is_enough_for_what_has_an_agents_room_to_share() -> None:
    worker = snooze(RememberingStore())
    assert (worker.name, worker.concurrency) == (NAME, 1)
