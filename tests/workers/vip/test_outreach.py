"""The outreach worker: nothing to decide, one write."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.vip.outreach import supabase_outreach_store
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.vip.outreach import outreach

NAME = "vip.outreach"
DUE, MOVED = UUID(int=7), UUID(int=8)


class RememberingStore:
    """Everything but MOVED has come to its moment."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def record_outreach(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        self.batches.append([job.id for job in jobs])
        return {job.id: "gone" if job.subject_id == MOVED else "recorded" for job in jobs}


async def test_a_batch_is_one_write() -> None:
    store = RememberingStore()
    jobs = [a_job(1, DUE, NAME), a_job(2, MOVED, NAME)]
    assert await outreach(store).handle(jobs) == {1: "recorded", 2: "gone"}
    assert store.batches == [[1, 2]]


async def test_leases_kinds_and_subjects_travel_and_each_job_has_its_answer() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_outreach_store(cast("Any", rpc))
    jobs = [a_job(1, DUE, NAME), a_job(2, MOVED, NAME)]
    assert await store.record_outreach(jobs) == {1: "recorded", 2: "gone"}
    items = [
        {"job_id": 1, "fence": 1, "kind": "ticket.opened", "subject_id": DUE},
        {"job_id": 2, "fence": 1, "kind": "ticket.opened", "subject_id": MOVED},
    ]
    assert rpc.calls == [("record_outreach", {"p_items": items})]


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    assert outreach(RememberingStore()).name == NAME
