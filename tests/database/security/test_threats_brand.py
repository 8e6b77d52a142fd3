"""Numbered threats around the brand gate, against the database itself."""

import psycopg
import pytest

from tests.support.acting import acting_as, refused
from tests.support.calling import call, refusal, rows
from tests.support.house import House, a_house

RUDE = "Witam, nie da się."


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


def test_threat_590_a_blocked_text_reaches_the_client_by_no_other_door(
    db: psycopg.Connection, house: House
) -> None:
    agent, held = house.people["agent"], house.tickets["held"]
    for statement in (
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, body)"
        " values (%s, auth.uid(), 'agent', 'Witam')",
        "update public.ticket_messages set body = 'Witam' where ticket_id = %s",
        "select private.post_message(%s, auth.uid(), 'agent', 'Witam')",
        "select private.insert_message(%s, auth.uid(), 'agent', false, 'Witam')",
    ):
        with refused(db, "42501"), acting_as(db, "authenticated", agent):
            db.execute(statement.encode(), [held])
    told = refusal(db, agent, "reply_to_ticket(%s, %s)", held, RUDE)
    assert told[:2] == ("PT422", "brand_blocked")


def test_threat_591_nobody_writes_or_forgets_a_check(db: psycopg.Connection, house: House) -> None:
    agent, held = house.people["agent"], house.tickets["held"]
    call(db, agent, "reply_to_ticket(%s, %s, p_override_reason => 'Pilne')", held, RUDE)
    for person in ("agent", "manager", "admin"):
        for statement in (
            b"delete from public.brand_checks",
            b"update public.brand_checks set verdict = 'pass', override_reason = null",
            b"update public.brand_rules set is_active = false",
            b"delete from public.brand_phrases",
            b"update public.brand_guidelines set gate = 'warn'",
        ):
            with refused(db, "42501"), house.act(db, person):
                db.execute(statement)


def test_threat_592_the_dictionary_and_the_check_itself_are_closed_to_people(
    db: psycopg.Connection, house: House
) -> None:
    for person in ("client", "agent", "admin", "visitor"):
        for statement in (
            b"select * from private.brand_lexicon",
            b"select * from private.given_names",
            b"select private.check_brand('a', 'chat', 'standard', 'pl', null, null)",
            b"select worker.check_brands('[]')",
        ):
            with refused(db, "42501"), house.act(db, person):
                db.execute(statement)


def test_threat_593_a_foreign_ticket_is_judged_like_none(
    db: psycopg.Connection, house: House
) -> None:
    outsider = house.people["outsider"]
    foreign = refusal(db, outsider, "check_reply(%s, 'Proszę')", house.tickets["held"])
    unknown = refusal(db, outsider, "check_reply(%s, 'Proszę')", house.people["client"])
    assert foreign == unknown
    assert foreign[:2] == ("PT404", "ticket_not_found")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 9000,
        "„" * 4000 + "“" * 4000,
        "a" * 10000,
        "[" * 5000 + "]" * 5000,
        "Pani " * 2000,
        "! " * 5000,
        "x@" * 5000,
        "\n> " * 3000,
        "'; drop table public.brand_rules; --",
        "\\m\\M(?<x>",
    ],
)
def test_threat_594_no_text_makes_the_check_slow_or_fail(db: psycopg.Connection, text: str) -> None:
    db.execute("set local statement_timeout = '3s'")
    db.execute("select private.check_brand(%s, 'chat', 'vip_gold', 'pl', null, 'Anna')", [text])


def test_threat_595_an_agent_who_is_the_client_reads_no_check(
    db: psycopg.Connection, house: House
) -> None:
    held = house.tickets["held"]
    call(db, house.people["agent"], "reply_to_ticket(%s, 'Zapraszamy.')", held)
    db.execute(
        "update public.support_tickets set client_id = %s where id = %s",
        [house.people["colleague"], held],
    )
    assert rows(db, house.people["colleague"], "select 1 from public.brand_checks") == []
