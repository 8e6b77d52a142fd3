"""Tickets as rows: states that agree with their times, the timeline, the load, the queue."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.factories import DEFAULT_DESK, a_client, a_desk, a_message, a_ticket, an_agent
from tests.support.acting import acting_as


@pytest.fixture
def client(db: psycopg.Connection) -> UUID:
    return a_client(db)


@pytest.fixture
def agent(db: psycopg.Connection) -> UUID:
    return an_agent(db)


def ticket(db: psycopg.Connection, ticket_id: UUID) -> Any:
    """The row as a named tuple."""
    with db.cursor(row_factory=psycopg.rows.namedtuple_row) as cursor:
        return cursor.execute(
            "select * from public.support_tickets where id = %s", [ticket_id]
        ).fetchone()


def kinds(db: psycopg.Connection, ticket_id: UUID) -> list[str]:
    """Kinds of the events about a ticket, in order."""
    rows = db.execute(
        "select kind from public.events where subject_id = %s order by id", [ticket_id]
    )
    return [kind for (kind,) in rows]


def steps(db: psycopg.Connection, ticket_id: UUID) -> list[str]:
    """Kinds of the ticket's timeline, in order."""
    rows = db.execute(
        "select kind from public.ticket_events where ticket_id = %s order by id", [ticket_id]
    )
    return [kind for (kind,) in rows]


BROKEN: dict[str, tuple[LiteralString, ...]] = {
    "support_tickets_open_have_no_assignee": (
        "assignee_id = %(agent)s, assigned_at = now()",
        "status = 'open', assignee_id = %(agent)s, assigned_at = now()",
    ),
    "support_tickets_worked_on_have_an_assignee": (
        "status = 'assigned'",
        "status = 'pending'",
        "status = 'on_hold'",
    ),
    "support_tickets_assignee_has_a_time": ("status = 'assigned', assignee_id = %(agent)s",),
    "support_tickets_resolved_have_a_time": ("status = 'resolved'", "resolved_at = now()"),
    "support_tickets_closed_have_a_time": (
        "status = 'closed', resolved_at = now()",
        "status = 'resolved', resolved_at = now(), closed_at = now()",
    ),
    "support_tickets_later_cycles_were_reopened": ("cycle = 2", "reopened_at = now()", "cycle = 0"),
    "support_tickets_due_after_the_cycle_began": ("first_response_due_at = opened_at",),
    "support_tickets_times_follow_the_opening": (
        "first_responded_at = opened_at - interval '1 second'",
        "last_message_at = opened_at - interval '1 day'",
    ),
    "support_tickets_status_is_known": ("status = 'lost'",),
    "support_tickets_priority_is_known": ("priority = 'whenever'",),
    "support_tickets_language_is_a_code": ("language = 'Polish'",),
    "support_tickets_subject_is_short_text": (
        "subject = ''",
        "subject = E'a\\x07b'",
        "subject = repeat('a', 201)",
    ),
    "support_tickets_skills_are_few": ("required_skills = array_fill('x'::text, array[17])",),
}


@pytest.mark.parametrize(
    ("promise", "change"), [(name, change) for name, all_ in BROKEN.items() for change in all_]
)
def test_a_ticket_keeps_its_promise(
    db: psycopg.Connection, client: UUID, agent: UUID, promise: str, change: LiteralString
) -> None:
    ticket_id = a_ticket(db, client)
    with pytest.raises(psycopg.errors.CheckViolation) as caught, db.transaction():
        db.execute(
            "update public.support_tickets set " + change + " where id = %(id)s",
            {"id": ticket_id, "agent": agent},
        )
    assert caught.value.diag.constraint_name == promise


def test_numbers_are_for_people_and_never_repeat(db: psycopg.Connection, client: UUID) -> None:
    first, second = (ticket(db, a_ticket(db, client)).number for _ in range(2))
    assert second > first >= 1001


def test_every_change_is_a_new_version_whatever_the_writer_says(
    db: psycopg.Connection, client: UUID
) -> None:
    ticket_id = a_ticket(db, client)
    db.execute(
        "update public.support_tickets set priority = 'high', version = 40 where id = %s",
        [ticket_id],
    )
    assert ticket(db, ticket_id).version == 2


def test_a_ticket_is_in_the_queue_exactly_while_it_is_open(
    db: psycopg.Connection, client: UUID, agent: UUID
) -> None:
    ticket_id = a_ticket(db, client)
    assert ticket(db, ticket_id).queue_desk_id == DEFAULT_DESK
    give(db, ticket_id, agent)
    assert ticket(db, ticket_id).queue_desk_id is None


def give(db: psycopg.Connection, ticket_id: UUID, agent: UUID) -> None:
    db.execute(
        "update public.support_tickets set status = 'assigned', assignee_id = %s,"
        " assigned_at = now() where id = %s",
        [agent, ticket_id],
    )


def test_a_change_by_hand_is_told_like_any_other(
    db: psycopg.Connection, client: UUID, agent: UUID
) -> None:
    ticket_id = a_ticket(db, client)
    give(db, ticket_id, agent)
    db.execute("update public.support_tickets set status = 'pending' where id = %s", [ticket_id])
    db.execute(
        "update public.support_tickets set status = 'open', assignee_id = null, assigned_at = null"
        " where id = %s",
        [ticket_id],
    )
    assert kinds(db, ticket_id) == ["ticket.opened", "ticket.assigned", "ticket.unassigned"]
    assert steps(db, ticket_id) == ["opened", "assigned", "status_changed", "unassigned"]


def test_a_change_of_nothing_that_matters_is_not_told(db: psycopg.Connection, client: UUID) -> None:
    ticket_id = a_ticket(db, client)
    db.execute("update public.support_tickets set resolution = 'x' where id = %s", [ticket_id])
    assert kinds(db, ticket_id) == ["ticket.opened"]


def test_what_changed_about_a_ticket_is_told(db: psycopg.Connection, client: UUID) -> None:
    ticket_id = a_ticket(db, client)
    db.execute(
        "update public.support_tickets set priority = 'urgent', language = 'en' where id = %s",
        [ticket_id],
    )
    told = db.execute(
        "select payload from public.events where subject_id = %s"
        " and kind = 'ticket.details_changed'",
        [ticket_id],
    ).fetchall()
    assert told == [({"cycle": 1, "changed": ["priority", "language"]},)]


def test_a_hand_over_names_both_agents(db: psycopg.Connection, client: UUID, agent: UUID) -> None:
    other = an_agent(db)
    ticket_id = a_ticket(db, client, assignee_id=agent)
    give(db, ticket_id, other)
    payload = db.execute(
        "select payload from public.events where subject_id = %s and kind = 'ticket.assigned'",
        [ticket_id],
    ).fetchone()
    assert payload == ({"assignee_id": str(other), "previous_assignee_id": str(agent), "cycle": 1},)


def test_thousand_tickets_are_one_announcement_each(
    db: psycopg.Connection, client: UUID, agent: UUID
) -> None:
    db.execute(
        "insert into public.support_tickets"
        " (client_id, channel, subject, tier, first_response_due_at)"
        " select %s, 'email', 'Pytanie ' || n, 'standard', now() + interval '1 hour'"
        " from generate_series(1, 1000) n",
        [client],
    )
    db.execute(
        "update public.support_tickets set status = 'assigned', assignee_id = %s,"
        " assigned_at = now() where client_id = %s",
        [agent, client],
    )
    told = db.execute(
        "select kind, count(*), count(distinct subject_id) from public.events"
        " where subject_id in (select id from public.support_tickets where client_id = %s)"
        " group by kind order by kind",
        [client],
    ).fetchall()
    assert told == [("ticket.assigned", 1000, 1000), ("ticket.opened", 1000, 1000)]


def test_a_message_is_told_without_its_text(db: psycopg.Connection, client: UUID) -> None:
    ticket_id = a_ticket(db, client)
    message_id = a_message(db, ticket_id, client, "Tajemnica")
    row = db.execute(
        "select payload from public.events where subject_id = %s and kind = 'message.posted'",
        [ticket_id],
    ).fetchone()
    assert row == ({"message_id": str(message_id), "author_kind": "client", "is_internal": False},)
    told = db.execute(
        "select count(*) from public.ticket_events where ticket_id = %s"
        " and details::text like '%%Tajemnica%%'",
        [ticket_id],
    ).fetchone()
    assert told == (0,)


def test_the_timeline_knows_who_did_it(db: psycopg.Connection, client: UUID, agent: UUID) -> None:
    ticket_id = a_ticket(db, client)
    with acting_as(db, "authenticated", agent):
        db.execute("select public.take_ticket(%s)", [ticket_id])
    rows = db.execute(
        "select kind, actor_id from public.ticket_events where ticket_id = %s order by id",
        [ticket_id],
    ).fetchall()
    assert rows == [("opened", None), ("assigned", agent)]


@pytest.mark.parametrize(
    ("message", "promise"),
    [
        ("null, 'client', false, 'a'", "ticket_messages_people_have_an_author"),
        ("%(client)s, 'assistant', false, 'a'", "ticket_messages_people_have_an_author"),
        ("%(client)s, 'client', true, 'a'", "ticket_messages_clients_write_no_notes"),
        ("null, 'oracle', false, 'a'", "ticket_messages_author_kind_is_known"),
        ("%(client)s, 'client', false, E' \\n'", "ticket_messages_body_is_text"),
        ("%(client)s, 'client', false, repeat('a', 10001)", "ticket_messages_body_is_text"),
    ],
)
def test_a_message_keeps_its_promise(
    db: psycopg.Connection, client: UUID, message: LiteralString, promise: str
) -> None:
    ticket_id = a_ticket(db, client)
    with pytest.raises(psycopg.errors.CheckViolation) as caught, db.transaction():
        db.execute(
            "insert into public.ticket_messages"
            " (ticket_id, author_id, author_kind, is_internal, body)"
            " values (%(ticket)s, " + message + ")",
            {"ticket": ticket_id, "client": client},
        )
    assert caught.value.diag.constraint_name == promise


def loads(db: psycopg.Connection, *agents: UUID) -> dict[UUID, int]:
    rows = db.execute("select agent_id, load_units from private.agent_loads(%s)", [list(agents)])
    return dict(rows.fetchall())


def test_load_counts_assigned_and_pending_by_the_channels_weight(
    db: psycopg.Connection, client: UUID, agent: UUID
) -> None:
    idle = an_agent(db)
    a_ticket(db, client, channel="phone", assignee_id=agent)
    a_ticket(db, client, channel="chat", assignee_id=agent, status="pending")
    a_ticket(db, client, channel="email", assignee_id=agent, status="on_hold")
    a_ticket(db, client, channel="phone", assignee_id=agent, status="resolved")
    assert loads(db, agent, idle) == {agent: 5 + 2, idle: 0}


def test_the_server_reads_loads_and_nobody_else(db: psycopg.Connection, agent: UUID) -> None:
    with acting_as(db, "service_role"):
        assert loads(db, agent) == {agent: 0}
    with (
        acting_as(db, "authenticated", agent),
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        db.transaction(),
    ):
        loads(db, agent)


def test_an_agents_clients_are_known_to_them_while_there_is_work(
    db: psycopg.Connection, agent: UUID
) -> None:
    far = a_desk(db)
    client = a_client(db, name="Helena Zawadzka", desk_id=far)
    ticket_id = a_ticket(db, client, desk_id=far)
    give(db, ticket_id, agent)
    name = "select display_name from public.profiles where id = %s"
    with acting_as(db, "authenticated", agent):
        assert db.execute(name, [client]).fetchone() == ("Helena Zawadzka",)
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [ticket_id],
    )
    with acting_as(db, "authenticated", agent):
        assert db.execute(name, [client]).fetchone() is None


def test_what_is_published_tells_a_key_and_no_more_of_a_deleted_row(
    db: psycopg.Connection,
) -> None:
    published = db.execute(
        "select tablename, relreplident, relrowsecurity"
        " from pg_publication_tables"
        " join pg_class on oid = format('%I.%I', schemaname, tablename)::regclass"
        " where pubname = 'supabase_realtime' and tablename in"
        " ('support_tickets', 'ticket_messages', 'staff_members') order by 1"
    ).fetchall()
    assert published == [
        (table, "d", True) for table in ("staff_members", "support_tickets", "ticket_messages")
    ]
