"""A process refuses to start wrongly, drains when told, and never fails silently."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from lib.errors import ConfigurationError, PermanentError, TransientError
from lib.events import Job, JobResult
from lib.store.jobs import Contract
from tests.fakes.jobs import FakeJobStore
from tests.fakes.realtime import FakeRealtime
from tests.workers.runtime.running import recording, running, settings, until
from workers.runtime.lifecycle import Runtime
from workers.runtime.worker import Worker


class Slow:
    """A handler that runs until it is let through."""

    def __init__(self, store: FakeJobStore) -> None:
        self.store = store
        self.gate = asyncio.Event()
        self.started: list[int] = []

    async def handle(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        self.started += [job.id for job in jobs]
        await self.gate.wait()
        return self.store.record(jobs)

    @property
    def worker(self) -> Worker:
        return Worker(name="test.work", handle=self.handle, batch_size=2, concurrency=1)


async def test_a_drain_finishes_what_runs_and_gives_back_what_waits() -> None:
    store = FakeJobStore()
    slow = Slow(store)
    ids = store.add("test.work", 2)
    async with running(slow.worker, store, worker_poll_ceiling_seconds=0.002) as runtime:
        await until(lambda: slow.started == ids)
        store.add("test.work", 3)
        runtime.stop()
        await asyncio.sleep(0)
        slow.gate.set()
    assert store.finished == ids
    assert not any(row.leased_by for row in store.rows.values())
    assert all(row.attempts == 0 for row in store.rows.values())
    assert store.beats[-1]["state"] == "stopped"


async def test_what_does_not_end_within_the_grace_is_given_back() -> None:
    store = FakeJobStore()
    slow = Slow(store)
    ids = store.add("test.work", 2)
    async with running(slow.worker, store, worker_drain_seconds=0.05):
        await until(lambda: slow.started == ids)
    assert sorted(store.released) == ids
    assert store.finished == []


async def test_a_drain_flushes_finished_jobs() -> None:
    store = FakeJobStore()
    gate, started = asyncio.Event(), asyncio.Event()

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        started.set()
        await gate.wait()
        return {job.id: "recorded" for job in jobs}

    ids = store.add("test.work", 2)
    worker = Worker(name="test.work", handle=handle, records=False)
    async with running(worker, store) as runtime:
        await started.wait()
        runtime.stop()
        gate.set()
    assert sorted(store.finished) == ids


async def test_a_bug_in_the_machinery_ends_the_process() -> None:
    store = FakeJobStore()
    runtime = Runtime([recording(store)], store, FakeRealtime().make_socket, settings())
    task = asyncio.create_task(runtime.run())
    await until(lambda: store.claims)
    store.broken = PermanentError("claim_jobs: no such argument", code="42883")
    with pytest.raises(ExceptionGroup) as raised:
        await task
    assert raised.group_contains(PermanentError)


async def test_a_start_without_a_database_waits_for_it() -> None:
    store = FakeJobStore(broken=TransientError("no database"))
    async with running(recording(store), store):
        await until(lambda: store.refusals > 1)
        store.broken = None
        ids = store.add("test.work", 3)
        await until(lambda: store.finished == ids)


async def test_a_stop_while_waiting_for_the_database_is_obeyed() -> None:
    store = FakeJobStore(broken=TransientError("no database"))
    async with running(recording(store), store) as runtime:
        runtime.stop()
    assert store.claims == []


@pytest.mark.parametrize(
    ("offer", "refusal", "sentence"),
    [
        (Contract(1, frozenset({"test.work"}), frozenset()), None, "version 1"),
        (Contract(2, frozenset(), frozenset()), None, "no subscription for test.work"),
        (None, ("SUPABASE_URL", "PGRST106"), "does not expose the schema `worker`"),
        (None, ("SUPABASE_URL", "PGRST202"), "apply the migrations"),
        (None, ("SUPABASE_SECRET_KEY", "401"), "SUPABASE_SECRET_KEY is not accepted"),
    ],
    ids=["old contract", "no subscription", "schema not exposed", "no functions", "wrong key"],
)
async def test_a_process_refuses_in_one_sentence_to_run_where_it_cannot(
    offer: Contract | None, refusal: tuple[str, str] | None, sentence: str
) -> None:
    store = FakeJobStore(offer=offer)
    if refusal:
        store.broken = ConfigurationError(refusal[0], "refused", code=refusal[1])
    runtime = Runtime([recording(store)], store, FakeRealtime().make_socket, settings())
    with pytest.raises(ConfigurationError, match=sentence) as raised:
        await runtime.run()
    assert str(raised.value).count(". ") == 0
    assert store.claims == []
