"""Numbered threats around visits, purchases, timelines and journeys, against the database."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from tests.database.orchestrator.chronicle import a_life, follow, timeline, work_alone
from tests.database.security.test_threats import NASTY, refusal
from tests.factories_house import a_membership, a_purchase, a_visit
from tests.support.house import House, a_house

CONCERNED = {"client", "agent", "colleague", "auditor", "executive", "manager", "admin", "service"}
LIFE = ("visits", "purchases", "memberships")
WRITING = (SQL("update public.{} set client_id = client_id"), SQL("delete from public.{}"))
OPINIONS = ("client_journeys", "journey_insights")
ASKING: tuple[LiteralString, ...] = (
    "get_client_timeline(%(id)s)",
    "get_client_journey_metrics(%(id)s)",
    "get_personalized_insights(%(id)s)",
    """set_client_details(%(id)s, '{"given_name": "Anna"}')""",
)
TELLING: tuple[LiteralString, ...] = (
    "record_visits('[{}]')",
    "record_purchases('[{}]')",
    "record_memberships('[{}]')",
)


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    work_alone(db)
    return a_house(db)


@pytest.fixture
def life(db: psycopg.Connection, house: House) -> House:
    """The client has come, bought and joined, and the house has an opinion."""
    client = house.people["client"]
    for made in (a_visit, a_purchase, a_membership):
        made(db, client)
    db.execute(
        "insert into public.journey_insights"
        " (client_id, kind, priority, sentence_pl, sentence_en, reason, policy_version)"
        " values (%s, 'rhythm_falling', 1, 'Dawno nie była.', 'Long not seen.', '{}', 'v1')",
        [client],
    )
    db.execute(
        "insert into public.client_journeys (client_id, measured_on) values (%s, current_date)",
        [client],
    )
    return house


def count(db: psycopg.Connection, table: str, client_id: UUID) -> int:
    row = db.execute(
        SQL("select count(*) from public.{} where client_id = %s").format(Identifier(table)),
        [client_id],
    ).fetchone()
    assert row is not None
    found: int = row[0]
    return found


def test_threat_530_a_clients_life_is_read_by_those_it_concerns_alone(
    db: psycopg.Connection, life: House
) -> None:
    client = life.people["client"]
    for table, readers in [(t, CONCERNED) for t in LIFE] + [
        (t, CONCERNED - {"client"}) for t in OPINIONS
    ]:
        for person in [*life.people, "service"]:
            with life.act(db, person):
                assert count(db, table, client) == (person in readers), (table, person)


def test_threat_531_nobody_writes_a_life_or_an_opinion_by_hand(
    db: psycopg.Connection, life: House
) -> None:
    for person in ("client", "manager", "admin", "service"):
        for table in (*LIFE, *OPINIONS):
            for verb in WRITING:
                with (
                    life.act(db, person),
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                    db.transaction(),
                ):
                    db.execute(verb.format(Identifier(table)))


def test_threat_532_only_the_server_tells_what_was_booked_and_bought(
    db: psycopg.Connection, house: House
) -> None:
    for person in ("client", "agent", "manager", "admin"):
        with house.act(db, person):
            told = {refusal(db, call, {})[0] for call in TELLING}
        assert told == {"42501"}, person


@pytest.mark.parametrize("call", ASKING)
def test_threat_533_a_foreign_client_answers_like_none_at_all(
    db: psycopg.Connection, life: House, call: LiteralString
) -> None:
    for person in ("outsider", "other_manager", "other_client", "stranger", "revoked", "banned"):
        with life.act(db, person):
            told = [
                refusal(db, call, {"id": some}) for some in (life.people["client"], uuid4(), None)
            ]
        assert told[0] == told[1] == told[2], person
        assert told[0][0] in ("PT404", "PT403")


def test_threat_534_no_word_of_the_house_among_itself_reaches_the_client(
    db: psycopg.Connection, house: House
) -> None:
    client = house.people["client"]
    a_life(db, client, house.people["agent"])
    told = str(timeline(db, client, client, limit=200)).lower()
    assert "pamiętać" not in told
    assert "promise_broken" not in told
    assert "recovery" not in told
    assert "tier_change" not in told


def test_threat_535_no_item_can_hang_on_a_row_of_another_client(
    db: psycopg.Connection, house: House
) -> None:
    client, other = house.people["client"], house.people["other_client"]
    a_visit(db, client, external_ref="theirs")
    stolen = {
        "source": "versum",
        "external_ref": "mine",
        "client_id": str(other),
        "kind": "treatment",
        "amount_minor": 1,
        "purchased_at": "2026-01-01T10:00:00Z",
    }
    for naming in ({"visit_ref": "theirs"}, {"ticket_id": str(house.tickets["held"])}):
        assert record(db, house, "record_purchases", [stolen | naming])[0]["status"] == "refused"


def record(db: psycopg.Connection, house: House, function: str, items: Any) -> Any:
    with house.act(db, "service"):
        row = db.execute(
            SQL("select public.{}(%s)").format(Identifier(function)),
            [Jsonb(items)],
        ).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("nasty", NASTY)
def test_threat_536_no_text_breaks_out_of_what_is_told(
    db: psycopg.Connection, house: House, nasty: str
) -> None:
    client = str(house.people["client"])
    item = {
        "source": nasty,
        "external_ref": nasty,
        "client_id": client,
        "treatment_id": nasty,
        "starts_at": nasty,
        "provider": nasty,
        "status": nasty,
        "currency": nasty,
        "told_at": nasty,
    }
    [answer] = record(db, house, "record_visits", [item])
    assert answer["status"] == "refused"
    good = item | {
        "treatment_id": "massage_deep",
        "starts_at": "2026-01-01T10:00:00Z",
        "status": "booked",
        "currency": "PLN",
        "told_at": "2026-01-01T10:00:00Z",
    }
    [answer] = record(db, house, "record_visits", [good])
    if answer["status"] == "recorded":
        row = db.execute("select provider from public.visits where id = %s", [answer["id"]])
        assert row.fetchone() == (nasty,)


def test_threat_537_no_name_travels_in_what_is_announced(
    db: psycopg.Connection, life: House
) -> None:
    follow(db)
    payloads = db.execute(
        "select distinct jsonb_object_keys(payload) from public.events"
        " where split_part(kind, '.', 1) in ('visit', 'purchase', 'membership', 'journey')"
        "  and occurred_at = now()"
    ).fetchall()
    names = {"given_name", "family_name", "display_name", "email", "phone", "body"}
    assert payloads
    assert not {key for (key,) in payloads} & names


def test_threat_538_a_revoked_colleague_stops_reading_with_the_next_statement(
    db: psycopg.Connection, life: House
) -> None:
    client, agent = life.people["client"], life.people["agent"]
    with life.act(db, "agent"):
        assert refusal_or_none(db, client) is None
    db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        [agent],
    )
    with life.act(db, "agent"):
        assert refusal_or_none(db, client) == "PT404"


def refusal_or_none(db: psycopg.Connection, client_id: UUID) -> str | None:
    try:
        with db.transaction():
            db.execute("select public.get_client_timeline(%s)", [client_id])
    except psycopg.Error as error:
        return error.sqlstate
    return None


def test_threat_539_a_flood_of_items_in_one_call_is_refused_whole(
    db: psycopg.Connection, house: House
) -> None:
    with house.act(db, "service"):
        told = refusal(db, "record_visits(%(items)s)", {"items": Jsonb([{}] * 501)})
    assert told[0] == "PT413"
    huge = {"source": "a", "external_ref": "b", "provider": "x" * 5000}
    assert record(db, house, "record_visits", [huge])[0]["error"] == "item_malformed"
