"""Leases are renewed while a handler runs, and given up silently when they are lost."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import uuid4

from lib.errors import TransientError
from lib.events import Job, JobResult
from tests.fakes.jobs import FakeJobStore
from tests.workers.runtime.running import running, until
from workers.runtime.worker import Worker

LEASE = 0.3


class Gate:
    """A handler that waits to be let through, and notes when it was cancelled."""

    def __init__(self, store: FakeJobStore) -> None:
        self.store = store
        self.is_open = asyncio.Event()
        self.started: list[int] = []
        self.cancelled: list[int] = []

    def worker(self, **options: int) -> Worker:
        return Worker(name="test.work", handle=self.handle, lease_seconds=LEASE, **options)  # type: ignore[arg-type]

    async def handle(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        self.started += [job.id for job in jobs]
        try:
            await self.is_open.wait()
        except asyncio.CancelledError:
            self.cancelled += [job.id for job in jobs]
            raise
        return self.store.record(jobs)


async def test_leases_of_running_and_waiting_jobs_are_renewed() -> None:
    store = FakeJobStore()
    gate = Gate(store)
    ids = store.add("test.work", 2, subject=uuid4())
    async with running(gate.worker(batch_size=1, concurrency=2), store):
        await until(lambda: store.extended.count(ids[0]) > 3)
        assert store.extended.count(ids[1]) > 3
        assert gate.started == ids[:1]
        gate.is_open.set()
        await until(lambda: store.finished == ids)
    assert gate.cancelled == []


async def test_a_lost_lease_cancels_the_handler_and_says_nothing() -> None:
    store = FakeJobStore()
    gate = Gate(store)
    (job_id,) = store.add("test.work")
    async with running(gate.worker(), store):
        await until(lambda: gate.started)
        store.steal(job_id)
        await until(lambda: gate.cancelled == [job_id])
        gate.is_open.set()
    assert (store.failed, store.released, store.finished) == ([], [], [])


async def test_the_rest_of_a_batch_is_handled_again_without_the_lost_job() -> None:
    store = FakeJobStore()
    gate = Gate(store)
    ids = store.add("test.work", 3)
    async with running(gate.worker(), store):
        await until(lambda: gate.started == ids)
        store.steal(ids[1])
        await until(lambda: gate.cancelled == ids)
        gate.is_open.set()
        await until(lambda: store.finished == [ids[0], ids[2]])


async def test_later_jobs_of_a_lost_ones_subject_are_given_back() -> None:
    store = FakeJobStore()
    gate = Gate(store)
    ids = store.add("test.work", 3, subject=uuid4())
    async with running(gate.worker(batch_size=1, concurrency=3), store):
        await until(lambda: gate.started == ids[:1])
        store.steal(ids[0])
        await until(lambda: sorted(store.released) == ids[1:])
        gate.is_open.set()
    assert gate.started == ids[:1]


async def test_a_handler_does_not_outlive_a_lease_it_could_not_renew() -> None:
    store = FakeJobStore()
    gate = Gate(store)
    (job_id,) = store.add("test.work")
    async with running(gate.worker(), store):
        await until(lambda: gate.started)
        store.broken = TransientError("no database")
        await until(lambda: gate.cancelled == [job_id])
        store.broken = None
        gate.is_open.set()
        await until(lambda: store.finished == [job_id])  # claimed again once it expired
    assert gate.started.count(job_id) >= 2
    assert store.failed == []
