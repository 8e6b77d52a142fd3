"""Events: said by table triggers, append only, each put down to its cause."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.foundation.queue_calls import Claimed, Queue
from tests.support.acting import acting_as, refused


@pytest.fixture
def queue(db: psycopg.Connection) -> Queue:
    return Queue(db)


@pytest.fixture
def rooms(db: psycopg.Connection, queue: Queue) -> None:
    """A table that announces its rows, for anybody to write to."""
    db.execute(
        f"""
        create table public.rooms (id uuid primary key, ring integer not null default 0);
        grant insert on public.rooms to authenticated, service_role;
        create function private.tg_rooms_announce() returns trigger
        language plpgsql set search_path = '' as $$
        begin
            perform private.emit_events(
                '{queue.kind}', array_agg(n.id order by n.ring),
                array_agg(jsonb_build_object('ring', n.ring) order by n.ring)
            ) from new_rows n;
            return null;
        end $$;
        create trigger rooms_announce after insert on public.rooms
        referencing new table as new_rows
        for each statement execute function private.tg_rooms_announce();
        """
    )


def build(db: psycopg.Connection, *room_ids: UUID) -> None:
    db.execute(
        """
        insert into public.rooms
        select r.id, r.n from unnest(%s::uuid[]) with ordinality as r (id, n)
        """,
        [list(room_ids)],
    )


def hold(db: psycopg.Connection, *jobs: Claimed) -> None:
    with acting_as(db, "service_role"):
        db.execute("select private.hold_jobs(%s)", [Jsonb([job.lease() for job in jobs])])


def events_about(db: psycopg.Connection, subject_id: UUID) -> list[tuple[Any, ...]]:
    return db.execute(
        "select id, cause_id, depth, payload from public.events where subject_id = %s",
        [subject_id],
    ).fetchall()


@pytest.mark.usefixtures("rooms")
def test_a_statement_announces_all_its_rows_in_order(db: psycopg.Connection, queue: Queue) -> None:
    rooms = [uuid4() for _ in range(5)]
    with acting_as(db, "authenticated", uuid4()):
        build(db, *rooms)
    jobs = queue.claim()
    assert [job.subject_id for job in jobs] == [str(room) for room in rooms]
    assert [job.payload for job in jobs] == [{"ring": n} for n in range(1, 6)]
    assert [job.event_id for job in jobs] == sorted(job.event_id for job in jobs)


def test_nobody_announces_by_hand(db: psycopg.Connection) -> None:
    for role in ("authenticated", "service_role"):
        with refused(db, "PT403", "event_not_from_trigger"), acting_as(db, role, uuid4()):
            db.execute("select private.emit_events('room.built', array[gen_random_uuid()])")


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
@pytest.mark.parametrize(
    "statement",
    [
        "insert into public.events (kind) values ('room.built')",
        "update public.events set kind = 'room.burnt'",
        "delete from public.events",
        "truncate public.events",
    ],
)
def test_nobody_rewrites_what_happened(db: psycopg.Connection, role: str, statement: str) -> None:
    with refused(db, "42501"), acting_as(db, role, uuid4()):
        db.execute(statement.encode())


def test_only_the_service_role_reads_events(db: psycopg.Connection, queue: Queue) -> None:
    queue.announce(uuid4())
    with acting_as(db, "service_role"):
        assert db.execute("select 1 from public.events where kind = %s", [queue.kind]).fetchone()
    for role in ("anon", "authenticated"):
        with refused(db, "42501"), acting_as(db, role, uuid4()):
            db.execute("select 1 from public.events")


@pytest.mark.usefixtures("rooms")
def test_an_event_made_while_holding_a_job_names_its_cause(
    db: psycopg.Connection, queue: Queue
) -> None:
    subject, other = uuid4(), uuid4()
    queue.announce(subject, other)
    jobs = queue.claim()
    hold(db, *jobs)
    build(db, subject, other)
    for job, about in zip(jobs, (subject, other), strict=True):
        effect = events_about(db, about)[-1]
        assert effect[1:3] == (job.event_id, 1)


@pytest.mark.usefixtures("rooms")
def test_an_event_about_a_new_subject_is_put_down_to_the_deepest_job(
    db: psycopg.Connection, queue: Queue
) -> None:
    shallow, deep, new = uuid4(), uuid4(), uuid4()
    queue.announce(shallow)
    (cause,) = db.execute(
        """
        insert into public.events (kind, subject_id, cause_id, depth) values (%s, %s, 1, 3)
        returning id
        """,
        [queue.kind, deep],
    ).fetchone() or (None,)
    hold(db, *queue.claim())
    build(db, new)
    assert events_about(db, new)[0][1:3] == (cause, 4)


@pytest.mark.usefixtures("rooms")
def test_an_event_outside_of_a_job_has_no_cause(db: psycopg.Connection) -> None:
    room = uuid4()
    build(db, room)
    assert events_about(db, room)[0][1:3] == (None, 0)


@pytest.mark.usefixtures("rooms")
def test_a_ring_of_events_is_refused(db: psycopg.Connection, queue: Queue) -> None:
    room = uuid4()
    queue.announce(room)
    for depth in range(1, 9):
        jobs = queue.claim()
        hold(db, *jobs)
        build(db, room)
        assert max(row[2] for row in events_about(db, room)) == depth
        db.execute("delete from public.rooms")
        queue.finish(*jobs)
    hold(db, *queue.claim())
    with refused(db, "LS003", "chain_too_long"):
        build(db, room)


@pytest.mark.parametrize(
    ("kind", "payload", "constraint"),
    [
        ("Room built", "{}", "events_kind_is_noun_dot_word"),
        ("room.built", "[]", "events_payload_is_a_small_object"),
        ("room.built", '{"a": "' + "x" * 9000 + '"}', "events_payload_is_a_small_object"),
    ],
)
def test_an_event_keeps_its_shape(
    db: psycopg.Connection, kind: str, payload: str, constraint: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as caught, db.transaction():
        db.execute("insert into public.events (kind, payload) values (%s, %s)", [kind, payload])
    assert caught.value.diag.constraint_name == constraint


def test_a_thousand_events_are_one_fan_out_with_one_wake_up(
    db: psycopg.Connection, queue: Queue
) -> None:
    queue.announce(*(uuid4() for _ in range(1000)))
    assert queue.states() == {"pending": 1000}
    wakes = db.execute(
        """
        select payload, private from realtime.messages
        where topic = 'jobs' and event = 'wake' and payload -> 'workers' ? %s
        """,
        [queue.worker],
    ).fetchall()
    assert [(payload["workers"], private) for payload, private in wakes] == [([queue.worker], True)]


def test_every_worker_that_wants_an_event_gets_its_own_job(
    db: psycopg.Connection, queue: Queue
) -> None:
    other = Queue(db)
    other.subscribe(queue.kind)
    (event_id,) = queue.announce(uuid4())
    assert [job.event_id for job in queue.claim()] == [event_id]
    assert [job.event_id for job in other.claim()] == [event_id]


def test_an_event_nobody_wants_makes_no_job(db: psycopg.Connection, queue: Queue) -> None:
    queue.announce(uuid4(), kind="room.unwanted")
    assert queue.states() == {}
