"""Ticks: each slot once, whoever announces it, and again when the announcement failed."""

from datetime import UTC, datetime

import pytest

from lib.errors import TransientError
from tests.fakes.jobs import FakeJobStore
from tests.workers.runtime.running import recording, running, until
from workers.runtime.ticker import SLOTS, Ticker

NIGHT = datetime(2026, 7, 3, 22, 41, 17, 250, tzinfo=UTC)


async def test_a_start_announces_the_present_minute_hour_and_day() -> None:
    store = FakeJobStore()
    async with running(recording(store), store):
        await until(lambda: {kind for kind, _ in store.ticks} == set(SLOTS))


@pytest.mark.parametrize(
    ("kind", "due_at"),
    [
        ("clock.minutely", datetime(2026, 7, 3, 22, 41, tzinfo=UTC)),
        ("clock.hourly", datetime(2026, 7, 3, 22, 0, tzinfo=UTC)),
        # In Warsaw it is already the 4th, since 22:00 UTC.
        ("clock.daily", datetime(2026, 7, 3, 22, 0, tzinfo=UTC)),
    ],
)
async def test_replicas_announce_the_same_slot_once(kind: str, due_at: datetime) -> None:
    store = FakeJobStore()
    for _ in range(2):
        await Ticker(store, now=lambda: NIGHT).emit(kind)
    assert store.ticks == {(kind, due_at)}


async def test_a_day_begins_at_midnight_in_warsaw_in_winter_too() -> None:
    store = FakeJobStore()
    await Ticker(store, now=lambda: datetime(2026, 1, 15, 22, 59, tzinfo=UTC)).emit("clock.daily")
    assert store.ticks == {("clock.daily", datetime(2026, 1, 14, 23, 0, tzinfo=UTC))}


async def test_an_announcement_that_failed_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.runtime.ticker._RETRY_SECONDS", 0.01)
    store = FakeJobStore(broken=TransientError("no database"))
    ticker = Ticker(store)
    ticker.start()
    try:
        await ticker.emit("clock.minutely")
        store.broken = None
        await until(lambda: {kind for kind, _ in store.ticks} == set(SLOTS))
    finally:
        ticker.stop()
