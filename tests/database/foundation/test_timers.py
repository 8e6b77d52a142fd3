"""Timers: one for each kind and subject, an event when due, once, in order, never lost."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.foundation.queue_calls import Queue, call, own_name
from tests.support.acting import acting_as, refused
from tests.support.waiting import eventually

LONG_AGO = -50 * 365 * 86400.0
"""Seconds from now: before any timer that another test may have left."""


class Clockwork:
    """Timers of one kind of the test's own; seconds are counted from the transaction's now()."""

    def __init__(self, db: psycopg.Connection, kind: str | None = None) -> None:
        self.db = db
        self.kind = kind or f"{own_name()}.fell_due"

    def set(
        self, *seconds: float, subjects: Sequence[UUID] = (), payloads: list[Any] | None = None
    ) -> list[UUID]:
        """One timer for each of the seconds; their subjects."""
        chosen = list(subjects) or [uuid4() for _ in seconds]
        self.db.execute(
            """
            select private.set_timers(
                %s, %s, array(
                    select now() + make_interval(secs => s.seconds)
                    from unnest(%s::double precision[]) with ordinality as s (seconds, n)
                    order by s.n
                ), %s
            )
            """,
            [
                self.kind,
                chosen,
                [float(s) for s in seconds],
                payloads and [Jsonb(p) for p in payloads],
            ],
        )
        return chosen

    def cancel(self, *subjects: UUID) -> None:
        self.db.execute("select private.cancel_timers(%s, %s)", [self.kind, list(subjects)])

    def fire(self, limit: int = 1000) -> dict[str, Any]:
        answer: dict[str, Any] = call(self.db, "fire_timers", p_limit=limit)
        return answer

    def waiting(self) -> list[UUID]:
        rows = self.db.execute(
            "select subject_id from private.timers where kind = %s order by due_at", [self.kind]
        )
        return [subject for (subject,) in rows]

    def fired(self) -> list[UUID]:
        rows = self.db.execute(
            "select subject_id from public.events where kind = %s order by id", [self.kind]
        )
        return [subject for (subject,) in rows]

    def hints(self) -> int:
        """Broadcasts about timers that this transaction sends."""
        row = self.db.execute(
            """
            select count(*) from realtime.messages
            where topic = 'jobs' and event = 'timer' and private and inserted_at = now()
            """
        ).fetchone()
        assert row is not None
        return int(row[0])

    def forget(self) -> None:
        """Removes what a test has committed."""
        self.db.rollback()
        for table in ("private.timers", "private.jobs", "public.events"):
            self.db.execute(f"delete from {table} where kind = %s", [self.kind])
        self.db.commit()


@pytest.fixture
def clockwork(db: psycopg.Connection) -> Clockwork:
    return Clockwork(db)


@pytest.fixture
def pair(database_url: str) -> Iterator[tuple[Clockwork, Clockwork]]:
    """The same kind on two connections whose work is committed; removed at the end."""
    patience = "-c statement_timeout=20s"
    with (
        psycopg.connect(database_url, options=patience) as one,
        psycopg.connect(database_url, options=patience) as other,
    ):
        first = Clockwork(one)
        try:
            yield first, Clockwork(other, first.kind)
        finally:
            other.rollback()
            first.forget()


def test_a_timer_that_is_due_becomes_a_job_with_its_payload(db: psycopg.Connection) -> None:
    queue = Queue(db)
    clockwork = Clockwork(db, queue.kind)
    (subject,) = clockwork.set(-5, payloads=[{"cycle": 2}])
    clockwork.fire()
    (job,) = queue.claim()
    assert (job.kind, job.subject_id) == (clockwork.kind, str(subject))
    due_at = datetime.fromisoformat(job.payload.pop("due_at"))
    assert job.payload == {"cycle": 2}
    assert datetime.fromisoformat(job.occurred_at) - due_at >= timedelta(seconds=5)
    assert clockwork.waiting() == []


def test_what_is_not_due_stays_and_the_answer_tells_how_long(clockwork: Clockwork) -> None:
    subjects = clockwork.set(3600, 7200)
    answer = clockwork.fire()
    assert clockwork.waiting() == subjects
    assert 0 < answer["next_in_seconds"] <= 3600


def test_timers_fire_in_the_order_they_were_due_whatever_their_kind(
    db: psycopg.Connection, clockwork: Clockwork
) -> None:
    other = Clockwork(db)
    late, early = clockwork.set(LONG_AGO + 4, LONG_AGO + 2)
    middle, first = other.set(LONG_AGO + 3, LONG_AGO + 1)
    clockwork.fire()
    rows = db.execute(
        "select subject_id from public.events where kind = any (%s) order by id",
        [[clockwork.kind, other.kind]],
    ).fetchall()
    assert [subject for (subject,) in rows] == [first, early, middle, late]


def test_a_batch_takes_the_longest_due_and_says_that_more_are(clockwork: Clockwork) -> None:
    subjects = clockwork.set(*(LONG_AGO + n for n in range(5)))
    assert clockwork.fire(3) == {"fired": 3, "next_in_seconds": 0}
    assert clockwork.fired() == subjects[:3]
    clockwork.fire(1000)
    assert clockwork.fired() == subjects


def test_setting_it_again_moves_a_timer_both_ways(clockwork: Clockwork) -> None:
    subjects = clockwork.set(-5, 3600)
    clockwork.set(3600, -5, subjects=subjects, payloads=[{"n": 1}, {"n": 2}])
    clockwork.fire()
    assert clockwork.waiting() == subjects[:1]
    assert clockwork.fired() == subjects[1:]


def test_of_several_moments_for_one_subject_the_last_counts(clockwork: Clockwork) -> None:
    subject = uuid4()
    clockwork.set(-5, 3600, subjects=[subject, subject])
    clockwork.fire()
    assert clockwork.waiting() == [subject]


def test_a_cancelled_timer_never_fires_and_others_do(clockwork: Clockwork) -> None:
    dropped, kept = clockwork.set(-5, -5)
    clockwork.cancel(dropped, uuid4())
    clockwork.fire()
    assert clockwork.fired() == [kept]


def test_each_kind_has_its_own_timer_of_a_subject(
    db: psycopg.Connection, clockwork: Clockwork
) -> None:
    other = Clockwork(db)
    (subject,) = clockwork.set(3600)
    other.set(3600, subjects=[subject])
    clockwork.cancel(subject)
    assert (clockwork.waiting(), other.waiting()) == ([], [subject])


def test_nothing_to_set_or_cancel_is_fine(clockwork: Clockwork) -> None:
    clockwork.set()
    clockwork.cancel()
    assert clockwork.hints() == 0


def test_a_timer_begins_a_chain_of_its_own(db: psycopg.Connection) -> None:
    queue = Queue(db)
    clockwork = Clockwork(db)
    queue.announce(uuid4())
    jobs = queue.claim()
    with acting_as(db, "service_role"):
        db.execute("select private.hold_jobs(%s)", [Jsonb([job.lease() for job in jobs])])
    clockwork.set(-5)
    clockwork.fire()
    row = db.execute(
        "select cause_id, depth from public.events where kind = %s", [clockwork.kind]
    ).fetchone()
    assert row == (None, 0)


@pytest.mark.parametrize(
    ("kind", "due_at", "payload", "promise"),
    [
        ("Ticket.due", "2026-01-01", {}, "timers_kind_is_noun_dot_word"),
        ("ticket", "2026-01-01", {}, "timers_kind_is_noun_dot_word"),
        (f"{'t' * 41}.due", "2026-01-01", {}, "timers_kind_is_noun_dot_word"),
        (f"ticket.{'d' * 41}", "2026-01-01", {}, "timers_kind_is_noun_dot_word"),
        ("ticket.due", "infinity", {}, "timers_due_at_is_a_moment"),
        ("ticket.due", "2026-01-01", [], "timers_payload_is_a_small_object"),
        ("ticket.due", "2026-01-01", {"x": "y" * 7800}, "timers_payload_is_a_small_object"),
        ("ticket.due", None, {}, None),
    ],
)
def test_a_senseless_timer_is_refused(
    db: psycopg.Connection, kind: str, due_at: str | None, payload: Any, promise: str | None
) -> None:
    with pytest.raises(psycopg.errors.IntegrityError) as caught, db.transaction():
        db.execute(
            "select private.set_timers(%s, array[gen_random_uuid()], %s::timestamptz[], %s)",
            [kind, [due_at], [Jsonb(payload)]],
        )
    assert caught.value.diag.constraint_name == promise


def test_the_largest_timer_there_may_be_fires(db: psycopg.Connection) -> None:
    clockwork = Clockwork(db, f"{'t' * 40}.{own_name()}")
    clockwork.set(-5, payloads=[{"x": "y" * 7700}])
    clockwork.fire()
    assert len(clockwork.fired()) == 1


@pytest.mark.parametrize("limit", [0, -1, 10001, None])
def test_a_senseless_limit_is_refused(db: psycopg.Connection, limit: int | None) -> None:
    with refused(db, "PT400", "limit_invalid"):
        call(db, "fire_timers", p_limit=limit)


def test_only_an_earlier_timer_sends_one_hint(clockwork: Clockwork) -> None:
    subjects = clockwork.set(LONG_AGO, LONG_AGO + 1)
    assert clockwork.hints() == 1
    clockwork.set(3600)
    clockwork.set(LONG_AGO, subjects=subjects[:1])
    clockwork.set(LONG_AGO + 2, subjects=subjects[1:])
    assert clockwork.hints() == 1


def test_an_operator_sees_how_many_are_set_and_how_late_the_first_is(clockwork: Clockwork) -> None:
    before = call(clockwork.db, "queue_stats")["timers"]["set"]
    clockwork.set(LONG_AGO, 3600)
    timers = call(clockwork.db, "queue_stats")["timers"]
    assert timers["set"] == before + 2
    assert timers["late_seconds"] == pytest.approx(-LONG_AGO, abs=60)


def test_cancelling_a_few_touches_only_these(clockwork: Clockwork) -> None:
    subjects = clockwork.set(*[3600] * 2000)

    def touched() -> int:
        row = clockwork.db.execute(
            "select pg_stat_get_xact_tuples_fetched('private.timers'::regclass)"
        ).fetchone()
        assert row is not None
        return int(row[0])

    before = touched()
    clockwork.cancel(*subjects[:50])
    assert touched() - before <= 100


def test_a_large_batch_fires_in_time_that_grows_with_its_size_alone(clockwork: Clockwork) -> None:
    # A plan that compares each with each takes many seconds for so many.
    clockwork.set(*(LONG_AGO + n for n in range(3000)))
    started = time.monotonic()
    assert clockwork.fire(3000)["fired"] == 3000
    assert time.monotonic() - started < 2


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_no_role_of_the_api_sets_cancels_or_edits_timers(db: psycopg.Connection, role: str) -> None:
    for statement in (
        "select private.set_timers('a.b', '{}', '{}')",
        "select private.cancel_timers('a.b', '{}')",
        "select private.wake_timers(now())",
        "insert into private.timers values ('a.b', gen_random_uuid(), now())",
        "update private.timers set due_at = now()",
        "delete from private.timers",
    ):
        with refused(db, "42501"), acting_as(db, role, uuid4()):
            db.execute(statement)


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_nobody_but_the_workers_fires_or_sees_timers(db: psycopg.Connection, role: str) -> None:
    for statement in (
        "select worker.fire_timers(1)",
        "select private.fire_due_timers(1)",
        "select private.count_timers()",
        "select * from private.timers",
    ):
        with refused(db, "42501"), acting_as(db, role, uuid4()):
            db.execute(statement)


# Several at once ----------------------------------------------------------------------------------

Pair = tuple[Clockwork, Clockwork]


def test_eight_replicas_fire_a_thousand_timers_once_each_within_a_second(
    pair: Pair, database_url: str
) -> None:
    clockwork, _ = pair
    subjects = clockwork.set(*(LONG_AGO + n for n in range(1000)))
    clockwork.db.commit()
    start = Barrier(9)

    def fire_all() -> int:
        with psycopg.connect(database_url, autocommit=True) as db:
            mine = 0
            start.wait(10)
            while True:
                with db.transaction():
                    answer = call(db, "fire_timers", p_limit=100)
                mine += answer["fired"]
                if answer["fired"] == 0:
                    return mine

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(fire_all) for _ in range(8)]
        start.wait(10)
        started = time.monotonic()
        shares = [each.result(20) for each in calls]
        seconds = time.monotonic() - started
    assert sum(shares) >= 1000
    assert sorted(clockwork.fired()) == sorted(subjects)
    assert seconds < 1


def test_a_firing_that_is_rolled_back_loses_nothing(pair: Pair) -> None:
    clockwork, other = pair
    subjects = clockwork.set(LONG_AGO)
    clockwork.db.commit()
    clockwork.fire()
    assert clockwork.fired() == subjects
    clockwork.db.rollback()
    other.fire()
    assert other.fired() == subjects


def test_what_another_transaction_holds_is_passed_over_and_asked_for_again_soon(
    pair: Pair,
) -> None:
    clockwork, other = pair
    held, free = clockwork.set(LONG_AGO, LONG_AGO + 1)
    clockwork.db.commit()
    clockwork.cancel(held)
    assert other.fire()["next_in_seconds"] == 0.25
    assert other.fired() == [free]
    clockwork.db.rollback()
    other.fire()
    assert other.fired() == [free, held]


def test_a_timer_moved_while_it_fires_fires_and_is_set_anew(pair: Pair) -> None:
    clockwork, other = pair
    (subject,) = clockwork.set(LONG_AGO)
    clockwork.db.commit()
    clockwork.fire()
    with ThreadPoolExecutor(1) as aside:
        moving: Future[list[UUID]] = aside.submit(other.set, 3600.0, subjects=[subject])
        eventually(lambda: blocked(clockwork.db, other.db), 10)
        clockwork.db.commit()
        moving.result(10)
    other.db.commit()
    assert (other.fired(), other.waiting()) == ([subject], [subject])


def blocked(watcher: psycopg.Connection, sleeper: psycopg.Connection) -> bool:
    row = watcher.execute(
        "select cardinality(pg_blocking_pids(%s)) > 0", [sleeper.info.backend_pid]
    ).fetchone()
    return row == (True,)


def test_of_two_open_transactions_one_carries_the_hint_for_a_moment(pair: Pair) -> None:
    one, other = pair
    for clockwork in pair:
        clockwork.db.execute("select private.wake_timers('2100-01-01 00:00:00.1')")
    assert (one.hints(), other.hints()) == (1, 0)
    other.db.execute("select private.wake_timers('2100-01-01 00:00:00.3')")
    assert other.hints() == 1
    for clockwork in pair:
        clockwork.db.rollback()
