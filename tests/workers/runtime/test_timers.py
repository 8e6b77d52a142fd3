"""Timers: fired when due by the database's clock, found without Realtime, calm without any."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from lib.errors import PermanentError, TransientError
from lib.store.jobs import Firing
from tests.fakes.jobs import FakeJobStore
from tests.fakes.realtime import FakeRealtime
from tests.workers.runtime.running import recording, running, until
from workers.runtime.backoff import Backoff
from workers.runtime.tally import Tally
from workers.runtime.timers import Timers


@asynccontextmanager
async def firing(store: FakeJobStore, sweep_seconds: float = 60) -> AsyncIterator[Timers]:
    """The timers alone; stopped at the end."""
    timers = Timers(store, Tally(), sweep_seconds=sweep_seconds, trouble=Backoff(0.001, 0.01))
    task = asyncio.create_task(timers.run())
    try:
        yield timers
    finally:
        timers.stop()
        await asyncio.wait_for(task, 5)


def lateness(store: FakeJobStore) -> list[float]:
    return [fired - due for due, fired in store.fired]


async def test_a_timer_fires_when_it_is_due_and_not_before() -> None:
    store = FakeJobStore()
    store.timers = [time.monotonic() + seconds for seconds in (-1, 0.2, 0.4)]
    async with firing(store):
        await until(lambda: not store.timers)
    assert len(store.fired) == 3
    assert all(0 <= late < 0.3 for late in lateness(store)[1:])


async def test_a_clock_wrong_by_hours_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 5_000.0)
    monkeypatch.setattr("lib.clock.utc_now", lambda: datetime(1999, 1, 1, tzinfo=UTC))
    store = FakeJobStore(timers=[time.monotonic() + 0.2])
    async with firing(store):
        await until(lambda: store.fired)
    assert 0 <= lateness(store)[0] < 0.3


async def test_without_timers_there_is_one_call_a_sweep() -> None:
    store = FakeJobStore()
    async with firing(store, sweep_seconds=0.3):
        await until(lambda: len(store.firings) == 4)
    gaps = [later - sooner for sooner, later in zip(store.firings, store.firings[1:], strict=False)]
    assert all(gap >= 0.2 for gap in gaps)


async def test_a_wake_finds_a_timer_set_earlier_than_the_known_one() -> None:
    store = FakeJobStore(timers=[time.monotonic() + 60])
    async with firing(store) as timers:
        await until(lambda: len(store.firings) == 1)
        store.timers.append(time.monotonic())
        timers.wake()
        await until(lambda: store.fired)


async def test_a_wake_during_a_call_is_not_lost() -> None:
    inside, gate = asyncio.Event(), asyncio.Event()

    class SlowJobStore(FakeJobStore):
        async def fire_timers(self, limit: int) -> Firing:
            answer = await super().fire_timers(limit)
            inside.set()
            await gate.wait()
            return answer

    store = SlowJobStore()
    async with firing(store) as timers:
        await inside.wait()
        store.timers.append(time.monotonic())
        timers.wake()
        gate.set()
        await until(lambda: store.fired)


async def test_a_deaf_socket_costs_one_sweep() -> None:
    store = FakeJobStore()
    async with firing(store, sweep_seconds=0.3):
        await until(lambda: store.firings)
        store.timers.append(time.monotonic())
        await until(lambda: store.fired)
    assert lateness(store)[0] < 0.6


async def test_a_full_batch_is_followed_at_once_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.runtime.timers._MOST_FIRED", 10)
    monkeypatch.setattr("workers.runtime.timers._SPACING_SECONDS", 60.0)
    now = time.monotonic()
    store = FakeJobStore(timers=[now - n for n in range(45)])
    timers = Timers(store, Tally())
    task = asyncio.create_task(timers.run())
    await until(lambda: not store.timers)
    assert len(store.firings) == 5
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_timers_close_to_each_other_are_fired_together() -> None:
    now = time.monotonic()
    store = FakeJobStore(timers=[now + n / 1000 for n in range(300)])
    async with firing(store):
        await until(lambda: not store.timers)
    assert len(store.firings) <= 6
    assert max(lateness(store)) < 0.5


@pytest.mark.parametrize("error", [TransientError("no database"), PermanentError("a bug")])
async def test_failures_are_repeated_and_never_end_the_process(error: Exception) -> None:
    store = FakeJobStore(timers=[time.monotonic()], broken=error)
    async with firing(store):
        await until(lambda: store.refusals >= 2)
        store.broken = None
        await until(lambda: store.fired)


async def test_a_replica_fires_hears_of_earlier_timers_and_reports_how_many() -> None:
    store, realtime = FakeJobStore(timers=[time.monotonic()]), FakeRealtime()
    async with running(recording(store), store, realtime):
        await until(lambda: store.fired and realtime.open_sockets)
        store.timers.append(time.monotonic())
        realtime.broadcast("timer", {})
        await until(lambda: len(store.fired) == 2)
    assert sum(int(beat.get("timers", 0)) for beat in store.beats) == 2


async def test_a_draining_replica_fires_no_more() -> None:
    store = FakeJobStore()
    async with running(recording(store), store) as runtime:
        await until(lambda: store.firings)
        runtime.stop()
        store.timers.append(time.monotonic())
    assert store.fired == []
