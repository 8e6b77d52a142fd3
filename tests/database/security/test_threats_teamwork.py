"""Numbered threats around working together: followers, notes, notifications, cycles, merges."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.security.test_threats import NASTY, refusal
from tests.factories import a_message, an_agent
from tests.support.acting import acting_as, refused
from tests.support.house import EVERYBODY, House, a_house

SECRET = "Podejrzewamy nadużycie"
CALLS_WITH_A_TICKET: tuple[LiteralString, ...] = (
    "follow_ticket(%(id)s)",
    "add_follower(%(id)s, %(agent)s)",
    "unfollow_ticket(%(id)s)",
    "add_ticket_note(%(id)s, 'a', array[%(agent)s])",
    "link_tickets(%(id)s, %(id)s)",
    "unlink_tickets(%(id)s, %(id)s)",
    "set_ticket_details(%(id)s, 1, p_priority => 'high')",
    "snooze_ticket(%(id)s, null, 1)",
    "unsnooze_ticket(%(id)s, 1)",
    "merge_tickets(%(id)s, %(id)s, 1, 'a')",
    "undo_ticket_merge(%(id)s, 'a')",
    "reply_to_ticket(%(id)s, 'a', p_seen_message_id => %(id)s)",
)


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    """Nobody has been told of anything yet."""
    house = a_house(db)
    db.execute("delete from public.notifications")
    return house


def told(db: psycopg.Connection, house: House, person: str, statement: LiteralString) -> Any:
    """The one value this person is answered."""
    with house.act(db, person):
        row = db.execute(statement, house.names).fetchone()
    assert row is not None
    return row[0]


def readers(db: psycopg.Connection, house: House, table: LiteralString) -> set[str]:
    """Who sees any row of the table."""
    found = set()
    for person in set(EVERYBODY) - {"visitor"}:
        with house.act(db, person):
            if db.execute(f"select 1 from public.{table}".encode()).fetchall():
                found.add(person)
    return found


@pytest.mark.parametrize("call", CALLS_WITH_A_TICKET)
def test_threat_450_a_foreign_ticket_answers_like_none_at_all(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    for person in ("outsider", "colleague"):
        with house.act(db, person):
            foreign = refusal(db, call, house.names | {"id": house.tickets["held"]})
            unknown = refusal(db, call, house.names | {"id": uuid4()})
            nothing = refusal(db, call, house.names | {"id": None})
        assert foreign == unknown == nothing, person


def test_threat_451_who_looks_on_and_what_is_thought_is_not_for_clients(
    db: psycopg.Connection, house: House
) -> None:
    told(db, house, "agent", "select public.add_follower(%(held)s, %(colleague)s)")
    told(db, house, "agent", "select public.link_tickets(%(held)s, %(on_hold)s)")
    told(db, house, "agent", "select public.merge_tickets(%(waiting)s, %(held)s, 1, 'Ta sama')")
    near = {"agent", "auditor", "executive", "manager", "admin", "service"}
    assert readers(db, house, "ticket_followers") == near | {"colleague"}
    # A colleague who follows one of two sees no link: it would tell of the other.
    assert readers(db, house, "ticket_links") == near
    assert readers(db, house, "ticket_merges") == near | {"colleague"}
    assert readers(db, house, "notifications") == {"colleague", "service"}


def test_threat_451_nor_for_clients_who_work_here(db: psycopg.Connection, house: House) -> None:
    told(db, house, "agent", "select public.add_follower(%(held)s, %(manager)s)")
    told(db, house, "agent", "select public.link_tickets(%(held)s, %(on_hold)s)")
    told(db, house, "agent", "select public.merge_tickets(%(waiting)s, %(held)s, 1, 'Ta sama')")
    db.execute(
        "update public.support_tickets set client_id = %(colleague)s where client_id = %(client)s",
        house.names,
    )
    with house.act(db, "colleague"):
        for table in ("ticket_followers", "ticket_links", "ticket_merges"):
            assert db.execute(f"select 1 from public.{table}".encode()).fetchall() == [], table
    ticket = told(db, house, "colleague", "select public.get_ticket(%(held)s)")
    assert not [message for message in ticket["messages"] if message["is_internal"]]
    assert (ticket["followers"], ticket["links"], ticket["assignment"]) == ([], [], None)
    assert str(house.people["manager"]) not in ticket["people"]


@pytest.mark.parametrize("end", ["moved", "revoked", "banned"])
def test_threat_452_a_followers_sight_ends_with_the_next_statement(
    db: psycopg.Connection, house: House, end: str
) -> None:
    ends: dict[str, LiteralString] = {
        "moved": "update public.staff_members set desk_id = %(far_desk)s where id = %(colleague)s",
        "revoked": "update public.staff_members set is_active = false, state = 'offline'"
        " where id = %(colleague)s",
        "banned": "update auth.users set banned_until = 'infinity' where id = %(colleague)s",
    }
    seen: LiteralString = "select count(*) from public.support_tickets where id = %(held)s"
    told(db, house, "agent", "select public.add_follower(%(held)s, %(colleague)s)")
    assert told(db, house, "colleague", seen) == 1
    db.execute(ends[end], house.names)
    assert told(db, house, "colleague", seen) == 0
    with house.act(db, "colleague"):
        answer = refusal(db, "add_ticket_note(%(held)s, 'a')", house.names)
    assert answer[0] == "PT404"


def test_threat_452_what_a_follower_is_shown_is_what_the_functions_accept(
    db: psycopg.Connection, house: House
) -> None:
    for ticket in ("held", "busy", "solved"):
        db.execute(
            "insert into public.ticket_followers (ticket_id, staff_id, added_by)"
            " select %s, staff.id, staff.id from public.staff_members staff",
            [house.tickets[ticket]],
        )
    for person in house.people:
        with house.act(db, person):
            shown = db.execute("select id from public.support_tickets order by id").fetchall()
        with house.act(db, person):
            db.execute("reset role")  # The claims stay: functions run as the owner.
            accepted = db.execute(
                "select ticket.id from public.support_tickets ticket"
                " where private.my_stance(ticket) is not null order by ticket.id"
            ).fetchall()
        assert shown == accepted, person


def test_threat_453_names_in_notes_do_not_tell_who_works_elsewhere(
    db: psycopg.Connection, house: House
) -> None:
    strangers = [uuid4(), house.people["outsider"], house.people["revoked"], house.people["client"]]
    with house.act(db, "agent"):
        answers = {
            refusal(db, call, house.names | {"who": who})
            for who in strangers
            for call in (
                "add_ticket_note(%(held)s, 'a', array[%(who)s])",
                "add_follower(%(held)s, %(who)s)",
            )
        }
    assert {answer[:2] for answer in answers} == {("PT404", "staff_not_found")}
    assert len(answers) == 1


def test_threat_454_notifications_are_ones_own_and_carry_no_text(
    db: psycopg.Connection, house: House
) -> None:
    note: LiteralString = "select public.add_ticket_note(%(held)s, 'Alergia: lateks')"
    told(db, house, "manager", note)
    rows = db.execute("select recipient_id, n::text from public.notifications n").fetchall()
    mine = [text for who, text in rows if who == house.people["agent"]]
    assert len(mine) == 1
    assert "lateks" not in mine[0]
    read = "select public.mark_notifications_read(array(select id from public.notifications))"
    assert told(db, house, "colleague", read) == {"read_count": 0}
    with house.act(db, "manager"), refused(db, "42501"):
        db.execute("update public.notifications set read_at = now()")


def test_threat_455_clients_are_given_nothing_internal(
    db: psycopg.Connection, house: House
) -> None:
    told(db, house, "agent", "select public.add_follower(%(held)s, %(colleague)s)")
    told(db, house, "agent", "select public.snooze_ticket(%(held)s, null, 1)")
    a_message(
        db,
        house.tickets["waiting"],
        house.people["agent"],
        SECRET,
        author_kind="agent",
        is_internal=True,
    )
    told(db, house, "agent", "select public.merge_tickets(%(waiting)s, %(held)s, 1, 'Podejrzane')")
    for name in ("held", "waiting"):
        with house.act(db, "client"):
            row = db.execute("select public.get_ticket(%s)", [house.tickets[name]]).fetchone()
        assert row is not None
        ticket, text = row[0], str(row[0])
        assert not [word for word in (SECRET, "Podejrzane", "Stała klientka") if word in text]
        assert not [step for step in ticket["timeline"] if step["is_internal"]]
        assert (ticket["followers"], ticket["links"]) == ([], [])
        assert (ticket["assignment"], ticket["routing"]) == (None, None)
        assert str(house.people["colleague"]) not in text


def test_threat_456_a_merge_shows_no_client_the_words_of_another(
    db: psycopg.Connection, house: House
) -> None:
    a_message(db, house.tickets["waiting"], house.people["client"], "Sprawa pierwszej klientki")
    told(db, house, "agent", "select public.merge_tickets(%(waiting)s, %(held)s, 1, 'Ta sama')")
    # As if two clients taken for one were told apart again.
    db.execute(
        "update public.support_tickets set client_id = %(other_client)s where id = %(held)s",
        house.names,
    )
    ticket = told(db, house, "other_client", "select public.get_ticket(%(held)s)")
    assert "Sprawa pierwszej klientki" not in str(ticket)
    assert ticket["merged"] == []
    with house.act(db, "client"):
        answer = refusal(db, "reply_to_ticket(%(waiting)s, 'Halo?')", house.names)
    assert answer[:2] == ("PT404", "ticket_not_found")


def test_threat_457_a_seen_message_tells_nothing_of_others(
    db: psycopg.Connection, house: House
) -> None:
    foreign = a_message(db, house.tickets["far"], house.people["other_client"], "Inna sprawa")
    call: LiteralString = "reply_to_ticket(%(held)s, 'a', p_seen_message_id => %(seen)s)"
    with house.act(db, "agent"):
        assert refusal(db, call, house.names | {"seen": foreign}) == refusal(
            db, call, house.names | {"seen": uuid4()}
        )
    # A client's call says nothing about it at all.
    with house.act(db, "client"):
        db.execute("select public." + call, house.names | {"seen": foreign})


@pytest.mark.parametrize("text", NASTY)
def test_threat_458_texts_are_texts(db: psycopg.Connection, house: House, text: str) -> None:
    names = house.names | {"text": text}
    with house.act(db, "agent"):
        changed = db.execute(
            "select public.set_ticket_details(%(held)s, 1, %(text)s)", names
        ).fetchone()
        db.execute("select public.merge_tickets(%(waiting)s, %(held)s, 1, %(text)s)", names)
        reason = db.execute("select reason from public.ticket_merges").fetchone()
        undone = db.execute(
            "select public.undo_ticket_merge(%(waiting)s, %(text)s)", names
        ).fetchone()
    assert changed is not None
    assert changed[0]["subject"] == text
    assert reason == (text,)
    assert undone is not None


def test_threat_459_what_one_followed_is_found_without_reading_every_ticket(
    db: psycopg.Connection,
) -> None:
    agent: UUID = an_agent(db)
    with acting_as(db, "authenticated", agent):
        db.execute("set local enable_seqscan = off")
        plan = db.execute(
            "explain (costs off) select id, number from public.support_tickets"
        ).fetchall()
    text = "\n".join(line for (line,) in plan)
    assert "Seq Scan" not in text
    assert "support_tickets_pkey" in text
