"""Ticks: every replica may announce a moment, the first one counts; old rows go."""

import psycopg
import pytest

from tests.database.foundation.queue_calls import Claimed, Queue, call
from tests.support.acting import refused


def test_a_moment_is_announced_once(db: psycopg.Connection) -> None:
    queue = Queue(db)
    queue.subscribe("clock.testly")
    due = "2026-05-01T12:00:00+02:00"
    answers = [call(db, "emit_tick", p_kind="clock.testly", p_due_at=due) for _ in range(3)]
    assert answers == [{"emitted": True}, {"emitted": False}, {"emitted": False}]
    (job,) = queue.claim()
    assert (job.kind, job.subject_id) == ("clock.testly", None)
    assert job.payload == {"due_at": "2026-05-01T10:00:00+00:00"}


@pytest.mark.parametrize(
    ("kind", "due_at"),
    [
        ("ticket.opened", "2026-05-01"),
        ("clock.", "2026-05-01"),
        ("clock.hourly", "infinity"),
        ("clock.hourly", None),
        (None, "2026-05-01"),
    ],
)
def test_only_the_clock_ticks(db: psycopg.Connection, kind: str | None, due_at: str | None) -> None:
    with refused(db, "PT400", "tick_invalid"):
        call(db, "emit_tick", p_kind=kind, p_due_at=due_at)


def test_housekeeping_wants_the_hour(db: psycopg.Connection) -> None:
    due = "2001-01-01T00:00:00Z"
    call(db, "emit_tick", p_kind="clock.hourly", p_due_at=due)
    answer = call(db, "claim_jobs", p_replica="here", p_wants={"foundation.housekeeping": 1})
    jobs = [Claimed(*job) for job in answer["jobs"]["foundation.housekeeping"]]
    assert [job.kind for job in jobs] == ["clock.hourly"]


def age(db: psycopg.Connection, queue: Queue, days: int, count: int) -> None:
    # Below all other ids: the oldest events have the lowest.
    db.execute(
        """
        insert into public.events (id, kind, occurred_at)
        overriding system value
        select -n, %s, now() - make_interval(days => %s) from generate_series(1, %s) as n
        """,
        [queue.kind, days, count],
    )


def test_pruning_takes_the_oldest_events_ticks_and_heartbeats(db: psycopg.Connection) -> None:
    queue = Queue(db)
    age(db, queue, days=40, count=5)
    (recent,) = queue.announce(None)
    db.execute("insert into private.ticks values ('clock.old', '2001-01-01', '2001-01-01')")
    db.execute(
        """
        insert into private.worker_heartbeats (replica, started_at, beat_at)
        values ('long gone', '2001-01-01', '2001-01-02')
        """
    )
    first = call(db, "prune_events", p_keep="30 days", p_limit=3)
    assert (first["events"], first["ticks"], first["heartbeats"]) == (3, 1, 1)
    assert first["pruned"] == 5
    assert call(db, "prune_events", p_keep="30 days", p_limit=1000)["events"] == 2
    left = db.execute("select id from public.events where kind = %s", [queue.kind]).fetchall()
    assert left == [(recent,)]


def test_nothing_of_the_last_week_is_pruned(db: psycopg.Connection) -> None:
    with refused(db, "PT400", "prune_invalid"):
        call(db, "prune_events", p_keep="6 days")
