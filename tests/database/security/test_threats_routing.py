"""Threats 410 to 419: offers, the chain's configuration, and what a client learns of routing."""

import json
from typing import LiteralString

import psycopg
import pytest

from tests.database.orchestrator.router import run_routing
from tests.factories import a_staff_member, a_ticket
from tests.support.acting import refused
from tests.support.house import House, a_house


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


def refusal(db: psycopg.Connection, call: LiteralString, **values: object) -> tuple[object, ...]:
    """Everything the caller is told."""
    with pytest.raises(psycopg.Error) as caught, db.transaction():
        db.execute("select public." + call, values)
    told = caught.value.diag
    return told.sqlstate, told.message_primary, told.message_detail, told.message_hint


@pytest.mark.parametrize(
    "call",
    ["accept_ticket(%(id)s)", "decline_ticket(%(id)s)", "get_routing_summary(%(id)s)"],
)
def test_threat_410_a_foreign_offer_answers_like_none_at_all(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    for person in ("outsider", "colleague"):
        with house.act(db, person):
            foreign = refusal(db, call, id=house.tickets["held"])
            unknown = refusal(db, call, id="00000000-0000-4000-8000-00000000dead")
            nothing = refusal(db, call, id=None)
        assert foreign == unknown == nothing, person


def test_threat_411_a_client_learns_nothing_of_colleagues_and_other_clients(
    db: psycopg.Connection, house: House
) -> None:
    a_staff_member(db, name="Nieobecna Osoba", state="away", desk_id=house.desks["near"])
    ticket = a_ticket(db, house.people["client"], desk_id=house.desks["near"], channel="email")
    run_routing(db)
    with house.act(db, "client"):
        told = db.execute("select public.get_routing_summary(%s)", [ticket]).fetchone()
        rows = db.execute("select 1 from public.ticket_assignments").fetchall()
        rules = db.execute("select 1 from public.wait_budgets").fetchall()
    assert told is not None
    assert set(told[0]) == {"code", "text", "agent_name"}
    assert "Nieobecna" not in json.dumps(told[0])
    assert (rows, rules) == ([], [])


def test_threat_412_an_agent_who_is_the_client_reads_no_assignment_of_their_ticket(
    db: psycopg.Connection, house: House
) -> None:
    db.execute(
        "update public.support_tickets set client_id = %(auditor)s where id = %(busy)s",
        house.names,
    )
    with house.act(db, "auditor"):
        found = db.execute(
            "select 1 from public.ticket_assignments where ticket_id = %(busy)s", house.names
        ).fetchall()
    assert found == []


@pytest.mark.parametrize(
    "call",
    [
        "begin_assignments(array[%(held)s]::uuid[])",
        "accept_offers(array[%(held)s]::uuid[], array[%(agent)s]::uuid[])",
        "end_assignments(array[%(held)s]::uuid[], 'withdrawn', 'x')",
        "give_routed('[]', '{}')",
        "list_refusals(array[%(held)s]::uuid[])",
        "list_interruptible(array[%(agent)s]::uuid[])",
        "find_ramp_left(%(agent)s, now())",
    ],
)
def test_threat_413_nobody_reaches_the_machinery_behind_offers(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    for person in ("visitor", "client", "agent", "manager", "admin"):
        with refused(db, "42501"), house.act(db, person):
            db.execute("select private." + call, house.names)


def test_threat_414_a_decliner_cannot_put_the_blame_on_somebody_else(
    db: psycopg.Connection, house: House
) -> None:
    with house.act(db, "agent"):
        db.execute("select public.decline_ticket(%(held)s, 'Zajęta')", house.names)
    rows = db.execute(
        "select agent_id, state from public.ticket_assignments where ticket_id = %(held)s",
        house.names,
    ).fetchall()
    assert rows == [(house.people["agent"], "declined")]


def test_threat_415_a_phrase_cannot_smuggle_control_characters_or_be_endless(
    db: psycopg.Connection, house: House
) -> None:
    with house.act(db, "admin"):
        for text, sqlstate in (("a" * 501, "PT413"), ("a\u0007b", "PT422"), ("", "PT400")):
            with refused(db, sqlstate):
                db.execute("select public.set_routing_phrase('desk', 'pl', %s)", [text])


def test_threat_416_the_service_key_cannot_write_offers_or_rules_past_the_functions(
    db: psycopg.Connection, house: House
) -> None:
    for table in ("ticket_assignments", "wait_budgets", "routing_phrases", "skills", "desks"):
        with refused(db, "42501"), house.act(db, "service"):
            db.execute(f"delete from public.{table}")
