"""Numbered threats around macros, views, search, drafts, bulk actions and the staff's topic."""

from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.security.test_threats import NASTY, may, refusal
from tests.factories import a_message
from tests.support.acting import refused
from tests.support.house import EVERYBODY, House, a_house

SECRET = "Podejrzewamy nadużycie"
CALLS_WITH_A_TICKET: tuple[LiteralString, ...] = (
    "apply_macro(%(macro)s, %(id)s, 1)",
    "preview_macro(%(macro)s, %(id)s)",
    "save_draft(%(id)s, 'a')",
    "discard_draft(%(id)s)",
)


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


def told(db: psycopg.Connection, house: House, person: str, call: LiteralString, *v: Any) -> Any:
    """The one value this person is answered."""
    with house.act(db, person):
        row = db.execute("select public." + call, v).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def macro(db: psycopg.Connection, house: House) -> Any:
    """A note and a resolution, for everybody in the house."""
    actions = Jsonb([{"note": "n"}, {"resolve": "r"}])
    save: LiteralString = "save_macro('M', p_actions => %s, p_scope => 'house')"
    return told(db, house, "admin", save, actions)["id"]


@pytest.mark.parametrize("call", CALLS_WITH_A_TICKET)
def test_threat_460_a_foreign_ticket_answers_like_none_at_all(
    db: psycopg.Connection, house: House, macro: str, call: LiteralString
) -> None:
    for person in ("outsider", "colleague", "other_client"):
        with house.act(db, person):
            foreign, unknown, nothing = (
                refusal(db, call, {"macro": macro, "id": ticket_id})
                for ticket_id in (house.tickets["held"], uuid4(), None)
            )
        assert foreign == unknown == nothing, person


def test_threat_461_a_bulk_call_tells_foreign_from_unknown_tickets_by_nothing(
    db: psycopg.Connection, house: House
) -> None:
    for action in ("close", "unassign", "follow"):
        for person in ("outsider", "colleague"):
            items = [
                {"ticket_id": str(ticket_id), "version": 1}
                for ticket_id in (house.tickets["held"], uuid4())
            ]
            answers = told(db, house, person, "bulk_update_tickets(%s, %s)", Jsonb(items), action)
            foreign, unknown = ({**one, "ticket_id": None} for one in answers)
            assert foreign == unknown, (person, action)


def test_threat_462_a_macro_gives_nobody_a_right(
    db: psycopg.Connection, house: House, macro: str
) -> None:
    for person in ("auditor", "executive"):
        with house.act(db, person):
            answer = refusal(
                db, "apply_macro(%(m)s, %(t)s, 1)", {"m": macro, "t": house.tickets["held"]}
            )
        assert answer[:2] == ("PT403", "not_yours_to_change")
    notes = db.execute("select 1 from public.ticket_messages where body = 'n'").fetchall()
    assert notes == []


def test_threat_463_own_macros_and_views_are_read_by_their_owner_alone(
    db: psycopg.Connection, house: House
) -> None:
    told(db, house, "agent", "save_macro('own', 'x')")
    told(db, house, "agent", "save_view('own', '{}')")
    told(db, house, "agent", "save_draft(%s, 'x')", house.tickets["held"])
    reads: tuple[LiteralString, ...] = (
        "select 1 from public.macros where title = 'own'",
        "select 1 from public.saved_views where title = 'own'",
        "select 1 from public.ticket_drafts",
    )
    for person in set(EVERYBODY) - {"visitor", "service"}:
        with house.act(db, person):
            for statement in reads:
                assert bool(db.execute(statement).fetchall()) is (person == "agent"), person
    with house.act(db, "service"), refused(db, "42501"):
        db.execute("select 1 from public.ticket_drafts")


def test_threat_464_who_used_a_macro_is_for_staff_who_see_the_ticket(
    db: psycopg.Connection, house: House, macro: str
) -> None:
    told(db, house, "agent", "apply_macro(%s, %s, 1)", macro, house.tickets["held"])
    for person in set(EVERYBODY) - {"visitor", "service"}:
        with house.act(db, person):
            seen = bool(db.execute("select 1 from public.macro_uses").fetchall())
        assert seen is (person in {"agent", "manager", "auditor", "executive", "admin"}), person


def test_threat_465_nothing_of_a_foreign_ticket_is_found_nor_its_notes_by_the_client(
    db: psycopg.Connection, house: House
) -> None:
    a_message(
        db,
        house.tickets["held"],
        house.people["agent"],
        SECRET,
        author_kind="agent",
        is_internal=True,
    )
    finders = {"agent", "manager", "auditor", "executive", "admin"}
    for person in set(EVERYBODY) - {"visitor", "service"}:
        found = told(db, house, person, "search_tickets('naduzycie')")
        assert bool(found["tickets"]) is (person in finders), person
        assert (SECRET[:12] in str(found)) is (person in finders), person


def test_threat_466_the_search_index_is_reached_by_no_other_way(
    db: psycopg.Connection, house: House
) -> None:
    for person in ("visitor", "client", "agent", "admin", "service"):
        for table in ("search_documents", "drafting_notices"):
            with house.act(db, person), refused(db, "42501"):
                db.execute(f"select 1 from private.{table}".encode())
    hidden: tuple[LiteralString, ...] = (
        "select * from private.find_search_hits('{a}', '{a}')",
        "select * from private.list_involved_ticket_ids()",
        "select private.write_search_heads(null)",
        "select private.lock_macro(null, 1)",
        "select private.lock_saved_view(null, 1)",
    )
    for statement in hidden:
        with house.act(db, "agent"), refused(db, "42501"):
            db.execute(statement)


@pytest.mark.parametrize("text", NASTY)
def test_threat_467_texts_stay_texts(db: psycopg.Connection, house: House, text: str) -> None:
    held = house.tickets["held"]
    told(db, house, "agent", "save_draft(%s, %s)", held, text)
    told(db, house, "agent", "search_tickets(%s)", f"wizyta {text}"[:200])
    told(db, house, "agent", "search_tickets(%s)", f'"{text}"'[:200])
    told(db, house, "agent", "save_view(%s, %s)", text, Jsonb({"subject": text}))
    view = told(db, house, "agent", "count_view_tickets()")
    assert len(view) == 6
    macro = told(db, house, "agent", "save_macro(%s, %s)", text, text)
    preview = told(db, house, "agent", "preview_macro(%s, %s)", macro["id"], held)
    assert preview["body"] == text


def test_threat_468_no_list_and_no_batch_is_endless(db: psycopg.Connection, house: House) -> None:
    view = "00000000-0000-4000-8000-000000000103"
    for call in ("get_view_tickets(%s, 2147483647)", "get_view_tickets(%s, -1)"):
        assert len(told(db, house, "admin", call, view)["tickets"]) <= 100
    assert len(told(db, house, "admin", "search_tickets('a', 2147483647)")["tickets"]) <= 50
    items = Jsonb([{"ticket_id": str(uuid4()), "version": 1} for _ in range(201)])
    with house.act(db, "admin"), refused(db, "PT413", "too_many_tickets"):
        db.execute("select public.bulk_update_tickets(%s, 'close')", [items])
    with house.act(db, "admin"), refused(db, "PT422", "actions_malformed"):
        db.execute("select public.save_macro('M', 'x', %s)", [Jsonb([{"note": "n"}] * 5000)])


TOPIC_RIGHTS = {
    "agent": "held waiting on_hold solved",
    "colleague": "busy waiting",
    "auditor": "held waiting on_hold solved busy left_behind",
    "outsider": "far",
    "client": "",
    "other_client": "",
    "stranger": "",
    "revoked": "",
    "banned": "",
}


@pytest.mark.parametrize("person", sorted(TOPIC_RIGHTS))
def test_threat_469_the_staffs_topic_is_open_to_staff_who_see_the_ticket(
    db: psycopg.Connection, house: House, person: str
) -> None:
    found = set()
    for name, ticket_id in house.tickets.items():
        topic = f"ticket-desk:{ticket_id}"
        db.execute(
            "insert into realtime.messages (topic, extension, private)"
            " values (%s, 'presence', true)",
            [topic],
        )
        with house.act(db, person):
            db.execute("select set_config('realtime.topic', %s, true)", [topic])
            rights = [
                may(db, "select 1 from realtime.messages where topic = realtime.topic()"),
                may(
                    db,
                    "insert into realtime.messages (topic, extension, private)"
                    " values (realtime.topic(), 'presence', true)",
                ),
                may(
                    db,
                    "insert into realtime.messages (topic, extension, private)"
                    " values (realtime.topic(), 'broadcast', true)",
                ),
            ]
        assert len(set(rights)) == 1, (name, rights)
        found |= {name} if all(rights) else set()
    assert found == set(TOPIC_RIGHTS[person].split())
