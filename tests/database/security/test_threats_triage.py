"""Numbered threats around judgements of clients' words, against the database itself."""

from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.security.test_threats import refusal
from tests.factories import a_message
from tests.support.acting import refused
from tests.support.house import EVERYBODY, House, a_house

JUDGED = """
    insert into public.message_judgements (
        message_id, ticket_id, client_id, language, language_confidence, category,
        category_confidence, urgency, priority, is_abstained, model_versions
    )
    select said.id, said.ticket_id, ticket.client_id, 'pl', 1, 'billing', 0.9, 'medium', 'normal',
        true, '{rules}'
    from public.ticket_messages said
    join public.support_tickets ticket on ticket.id = said.ticket_id
    where said.id = %s
"""


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def judged(db: psycopg.Connection, house: House) -> UUID:
    """A message of the client, judged, with a suggestion and a correction."""
    message = a_message(db, house.tickets["held"], house.people["client"], "Faktura")
    db.execute(JUDGED, [message])
    db.execute(
        "insert into public.ticket_suggestions (ticket_id, field, value, confidence, state,"
        " message_id) values (%s, 'category', 'billing', 0.9, 'suggested', %s)",
        [house.tickets["held"], message],
    )
    db.execute(
        "insert into public.judgement_corrections (message_id, ticket_id, field, correct_value,"
        " model_versions, source) values (%s, %s, 'category', 'booking', '{rules}', 'judgement')",
        [message, house.tickets["held"]],
    )
    return message


@pytest.mark.parametrize(
    "table", ["message_judgements", "ticket_suggestions", "judgement_corrections"]
)
def test_threat_580_what_is_made_of_a_clients_words_is_for_staff_of_the_ticket(
    db: psycopg.Connection, house: House, judged: UUID, table: str
) -> None:
    assert judged
    readers = set()
    for person in EVERYBODY:
        if person == "visitor":
            continue
        with house.act(db, person):
            if db.execute(f"select 1 from public.{table}".encode()).fetchall():
                readers.add(person)
    assert readers == {"agent", "auditor", "executive", "manager", "admin", "service"}


def test_threat_581_an_agent_who_is_the_client_reads_no_judgement_of_themselves(
    db: psycopg.Connection, house: House, judged: UUID
) -> None:
    db.execute(
        "update public.support_tickets set client_id = %(agent)s where id = %(held)s", house.names
    )
    with house.act(db, "agent"):
        assert db.execute("select 1 from public.message_judgements").fetchall() == []


@pytest.mark.parametrize("person", ["colleague", "outsider", "other_manager"])
def test_threat_582_nobody_corrects_what_they_may_not_see(
    db: psycopg.Connection, house: House, judged: UUID, person: str
) -> None:
    said = Jsonb({"category": "booking"})
    with house.act(db, person):
        foreign, unknown = (
            refusal(db, "correct_judgement(%s, %s)", [each, said]) for each in (judged, uuid4())
        )
    assert foreign == unknown
    assert foreign[0] == "PT404"


@pytest.mark.parametrize("person", ["client", "agent", "manager", "admin"])
@pytest.mark.parametrize(
    "statement",
    [
        "update public.message_judgements set sentiment = null",
        "delete from public.judgement_corrections",
        "update public.ticket_suggestions set state = 'accepted'",
        "update public.triage_priorities set priority = 'low'",
        "insert into public.sentiment_analyses (requested_by, source, text)"
        " values (auth.uid(), 'chat', 'a')",
        "select private.store_judgement('{}')",
        "select worker.record_triage('[]')",
    ],
)
def test_threat_583_judgements_are_written_by_the_house_alone(
    db: psycopg.Connection, house: House, judged: UUID, person: str, statement: str
) -> None:
    with house.act(db, person), refused(db, "42501"):
        db.execute(statement.encode())


def test_threat_584_events_and_details_hold_none_of_the_clients_words(
    db: psycopg.Connection, house: House, judged: UUID
) -> None:
    told = db.execute(
        "select payload from public.events where kind = 'message.judged' and occurred_at = now()"
    ).fetchall()
    assert told
    assert not any("Faktura" in str(payload) for (payload,) in told)


def test_threat_585_an_analysis_is_read_by_who_asked_alone(
    db: psycopg.Connection, house: House
) -> None:
    with house.act(db, "agent"):
        db.execute("select public.request_sentiment_analysis('Tajne', 'chat')")
    for person in ("manager", "admin", "colleague", "client"):
        with house.act(db, person):
            assert db.execute("select 1 from public.sentiment_analyses").fetchall() == [], person
    with house.act(db, "agent"):
        assert db.execute("select 1 from public.sentiment_analyses").fetchall()


def test_threat_586_deleting_a_message_takes_what_was_made_of_it(
    db: psycopg.Connection, house: House, judged: UUID
) -> None:
    db.execute("delete from public.ticket_messages where id = %s", [judged])
    for table in ("message_judgements", "ticket_suggestions", "judgement_corrections"):
        assert not db.execute(
            f"select 1 from public.{table} where message_id = %s".encode(), [judged]
        ).fetchall()
