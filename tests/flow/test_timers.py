"""Timers on the running stack: their events stand within a second of the moment they were due."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import psycopg
import pytest

from lib.settings import load_settings
from lib.store.client import worker_rpc
from lib.store.jobs import supabase_job_store
from scripts.stack.state import StackState
from tests.database.foundation.queue_calls import own_name
from tests.support.replica import replica
from tests.support.waiting import eventually, eventually_async
from workers.runtime.tally import Tally
from workers.runtime.timers import Timers


@pytest.fixture
def listening(
    stack: StackState, db: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """One worker process whose subscription to Realtime stands."""
    monkeypatch.setenv("WORKER_BEAT_SECONDS", "0.5")
    db.autocommit = True
    started = db.execute("select clock_timestamp()").fetchone()
    with replica(stack, only="foundation"):
        eventually(
            lambda: db.execute(
                "select 1 from private.worker_heartbeats"
                " where beat_at > %s and report ->> 'realtime' = 'subscribed'",
                started,
            ).fetchone(),
            20,
        )
        yield


def set_timers(db: psycopg.Connection, kind: str, count: int, first: float, spread: float) -> None:
    """Due from `first` seconds on, evenly over `spread` seconds."""
    db.execute(
        """
        select private.set_timers(
            %s, array_agg(gen_random_uuid()),
            array_agg(clock_timestamp() + make_interval(secs => %s + %s * n / %s::float))
        )
        from generate_series(1, %s) as n
        """,
        [kind, first, spread, count, count],
    )


def fired(db: psycopg.Connection, kind: str) -> tuple[int, int, float, float]:
    """Events, subjects, the least and the most seconds from due to written."""
    row = db.execute(
        """
        select count(*), count(distinct subject_id), coalesce(min(l.seconds), 0),
            coalesce(max(l.seconds), 0)
        from public.events, lateral (
            select extract(epoch from occurred_at - (payload ->> 'due_at')::timestamptz)
                ::float as seconds
        ) l
        where kind = %s
        """,
        [kind],
    ).fetchone()
    assert row
    return row


@pytest.mark.usefixtures("listening")
def test_a_thousand_timers_fire_within_a_second_of_their_moment(db: psycopg.Connection) -> None:
    kind = f"{own_name()}.passed"
    set_timers(db, kind, 1000, first=1, spread=2)
    eventually(lambda: fired(db, kind)[0] == 1000, 15)
    events, subjects, soonest, latest = fired(db, kind)
    assert (events, subjects) == (1000, 1000)
    assert 0 <= soonest <= latest < 1


@pytest.mark.usefixtures("listening")
def test_a_thousand_timers_due_at_once_in_the_past_fire_within_a_second(
    db: psycopg.Connection,
) -> None:
    # The replica knows of none, or of later ones: only the broadcast can tell it in time.
    kind = f"{own_name()}.passed"
    set_timers(db, kind, 1000, first=0, spread=0)
    eventually(lambda: fired(db, kind)[0] == 1000, 15)
    assert fired(db, kind)[3] < 1


async def test_a_deaf_replica_finds_what_is_due_within_its_sweep(
    stack: StackState, db: psycopg.Connection
) -> None:
    db.autocommit = True
    first, second = f"{own_name()}.passed", f"{own_name()}.passed"
    settings = load_settings(None, supabase_url=stack.url, supabase_secret_key=stack.secret_key)

    async def all_fired(kind: str) -> bool:
        return (await asyncio.to_thread(fired, db, kind))[0] == 10

    async with worker_rpc(settings) as rpc:
        timers = Timers(supabase_job_store(rpc), Tally(), sweep_seconds=2)
        task = asyncio.create_task(timers.run())
        try:
            for kind in (first, second):
                await asyncio.to_thread(set_timers, db, kind, 10, 0, 0)
                await eventually_async(partial(all_fired, kind), 10)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    assert fired(db, second)[3] < 2 * 1.2 + 1
