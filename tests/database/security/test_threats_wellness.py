"""Numbered threats around VIP files, recommendations and exclusive access, in the database."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.orchestrator.router import claim
from tests.database.security.test_threats import NASTY, refusal
from tests.database.vip.exclusive_house import Salon, an_item
from tests.database.vip.wellness_house import Care, ago
from tests.factories import a_client, a_vip_profile
from tests.factories_house import a_purchase
from tests.support.acting import acting_as, refused
from tests.support.house import House, a_house

STRANGERS = ("stranger", "other_client", "outsider", "other_manager", "revoked", "banned")
FILES: tuple[LiteralString, ...] = (
    "get_vip_client_profile(%(id)s)",
    "get_vip_wellness_report(%(id)s)",
    "get_personalized_recommendations(%(id)s)",
)
KEEPING: tuple[LiteralString, ...] = (
    """save_exclusive_item('{"capacity": 9}', %(id)s)""",
    "close_exclusive_item(%(id)s, 'a')",
    "cancel_exclusive_item(%(id)s, 'a')",
)
SECRET = "Jej mąż nie może wiedzieć"


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    db.execute("delete from private.jobs where worker like 'vip.%%'")
    return a_house(db)


@pytest.fixture
def salon(db: psycopg.Connection, house: House) -> Salon:
    return Salon(db, house.people["manager"])


@pytest.fixture
def item(salon: Salon, house: House) -> UUID:
    """An evening of the near desk at which the client has a place."""
    item = salon.item(desk_id=str(house.desks["near"]))
    salon.reserve(item, house.people["client"])
    return item


@pytest.fixture
def recommendation(db: psycopg.Connection, house: House) -> UUID:
    """Something on offer to the client."""
    row = db.execute(
        "insert into public.vip_recommendations"
        " (client_id, kind, target_id, score, reasons, policy_version, expires_at)"
        " values (%s, 'refill', 'product:cream_night', 50,"
        """ '[{"reason": "days_since_purchase"}]', 'one', now() + interval '1 day')"""
        " returning id",
        [house.people["client"]],
    ).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


@pytest.mark.parametrize("call", FILES)
def test_threat_550_a_foreign_file_answers_like_none_at_all(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    for person in STRANGERS:
        with house.act(db, person):
            told = [
                refusal(db, call, {"id": some}) for some in (house.people["client"], uuid4(), None)
            ]
        assert told[0] == told[1] == told[2], person
        assert told[0][0] == "PT404"
    assert db.execute("select 1 from public.vip_profile_reads").fetchall() == []


def test_threat_551_a_foreign_offer_is_not_answered(
    db: psycopg.Connection, house: House, recommendation: UUID
) -> None:
    for person in STRANGERS:
        with house.act(db, person):
            told = [
                refusal(db, "answer_recommendation(%(id)s, true)", {"id": some})
                for some in (recommendation, uuid4(), None)
            ]
        assert told[0] == told[1] == told[2], person
        assert told[0][0] == "PT404"


@pytest.mark.parametrize(
    "table",
    [
        *("vip_wellness_reports", "vip_recommendations", "vip_profile_reads", "exclusive_quotas"),
        *("exclusive_reservation_changes", "wellness_settings"),
    ],
)
def test_threat_552_the_houses_view_of_a_client_is_not_for_clients(
    db: psycopg.Connection, house: House, item: UUID, recommendation: UUID, table: str
) -> None:
    assert item
    assert recommendation
    care = Care(db, house.people["client"], house.people["agent"], house.people["manager"])
    care.run()
    care.as_(care.agent, "get_vip_client_profile(%s)", care.client)
    for person in ("stranger", "client", "other_client", "revoked", "banned"):
        with house.act(db, person):
            assert db.execute(f"select 1 from public.{table}".encode()).fetchall() == []
    with house.act(db, "manager"):
        assert db.execute(f"select 1 from public.{table}".encode()).fetchall()


def test_threat_553_staff_who_are_clients_read_no_opinion_about_themselves(
    db: psycopg.Connection, house: House
) -> None:
    manager = house.people["manager"]
    db.execute("update public.profiles set tier = 'vip_gold' where id = %s", [manager])
    a_vip_profile(db, manager)
    care = Care(db, manager, house.people["agent"], house.people["admin"])
    care.run()
    with house.act(db, "manager"):
        assert (
            db.execute(
                "select 1 from public.vip_wellness_reports where client_id = %s", [manager]
            ).fetchall()
            == []
        )
        assert refusal(db, "get_vip_wellness_report(%s)", [manager])[0] == "PT404"
    assert "risk_status" not in care.as_(manager, "get_vip_client_profile(%s)", manager)


def test_threat_554_nobody_looks_without_a_trace(db: psycopg.Connection, house: House) -> None:
    client = house.people["client"]
    for person in ("agent", "colleague", "auditor", "manager", "admin", "service"):
        with house.act(db, person):
            db.execute("select public.get_vip_client_profile(%s)", [client])
            for change in ("delete from", "update"):
                tail = " set purpose = 'recovery'" if change == "update" else ""
                with refused(db, "42501"):
                    db.execute(f"{change} public.vip_profile_reads{tail}".encode())
    readers = db.execute("select reader_id from public.vip_profile_reads").fetchall()
    assert len(readers) == 6


@pytest.mark.parametrize("call", KEEPING)
def test_threat_555_the_inventory_of_another_desk_answers_like_none_at_all(
    db: psycopg.Connection, house: House, item: UUID, call: LiteralString
) -> None:
    with house.act(db, "other_manager"):
        told = [refusal(db, call, {"id": some}) for some in (item, uuid4())]
    assert told[0] == told[1]
    assert told[0][:2] == ("PT404", "item_not_found")


def test_threat_556_a_client_neither_sees_nor_takes_what_is_for_others(
    db: psycopg.Connection, house: House, salon: Salon, item: UUID
) -> None:
    gold = a_client(db, "vip_gold", desk_id=house.desks["near"])
    a_vip_profile(db, gold)
    hidden = UUID(
        salon.as_(
            salon.manager,
            "save_exclusive_item(%s)",
            Jsonb(an_item(desk_id=str(house.desks["near"]), quotas={"vip_platinum": 1})),
        )["id"]
    )
    for call in ("reserve_exclusive_access(%(id)s)", "release_exclusive_access(%(id)s)"):
        with acting_as(db, "authenticated", gold):
            told = [refusal(db, call, {"id": some}) for some in (hidden, uuid4())]
        assert told[0] == told[1]
        assert told[0][:2] == ("PT404", "item_not_found")
    with acting_as(db, "authenticated", gold):
        seen = db.execute("select id from public.exclusive_items").fetchall()
        others = db.execute("select 1 from public.exclusive_reservations").fetchall()
    assert (seen, others) == ([(item,)], [])


def test_threat_557_words_of_people_are_words_and_are_not_announced(
    db: psycopg.Connection, house: House, salon: Salon, item: UUID
) -> None:
    client = house.people["client"]
    for text in NASTY:
        with db.transaction(force_rollback=True):
            salon.as_(client, "release_exclusive_access(%s, null, %s)", item, text)
            row = db.execute(
                "select reason from public.exclusive_reservation_changes order by id desc limit 1"
            ).fetchone()
            assert row == (text.strip(),)
    salon.as_(salon.manager, "cancel_exclusive_item(%s, %s)", item, SECRET)
    salon.run()
    told = db.execute(
        "select payload::text from public.events where subject_id = %(item)s"
        " union all select details::text from public.notifications"
        " where details ->> 'item_id' = %(item)s::text",
        {"item": item},
    ).fetchall()
    assert told
    assert not [text for (text,) in told if SECRET in text]


@pytest.mark.parametrize(
    "call",
    [
        *("wellness_contexts('{}')", "record_wellness('[]')", "recommendation_contexts('{}')"),
        *("record_recommendations('[]')", "record_exclusive_access('[]')"),
    ],
)
def test_threat_558_nobody_plays_the_worker(
    db: psycopg.Connection, house: House, call: str
) -> None:
    for person in ("visitor", "client", "agent", "manager", "admin"):
        with house.act(db, person), refused(db, "42501"):
            db.execute(f"select worker.{call}".encode())
    if call.startswith("record"):
        forged = Jsonb([{"job_id": 1, "fence": 1, "judgement": None}])
        function = call.partition("(")[0]
        with acting_as(db, "service_role"), refused(db, "LS001", "lease_lost"):
            db.execute(f"select worker.{function}(%s)".encode(), [forged])


def test_threat_559_a_judgement_ends_no_offer_of_another_client(
    db: psycopg.Connection, house: House, recommendation: UUID
) -> None:
    other = a_client(db, "vip_gold")
    a_vip_profile(db, other)
    db.execute("delete from private.jobs where worker = 'vip.recommendations'")
    a_purchase(db, other, purchased_at=ago(1))
    (job,) = claim(db, "vip.recommendations")
    judgement: dict[str, Any] = {
        "client_id": str(other),
        "read_at": ago(0).isoformat(),
        "opportunity_score": 0,
        "offers": [],
        "endings": [{"id": str(recommendation), "expiry_reason": "no_longer_fits"}],
    }
    with acting_as(db, "service_role"):
        db.execute(
            "select worker.record_recommendations(%s)",
            [Jsonb([{**job.lease(), "judgement": judgement}])],
        )
    row = db.execute(
        "select state from public.vip_recommendations where id = %s", [recommendation]
    ).fetchone()
    assert row == ("offered",)
