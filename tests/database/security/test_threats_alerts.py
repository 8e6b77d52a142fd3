"""Numbered threats around alerts and webhooks."""

import json
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from tests.database.performance.alerter import an_alert_rule, judge_now, the_alert, value
from tests.factories import a_staff_member, a_ticket
from tests.support.acting import acting_as, refused
from tests.support.calling import call, refusal, rows
from tests.support.house import EVERYBODY, House, a_house


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.fixture
def alert_id(db: psycopg.Connection, house: House) -> UUID:
    """An open alert of the near desk."""
    desk = house.desks["near"]
    rule = an_alert_rule(db, desk_id=desk)
    a_ticket(db, house.people["client"], desk_id=desk, waiting_seconds=100)
    judge_now(db)
    return UUID(the_alert(db, rule)["id"])


WRITES: tuple[LiteralString, ...] = (
    "update public.alerts set state = 'cleared', cleared_at = now(), clear_reason = 'recovered'",
    "delete from public.alerts",
    "update public.alert_rules set is_active = false",
    "delete from public.alert_rules",
    "update public.alert_steps set recipient_count = 0",
    "delete from public.alert_steps",
    "update public.webhooks set url = 'https://thief.test/'",
    "insert into private.webhook_deliveries (webhook_id, step_id, event, body)"
    " values (gen_random_uuid(), 1, 'x', 'x')",
    "update private.webhook_secrets set secret = repeat('x', 40)",
    "update private.health_scales set bad_value = 1e9",
)


@pytest.mark.parametrize("write", WRITES)
def test_threat_513_nobody_ends_an_alert_or_rewrites_a_rule_by_hand(
    db: psycopg.Connection, house: House, write: LiteralString
) -> None:
    for person in EVERYBODY:
        with house.act(db, person), refused(db, "42501"):
            db.execute(write)


SEEN_OF_AN_ALERT: tuple[LiteralString, ...] = (
    "select from public.alerts where id = %(alert)s",
    "select from public.alert_steps where alert_id = %(alert)s",
    "select from public.alert_rules where desk_id is not null",
)
ASKED_OF_AN_ALERT: tuple[LiteralString, ...] = (
    "acknowledge_alert(%s)",
    "silence_alert(%s, now() + interval '1 h', 'x')",
)


def test_threat_514_a_desk_learns_nothing_of_the_alerts_of_another(
    db: psycopg.Connection, house: House, alert_id: UUID
) -> None:
    for person in ("other_manager", "outsider", "client", "stranger", "revoked", "banned"):
        with house.act(db, person):
            for seen in SEEN_OF_AN_ALERT:
                assert not db.execute(seen, {"alert": alert_id}).fetchall(), (person, seen)
    other = house.people["other_manager"]
    for asked in ASKED_OF_AN_ALERT:
        assert refusal(db, other, asked, alert_id)[:2] == ("PT404", "alert_not_found")
    assert call(db, other, "get_alerts()") == []


def test_threat_515_who_may_only_look_may_not_silence(
    db: psycopg.Connection, house: House, alert_id: UUID
) -> None:
    for person in ("auditor", "executive"):
        who = house.people[person]
        assert rows(db, who, "select 1 from public.alerts where id = %s", alert_id)
        asked = refusal(db, who, "acknowledge_alert(%s)", alert_id)
        assert asked[:2] == ("PT403", "manager_required")
    keeper = a_staff_member(db, "relationship_manager", desk_id=house.desks["near"])
    assert call(db, keeper, "acknowledge_alert(%s)", alert_id)["state"] == "acknowledged"


def test_threat_516_a_silence_has_an_end_and_a_reason(
    db: psycopg.Connection, house: House, alert_id: UUID
) -> None:
    manager = house.people["manager"]
    for until in ("infinity", "2099-01-01", "2020-01-01", None):
        asked = refusal(db, manager, "silence_alert(%s, %s, 'Cisza')", alert_id, until)
        assert asked[:2] == ("PT422", "until_out_of_range")
    asked = refusal(db, manager, "silence_alert(%s, now() + interval '1 h', ' ')", alert_id)
    assert asked[1] == "reason_required"


def test_threat_517_a_manager_writes_no_rule_for_another_desk_or_the_house(
    db: psycopg.Connection, house: House
) -> None:
    rule = {"metric": "queue_wait", "threshold": 1, "severity": "low", "action": "webhook"}
    far = json.dumps(rule | {"desk_id": str(house.desks["far"])})
    manager = house.people["manager"]
    asked = refusal(db, manager, "create_performance_alert(%s::jsonb)", far)
    assert asked[:2] == ("PT404", "desk_not_found")
    whole = json.dumps(rule | {"desk_id": None})
    made = call(db, manager, "create_performance_alert(%s::jsonb)", whole)
    assert made["desk_id"] == str(house.desks["near"])
    moved = json.dumps({"desk_id": str(house.desks["far"])})
    asked = refusal(db, manager, "update_performance_alert(%s, %s::jsonb)", made["id"], moved)
    assert asked[1] == "rule_invalid"


def test_threat_518_a_secret_is_told_once_and_read_by_the_sender_alone(
    db: psycopg.Connection, house: House
) -> None:
    admin = house.people["admin"]
    made = call(db, admin, "create_webhook('X', 'https://a.test/', '{alert.raised}')")
    assert len(made["secret"]) > 60
    changed = call(db, admin, "update_webhook(%s, p_name => 'Y')", made["id"])
    read = rows(db, admin, "select to_jsonb(hook)::text from public.webhooks hook")
    told = json.dumps([changed, call(db, admin, "get_webhook_deliveries()")])
    assert made["secret"] not in told + str(read)
    for person in EVERYBODY:
        with house.act(db, person), refused(db, "42501"):
            db.execute("select secret from private.webhook_secrets")
        if person != "service":
            with house.act(db, person), refused(db, "42501"):
                db.execute("select worker.webhook_contexts('{}')")
    with acting_as(db, "service_role"):
        assert value(db, "select worker.webhook_contexts('{}')")["deliveries"] == []


def test_threat_519_only_admins_know_where_the_house_reports_to(
    db: psycopg.Connection, house: House
) -> None:
    call(db, house.people["admin"], "create_webhook('X', 'https://a.test/', '{alert.raised}')")
    for person in house.people:
        with house.act(db, person):
            seen = db.execute("select 1 from public.webhooks").fetchall()
        assert bool(seen) is (person == "admin"), person
