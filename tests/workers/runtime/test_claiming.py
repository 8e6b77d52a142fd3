"""Jobs reach their handler: by poll, by wake, in full batches, with acknowledgements riding."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from lib.errors import ConfigurationError, TransientError
from lib.events import Job, JobResult
from tests.fakes.jobs import FakeJobStore
from tests.fakes.realtime import FakeRealtime
from tests.workers.runtime.running import recording, running, until
from workers.runtime.backoff import Backoff
from workers.runtime.claimer import Claimer
from workers.runtime.dispatcher import Dispatcher
from workers.runtime.tally import Tally
from workers.runtime.worker import Worker


def idle_dispatcher(store: FakeJobStore) -> Dispatcher:
    return Dispatcher(
        [recording(store)],
        store,
        lease_seconds=30,
        spawn=asyncio.create_task,
        tally=Tally(),
        slots_freed=lambda: None,
    )


LONG = {"worker_poll_floor_seconds": 30, "worker_poll_ceiling_seconds": 30}


async def test_without_realtime_the_poll_finds_every_job() -> None:
    store = FakeJobStore()
    async with running(recording(store), store):
        ids = store.add("test.work", 25)
        await until(lambda: sorted(store.finished) == ids)


async def test_a_deaf_socket_that_looks_healthy_costs_nothing_but_time() -> None:
    store, realtime = FakeJobStore(), FakeRealtime(is_deaf=True)
    async with running(recording(store), store, realtime):
        await until(lambda: realtime.open_sockets)
        ids = store.add("test.work", 25)
        realtime.broadcast("wake", {"workers": ["test.work"]})
        await until(lambda: sorted(store.finished) == ids)


async def test_a_wake_is_enough_when_the_poll_is_far_away() -> None:
    store, realtime = FakeJobStore(), FakeRealtime()
    async with running(recording(store), store, realtime, **LONG):
        await until(lambda: len(store.claims) == 2)  # at the start, and when subscribed
        ids = store.add("test.work", 3)
        realtime.broadcast("wake", {"workers": ["test.work"]})
        await until(lambda: sorted(store.finished) == ids)


async def test_a_wake_for_other_workers_is_left_to_them() -> None:
    store, realtime = FakeJobStore(), FakeRealtime()
    async with running(recording(store), store, realtime, **LONG):
        await until(lambda: len(store.claims) == 2)
        realtime.broadcast("wake", {"workers": ["test.foreign"]})
        realtime.broadcast("wake", {"workers": ["test.work"]})
        await until(lambda: len(store.claims) == 3)


async def test_each_subscription_looks_for_what_was_missed_before_it() -> None:
    store, realtime = FakeJobStore(), FakeRealtime()
    ids = store.add("test.work", 3)
    async with running(recording(store), store, realtime, **LONG):
        await until(lambda: sorted(store.finished) == ids)
        missed = store.add("test.work", 3)
        realtime.break_all()
        await until(lambda: sorted(store.finished) == ids + missed)


async def test_a_full_claim_is_followed_by_another_at_once() -> None:
    store = FakeJobStore()
    ids = store.add("test.work", 50)
    async with running(recording(store, batch_size=4, concurrency=2), store, **LONG):
        await until(lambda: sorted(store.finished) == ids)


async def test_no_more_is_claimed_than_there_are_free_slots() -> None:
    store = FakeJobStore()
    store.add("test.work", 50)
    gate, running_now, most = asyncio.Event(), 0, 0

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        nonlocal running_now, most
        running_now += 1
        most = max(most, running_now)
        await gate.wait()
        running_now -= 1
        return store.record(jobs)

    worker = Worker(name="test.work", handle=handle, batch_size=5, concurrency=3)
    async with running(worker, store):
        await until(lambda: running_now == 3)
        held = [row for row in store.rows.values() if row.is_leased]
        assert len(held) == 15
        gate.set()
        await until(lambda: len(store.finished) == 50)
    assert most == 3


async def test_jobs_without_an_effect_are_finished_by_the_next_claim() -> None:
    store, handled = FakeJobStore(), []

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        handled.extend(job.id for job in jobs)
        return {job.id: "recorded" for job in jobs}

    worker = Worker(name="test.work", handle=handle, records=False)
    async with running(worker, store):
        ids = store.add("test.work", 10)
        await until(lambda: sorted(store.finished) == ids)
    assert sorted(handled) == ids


async def test_finished_jobs_are_flushed_soon_though_no_claim_is_due() -> None:
    store, gate = FakeJobStore(), asyncio.Event()

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        await gate.wait()
        return {job.id: "gone" for job in jobs}

    ids = store.add("test.work", 3)
    worker = Worker(name="test.work", handle=handle, records=False)
    async with running(worker, store, **LONG):
        await until(lambda: len(store.claims) == 1)
        gate.set()
        await until(lambda: sorted(store.finished) == ids, 2)


async def test_the_cursor_of_a_claim_goes_into_the_next_one() -> None:
    store = FakeJobStore()
    async with running(recording(store), store):
        await until(lambda: len(store.claims) > 3)
    assert store.sinces[:3] == [None, 1, 2]


async def test_claims_go_on_after_an_outage_and_finish_what_ended_meanwhile() -> None:
    store, gate = FakeJobStore(), asyncio.Event()

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        await gate.wait()
        return {job.id: "recorded" for job in jobs}

    before = store.add("test.work", 3)
    worker = Worker(name="test.work", handle=handle, records=False)
    async with running(worker, store):
        await until(lambda: all(row.is_leased for row in store.rows.values()))
        store.broken = TransientError("no database")
        gate.set()
        await until(lambda: store.refusals > 1)
        store.broken = None
        after = store.add("test.work", 3)
        await until(lambda: sorted(store.finished) == before + after)


async def test_a_refusal_that_passes_is_survived_and_one_that_stays_ends_the_process() -> None:
    store = FakeJobStore()
    refusal = ConfigurationError("SUPABASE_URL", "no function worker.claim_jobs", code="PGRST202")
    async with running(recording(store), store):
        await until(lambda: store.claims)
        store.broken = refusal
        await until(lambda: store.refusals > 1)
        store.broken = None
        ids = store.add("test.work", 3)
        await until(lambda: store.finished == ids)
    claimer = Claimer(
        store, idle_dispatcher(store), Tally(), replica="me", poll=Backoff(1, 1), refusal_seconds=0
    )
    store.broken = refusal
    with pytest.raises(ConfigurationError):
        await asyncio.wait_for(claimer.run(), 5)


async def test_two_replicas_share_the_jobs_and_none_runs_twice() -> None:
    store = FakeJobStore()
    ids = store.add("test.work", 200)
    options = {"batch_size": 5, "concurrency": 1}
    async with (
        running(recording(store, **options), store, worker_replica_name="one"),
        running(recording(store, **options), store, worker_replica_name="two"),
    ):
        await until(lambda: sorted(store.finished) == ids)
    assert len(store.finished) == 200
