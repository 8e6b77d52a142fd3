"""Notifications: who is told, once, and who reads them; and what on a ticket tells whom."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator.test_desk import Desk
from tests.factories import a_client, a_message, a_staff_member, a_ticket, an_admin, an_agent
from tests.support.acting import acting_as, refused

NOTIFY: LiteralString = "select private.notify(%s, %s, %s, %s)"


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


def told(db: psycopg.Connection, person_id: UUID) -> list[str]:
    """What somebody was told, in order."""
    rows = db.execute(
        "select kind from public.notifications where recipient_id = %s order by id", [person_id]
    )
    return [kind for (kind,) in rows]


def notify(db: psycopg.Connection, people: list[Any] | None, ticket_id: UUID | None = None) -> None:
    db.execute(NOTIFY, [people, "note_added", ticket_id, Jsonb({})])


def count(db: psycopg.Connection) -> int:
    row = db.execute("select count(*) from public.notifications").fetchone()
    assert row is not None
    return int(row[0])


# -- The table -------------------------------------------------------------------------------------


def test_everybody_named_is_told_once(desk: Desk) -> None:
    notify(desk.db, [desk.agent, desk.colleague, desk.agent, None, uuid4()])
    assert told(desk.db, desk.agent) == ["note_added"]
    assert told(desk.db, desk.colleague) == ["note_added"]


@pytest.mark.parametrize("people", [None, [], [None], [uuid4()]])
def test_where_nobody_is_named_nobody_is_told(desk: Desk, people: list[Any] | None) -> None:
    before = count(desk.db)
    notify(desk.db, people)
    assert count(desk.db) == before


def test_whoever_did_it_is_not_told(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    with acting_as(desk.db, "authenticated", desk.agent):
        desk.db.execute("reset role")  # As a function with its owner's rights would.
        notify(desk.db, [desk.agent, desk.colleague], ticket_id)
    assert told(desk.db, desk.agent) == []
    rows = desk.db.execute(
        "select actor_id, ticket_id from public.notifications where recipient_id = %s",
        [desk.colleague],
    ).fetchall()
    assert rows == [(desk.agent, ticket_id)]


def test_each_reads_their_own_and_ticks_them_off(desk: Desk) -> None:
    db = desk.db
    notify(db, [desk.agent, desk.colleague])
    notify(db, [desk.agent])
    mine = "select id from public.notifications where read_at is null order by id"
    with acting_as(db, "authenticated", desk.agent):
        first, second = (row[0] for row in db.execute(mine).fetchall())
    with acting_as(db, "authenticated", desk.colleague):
        assert len(db.execute(mine).fetchall()) == 1
    # Ids of somebody else count like ids of nobody.
    call: LiteralString = "mark_notifications_read(%s::bigint[])"
    assert desk.call(desk.colleague, call, [first, 0]) == {"read_count": 0}
    assert desk.call(desk.agent, call, [first]) == {"read_count": 1}
    assert desk.call(desk.agent, call, [first]) == {"read_count": 0}
    with acting_as(db, "authenticated", desk.agent):
        assert db.execute(mine).fetchall() == [(second,)]
    assert desk.call(desk.agent, "mark_notifications_read()") == {"read_count": 1}
    with acting_as(db, "authenticated", desk.colleague):
        assert len(db.execute(mine).fetchall()) == 1


def test_ids_without_end_are_refused(desk: Desk) -> None:
    call: LiteralString = "mark_notifications_read(array_fill(1::bigint, array[1001]))"
    desk.refuse(desk.agent, "PT413", "too_many_ids", call)


@pytest.mark.parametrize("role", ["anon", "authenticated", "service_role"])
def test_nobody_tells_anybody_by_hand(desk: Desk, role: str) -> None:
    person = None if role != "authenticated" else desk.manager
    with acting_as(desk.db, role, person), refused(desk.db, "42501"):
        notify(desk.db, [desk.agent])


def test_old_ones_go_as_new_ones_come(desk: Desk) -> None:
    desk.db.execute("delete from public.notifications")
    notify(desk.db, [desk.agent, desk.colleague, desk.manager])
    desk.db.execute(
        "update public.notifications set created_at = now() - interval '91 days', read_at = null"
        " where recipient_id <> %s",
        [desk.manager],
    )
    notify(desk.db, [desk.agent])
    kept = desk.db.execute(
        "select recipient_id from public.notifications where recipient_id = any(%s) order by id",
        [[desk.agent, desk.colleague, desk.manager]],
    ).fetchall()
    assert kept == [(desk.manager,), (desk.agent,)]


def test_the_unread_of_one_person_are_found_by_their_index(desk: Desk) -> None:
    # Many people with many read ones, as in a house that has been at work for a while.
    desk.db.execute(
        "insert into public.notifications (recipient_id, kind, read_at)"
        " select person, 'ticket_mention', now() from unnest(%s::uuid[]) person,"
        " generate_series(1, 300)",
        [[desk.agent, desk.colleague, desk.manager]],
    )
    desk.db.execute("analyze public.notifications")
    with acting_as(desk.db, "authenticated", desk.agent):
        desk.db.execute("set local enable_seqscan = off")
        plan = desk.db.execute(
            "explain (costs off) select id, kind from public.notifications"
            " where recipient_id = (select auth.uid()) and read_at is null order by id desc limit 9"
        ).fetchall()
    assert "notifications_recipient_id_unread_idx" in "\n".join(line for (line,) in plan)


# -- What on a ticket tells whom -------------------------------------------------------------------


@pytest.fixture
def watched(desk: Desk) -> tuple[UUID, UUID]:
    """A ticket of the agent, and an auditor who follows it."""
    ticket_id = desk.ticket(assignee_id=desk.agent)
    auditor = a_staff_member(desk.db, "quality_auditor", desk_id=desk.desk_id)
    desk.call(auditor, "follow_ticket(%s)", ticket_id)
    return ticket_id, auditor


def test_the_clients_word_reaches_whoever_has_or_follows_the_ticket(
    desk: Desk, watched: tuple[UUID, UUID]
) -> None:
    ticket_id, auditor = watched
    desk.call(desk.client, "reply_to_ticket(%s, 'Halo?')", ticket_id)
    for person in (desk.agent, auditor):
        assert told(desk.db, person) == ["client_replied"]
    for person in (desk.client, desk.colleague, desk.manager):
        assert told(desk.db, person) == []


def test_colleagues_hear_of_answers_and_notes_but_not_of_their_own(
    desk: Desk, watched: tuple[UUID, UUID]
) -> None:
    ticket_id, auditor = watched
    desk.call(desk.agent, "reply_to_ticket(%s, 'Zapraszamy')", ticket_id)
    desk.call(auditor, "add_ticket_note(%s, 'Proszę podać cenę')", ticket_id)
    assert told(desk.db, desk.agent) == ["note_added"]
    assert told(desk.db, auditor) == ["answer_posted"]


def test_an_assignment_by_a_person_is_told_and_one_by_the_house_is_an_offer(desk: Desk) -> None:
    db, ticket_id = desk.db, desk.ticket()
    desk.call(desk.manager, "assign_ticket(%s, %s, 1)", ticket_id, desk.colleague)
    assert told(db, desk.colleague) == ["ticket_assigned"]
    assert told(db, desk.manager) == []
    desk.call(desk.agent, "take_ticket(%s)", desk.ticket())
    db.execute(
        "update public.support_tickets set status = 'assigned', assignee_id = %s,"
        " assigned_at = now() where id = %s",
        [desk.agent, desk.ticket()],
    )
    assert told(db, desk.agent) == []


def test_resolving_and_reopening_are_told(desk: Desk, watched: tuple[UUID, UUID]) -> None:
    ticket_id, auditor = watched
    desk.call(desk.manager, "resolve_ticket(%s, 'Umówiono', 1)", ticket_id)
    desk.call(desk.client, "reopen_ticket(%s, 'Jednak nie')", ticket_id)
    assert told(desk.db, desk.agent) == ["ticket_resolved", "ticket_reopened"]
    assert told(desk.db, auditor) == ["ticket_resolved", "ticket_reopened", "client_replied"]


def test_who_left_or_moved_away_is_told_no_more(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    gone, moved = an_agent(desk.db, desk_id=desk.desk_id), an_agent(desk.db, desk_id=desk.desk_id)
    for person in (gone, moved):
        desk.call(desk.agent, "add_follower(%s, %s)", ticket_id, person)
    desk.db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s", [gone]
    )
    desk.db.execute(
        "update public.staff_members set desk_id = private.default_desk_id() where id = %s", [moved]
    )
    desk.call(desk.client, "reply_to_ticket(%s, 'Halo?')", ticket_id)
    assert told(desk.db, gone) == told(desk.db, moved) == ["follower_added"]
    with acting_as(desk.db, "authenticated", moved), refused(desk.db, "PT404", "ticket_not_found"):
        desk.db.execute("select public.get_ticket(%s)", [ticket_id])


def test_a_colleague_who_is_the_client_is_not_told_of_notes_about_them(desk: Desk) -> None:
    admin = an_admin(desk.db)
    ticket_id = a_ticket(desk.db, desk.colleague, desk_id=desk.desk_id, assignee_id=desk.agent)
    call: LiteralString = "add_ticket_note(%s, 'Zniżka dla pracownika', array[%s])"
    desk.refuse(desk.agent, "PT404", "staff_not_found", call, ticket_id, desk.colleague)
    desk.db.execute(
        "insert into public.ticket_followers (ticket_id, staff_id, added_by) values (%s, %s, %s)",
        [ticket_id, desk.colleague, admin],
    )
    desk.call(desk.manager, "add_ticket_note(%s, 'Zniżka dla pracownika')", ticket_id)
    assert told(desk.db, desk.colleague) == []
    assert told(desk.db, desk.agent) == ["note_added"]


def test_a_thousand_words_at_once_are_told_in_one_go(desk: Desk) -> None:
    db = desk.db
    for person in (desk.colleague, desk.manager):
        db.execute(
            "insert into public.ticket_followers (ticket_id, staff_id, added_by) select %s, %s, %s",
            [desk.ticket(assignee_id=desk.agent), person, person],
        )
    db.execute(
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, body)"
        " select ticket.id, ticket.client_id, 'client', 'Halo ' || n"
        " from public.support_tickets ticket cross join generate_series(1, 500) n"
        " where ticket.client_id = %s",
        [desk.client],
    )
    assert len(told(db, desk.agent)) == 1000
    assert len(told(db, desk.colleague)) == len(told(db, desk.manager)) == 500


def test_what_is_told_carries_ids_and_no_text(desk: Desk) -> None:
    ticket_id = desk.ticket(assignee_id=desk.agent)
    a_message(desk.db, ticket_id, a_client(desk.db), "Alergia na lateks")
    row = desk.db.execute(
        "select notice::text from public.notifications notice where ticket_id = %s", [ticket_id]
    ).fetchone()
    assert row is not None
    assert "lateks" not in row[0]
