"""Numbered threats around promises, their ledger and their notices, against the database itself."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.database.security.test_threats import refusal
from tests.support.house import EVERYBODY, House, a_house

WORDS = "Oddzwonimy do 15:00"
MAKE = "select public.make_promise(%(ticket)s, now() + interval '1 hour', 'Oddzwonimy do 15:00')"


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def promised(db: psycopg.Connection, house: House) -> UUID:
    """The agent gave their word on the ticket they hold; somebody was told of it."""
    with house.act(db, "agent"):
        row = db.execute(
            "select public.make_promise(%(held)s, now() + interval '1 hour', %(words)s)",
            house.names | {"words": WORDS},
        ).fetchone()
    assert row is not None
    found = UUID(row[0]["id"])
    db.execute(
        "insert into public.promise_notices (promise_id, kind, due_at)"
        " values (%s, 'last_warning', now())",
        [found],
    )
    return found


def readers(
    db: psycopg.Connection, house: House, statement: LiteralString, value: UUID
) -> set[str]:
    """Who gets any row of this."""
    found = set()
    for person in EVERYBODY:
        with house.act(db, person):
            try:
                with db.transaction():
                    if db.execute(statement, [value]).fetchall():
                        found.add(person)
            except psycopg.errors.InsufficientPrivilege:
                assert person == "visitor"
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "select 1 from public.ticket_promises where id = %s",
        "select 1 from public.promise_spans where promise_id = %s",
        "select 1 from public.promise_notices where promise_id = %s",
    ],
)
def test_threat_490_promises_are_read_by_staff_who_see_the_ticket(
    db: psycopg.Connection, house: House, promised: UUID, statement: LiteralString
) -> None:
    assert readers(db, house, statement, promised) == {
        *("agent", "manager", "auditor", "executive", "admin", "service")
    }


def test_threat_491_what_the_house_promises_each_tier_is_no_clients_business(
    db: psycopg.Connection, house: House
) -> None:
    for view in ("promise_targets", "current_promise_targets"):
        seen = readers(
            db,
            house,
            f"select 1 from public.{view} where %s is not null",
            house.people["client"],
        )
        assert not seen & {"visitor", "stranger", "client", "other_client", "revoked", "banned"}
        assert {"agent", "outsider", "admin"} <= seen


WRITES = (
    "update public.ticket_promises set due_at = now() + interval '1 day'",
    "delete from public.ticket_promises",
    "delete from public.promise_spans",
    "insert into public.promise_spans select * from public.promise_spans",
    "delete from public.promise_notices",
    "update public.promise_targets set target_seconds = 1",
    "select private.hold_calendars()",
    "select private.cancel_promises('{}', 'resolved', now())",
    "select private.fulfil_promises('{}', '{}', 'answered')",
    "select private.settle_promises('{}')",
)


def test_threat_492_nobody_writes_promises_past_the_tickets(
    db: psycopg.Connection, house: House, promised: UUID
) -> None:
    assert promised
    for person in EVERYBODY:
        for statement in WRITES:
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                db.transaction(),
                house.act(db, person),
            ):
                db.execute(statement.encode())


@pytest.mark.parametrize("person", ["client", "other_client", "colleague", "auditor", "executive"])
def test_threat_493_nobody_gives_another_ones_word(
    db: psycopg.Connection, house: House, person: str
) -> None:
    for ticket in ("held", "far"):
        with pytest.raises(psycopg.Error) as caught, db.transaction(), house.act(db, person):
            db.execute(MAKE, {"ticket": house.tickets[ticket]})
        assert caught.value.sqlstate in ("PT403", "PT404")


@pytest.mark.parametrize("person", ["colleague", "outsider", "other_client", "stranger"])
def test_threat_494_a_foreign_tickets_promises_answer_like_none(
    db: psycopg.Connection, house: House, promised: UUID, person: str
) -> None:
    told = []
    for ticket in (house.tickets["held"], UUID(int=0)):
        with house.act(db, person):
            told.append(refusal(db, "get_promises(%(id)s)", {"id": ticket}))
    assert told[0] == told[1]
    assert told[0][:2] == ("PT404", "ticket_not_found")


def test_threat_495_what_is_announced_says_no_words(
    db: psycopg.Connection, house: House, promised: UUID
) -> None:
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now()"
        " where id = %(held)s",
        house.names,
    )
    row = db.execute(
        "select count(*) from (select payload::text as said from public.events"
        " union all select details::text from public.notifications"
        " union all select payload::text from private.timers) told where said like %s",
        [f"%{WORDS}%"],
    ).fetchone()
    assert row == (0,)


def test_threat_496_only_the_service_key_records_notices(
    db: psycopg.Connection, house: House
) -> None:
    for person in set(EVERYBODY) - {"service"}:
        for call in ("worker.promise_contexts('{}')", "worker.record_promises('[]')"):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                db.transaction(),
                house.act(db, person),
            ):
                db.execute(f"select {call}".encode())
