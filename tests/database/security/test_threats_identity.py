"""Numbered threats around identity: being taken for somebody else, and finding out who is known."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.security.test_threats import refusal
from tests.factories import a_client, a_person
from tests.support.acting import acting_as, refused
from tests.support.house import EVERYBODY, House, a_house

PRIVATE = "prywatny@klient.test"


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    """The client has a second address that is surely theirs."""
    house = a_house(db)
    with acting_as(db, "service_role"):
        db.execute(
            "select public.add_client_identity(%s, 'email', %s, true, 'Z karty klienta')",
            [house.people["client"], PRIVATE],
        )
    return house


def one(db: psycopg.Connection, statement: LiteralString, *values: Any) -> Any:
    row = db.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def receive(db: psycopg.Connection, **arguments: Any) -> Any:
    values = {"channel": "email", "body": "Pilne", "subject": None, "name": None, "number": None}
    with acting_as(db, "service_role"):
        row = db.execute(
            "select public.receive_message(%(channel)s, %(address)s, %(body)s, %(subject)s,"
            " %(name)s, p_ticket_number => %(number)s)",
            values | arguments,
        ).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_threat_440_signing_up_with_a_clients_address_shows_nothing_of_theirs(
    db: psycopg.Connection, house: House, *, is_confirmed: bool
) -> None:
    newcomer = a_person(
        db,
        email=PRIVATE,
        metadata={
            "display_name": "Zofia Wiśniewska",
            "merged_into_id": str(house.people["client"]),
        },
    )
    if is_confirmed:
        db.execute(
            "update auth.users set confirmation_sent_at = now(), email_confirmed_at = now()"
            " where id = %s",
            [newcomer],
        )
    with acting_as(db, "authenticated", newcomer):
        assert one(db, "select private.my_client_id()") == newcomer
        for table in ("support_tickets", "my_tickets", "ticket_messages", "client_merges"):
            assert db.execute(f"select 1 from public.{table}".encode()).fetchall() == [], table
        values = db.execute("select client_id from public.client_identities").fetchall()
    assert values == [(newcomer,)]
    answer = receive(db, address=PRIVATE)
    assert answer["client_id"] == str(house.people["client"])


def test_threat_441_an_account_made_before_the_client_writes_gets_no_mail_of_theirs(
    db: psycopg.Connection,
) -> None:
    squatter = a_person(db, email="biuro@klient.test")
    db.execute("update auth.users set email_confirmed_at = now() where id = %s", [squatter])
    answer = receive(db, address="biuro@klient.test")
    assert (answer["certainty"], answer["client_id"] != str(squatter)) == ("uncertain", True)
    with acting_as(db, "authenticated", squatter):
        assert db.execute("select 1 from public.support_tickets").fetchall() == []


def test_threat_442_a_name_alone_opens_no_door(db: psycopg.Connection, house: House) -> None:
    a_client(db, "vip_platinum", name="Magdalena Sławna")
    answer = receive(db, address="oszust@inny.test", name="Magdalena Sławna")
    assert (answer["certainty"], answer["tier"]) == ("unknown", "standard")


def test_threat_443_a_quoted_number_reaches_no_foreign_ticket(
    db: psycopg.Connection, house: House
) -> None:
    db.execute(
        "update public.support_tickets set channel = 'email' where id = %(held)s", house.names
    )
    number = one(
        db, "select number from public.support_tickets where id = %s", house.tickets["held"]
    )
    answer = receive(db, address="oszust@inny.test", subject="Wizyta w sobotę", number=number)
    assert answer["ticket_id"] != str(house.tickets["held"])


GUESSES = ("prywatny", "prywatny@", "%@klient.test", "p_ywatny@klient.test", "klient.test", "Zofia")


def test_threat_444_agents_cannot_list_clients_by_guessing(
    db: psycopg.Connection, house: House
) -> None:
    for guess in GUESSES:
        with house.act(db, "colleague"):
            assert one(db, "select public.find_clients(%s)", guess) == [], guess
    with house.act(db, "colleague"):
        assert len(one(db, "select public.find_clients(%s)", PRIVATE)) == 1
    for person in ("outsider", "other_manager"):
        with house.act(db, person):
            assert one(db, "select public.find_clients(%s)", PRIVATE) == [], person


def test_threat_445_addresses_and_delegates_are_their_clients_alone(
    db: psycopg.Connection, house: House
) -> None:
    with acting_as(db, "service_role"):
        db.execute(
            "select public.set_client_delegate(%(client)s, 'household', 'Mąż', %(other_client)s)",
            house.names,
        )
    for table in ("client_identities", "client_delegates"):
        for person in set(EVERYBODY) - {"visitor", "service", "client"}:
            with house.act(db, person):
                rows = db.execute(
                    f"select 1 from public.{table} where client_id = %s".encode(),
                    [house.people["client"]],
                )
                assert rows.fetchall() == [], (table, person)


def test_threat_446_questions_and_merges_are_the_desks(
    db: psycopg.Connection, house: House
) -> None:
    a_person(db, email=PRIVATE)
    db.execute(
        "update public.identity_checks set desk_id = %(near_desk)s where contact_value = %(value)s",
        house.names | {"value": PRIVATE},
    )
    with acting_as(db, "service_role"):
        db.execute(
            "select public.merge_clients(%(client)s, %(other_client)s, 'Ta sama')", house.names
        )
    readers: dict[str, set[str]] = {
        "identity_checks": {"agent", "colleague", "auditor", "executive", "manager", "admin"},
        "client_merges": {"auditor", "executive", "manager", "admin"},
        "client_merge_items": {"auditor", "executive", "manager", "admin"},
    }
    for table, expected in readers.items():
        found = set()
        for person in set(EVERYBODY) - {"visitor", "service"}:
            with house.act(db, person):
                if db.execute(f"select 1 from public.{table}".encode()).fetchall():
                    found.add(person)
        assert found == expected, table


FOREIGN: tuple[LiteralString, ...] = (
    "get_client_contacts(%(id)s)",
    "add_client_identity(%(id)s, 'phone', '600100200', true, 'Moja')",
    "set_client_delegate(%(id)s, 'assistant', 'Moja', p_contact_kind => 'email',"
    " p_contact_value => 'ja@inny.test')",
    "remove_client_identity(%(identity)s, 'Moja')",
    "confirm_identity(%(check)s, %(outsider)s, 'Ja')",
    "reject_identity(%(check)s)",
)


@pytest.mark.parametrize("call", FOREIGN)
def test_threat_447_foreign_rows_answer_like_none_at_all(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    a_person(db, email=PRIVATE)
    foreign = house.names | {
        "id": house.people["client"],
        "identity": one(
            db,
            "select id from public.client_identities where value = %s and is_verified",
            PRIVATE,
        ),
        "check": one(
            db,
            "update public.identity_checks set desk_id = %s where contact_value = %s returning id",
            *(house.desks["near"], PRIVATE),
        ),
    }
    unknown = house.names | {"id": uuid4(), "identity": uuid4(), "check": uuid4()}
    with house.act(db, "outsider"):
        told = refusal(db, call, foreign)
        assert told == refusal(db, call, unknown)
    assert told[0] == "PT404"


@pytest.mark.parametrize("person", sorted({*EVERYBODY} - {"service"}))
def test_threat_448_only_the_server_says_that_a_message_arrived(
    db: psycopg.Connection, house: House, person: str
) -> None:
    with house.act(db, person), refused(db, "42501"):
        db.execute("select public.receive_message('email', %s, 'Przelew na inne konto')", [PRIVATE])


def test_threat_449_what_is_announced_and_kept_of_identity_carries_no_address(
    db: psycopg.Connection, house: House
) -> None:
    answer = receive(db, address=PRIVATE, name="Magdalena Sławna")
    ticket_id = UUID(answer["ticket_id"])
    told = db.execute(
        "select payload::text from public.events where subject_id = %(ticket)s"
        " union all select details::text from public.ticket_events where ticket_id = %(ticket)s"
        " union all select details::text from private.identity_changes"
        " where client_id = %(client)s",
        {"ticket": ticket_id, "client": house.people["client"]},
    ).fetchall()
    assert told
    assert not [text for (text,) in told if "prywatny" in text or "Sławna" in text]
