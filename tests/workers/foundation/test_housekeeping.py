"""Housekeeping deletes in portions until nothing old is left."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lib.events import Job
from workers.foundation.housekeeping import housekeeping

HOUR = Job(
    id=1,
    fence=1,
    worker="foundation.housekeeping",
    attempt=1,
    event_id=1,
    kind="clock.hourly",
    subject_id=None,
    payload={},
    occurred_at=datetime(2026, 5, 1, tzinfo=UTC),
)


class FakeFoundationStore:
    """A log of events with so many old ones."""

    def __init__(self, old: int) -> None:
        self.old = old
        self.calls: list[tuple[int, int]] = []

    async def prune_events(self, keep_days: int, limit: int) -> int:
        self.calls.append((keep_days, limit))
        pruned = min(self.old, limit)
        self.old -= pruned
        return pruned

    async def queue_stats(self) -> Any:
        raise AssertionError

    async def list_jobs(self, state: str | None, worker: str | None, limit: int) -> Any:
        raise AssertionError

    async def show_job(self, job_id: int) -> Any:
        raise AssertionError

    async def retry_dead_jobs(self, job_ids: Sequence[int]) -> Any:
        raise AssertionError


async def test_old_rows_go_portion_by_portion_until_none_is_left() -> None:
    store = FakeFoundationStore(old=12_000)
    worker = housekeeping(store, retention_days=30)
    assert await worker.handle([HOUR]) == {1: "recorded"}
    assert store.old == 0
    assert store.calls == [(30, 5000)] * 3


async def test_an_hour_without_old_rows_costs_one_call() -> None:
    store = FakeFoundationStore(old=0)
    await housekeeping(store, retention_days=30).handle([HOUR])
    assert len(store.calls) == 1
