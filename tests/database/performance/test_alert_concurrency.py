"""Two replicas that saw the same thing at the same moment, on connections of their own."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest

from lib.performance.alerts import AlertPolicy, judge
from lib.performance.models.alerts import AlertContexts
from lib.store.performance.alerts import _written
from tests.database.performance.alerter import notices, value
from tests.factories import a_client, a_manager, a_ticket
from tests.support.parallel import lasting_desk

RULE = (
    "insert into public.alert_rules (name, metric, desk_id, direction, raise_threshold,"
    " clear_threshold, severity, action, escalation) values ('Race', 'queue_wait', %s, 'above', 60,"
    """ 45, 'high', 'notify_managers', '[{"after_seconds": 60, "to": "managers"}]')"""
    " returning id"
)


@pytest.fixture
def place(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """A desk whose people, tickets and rules are committed, and gone afterwards."""
    with lasting_desk(database_url) as (db, desk):
        try:
            yield db, desk
        finally:
            db.execute("delete from private.timers where kind like 'alert%%'")
            db.execute("delete from public.alert_rules where desk_id = %s", [desk])


def decided(db: psycopg.Connection, rule: UUID) -> str:
    """What a replica would write of that rule, having read now."""
    contexts = AlertContexts.model_validate(value(db, "select worker.alert_contexts()"))
    decisions = [said for said in judge(contexts, AlertPolicy()) if said.rule_id == rule]
    return json.dumps([_written(said) for said in decisions], default=str)


def record_twice(database_url: str, decisions: str) -> None:
    """Two replicas write the same at the same moment."""
    together = Barrier(2)

    def record(_: int) -> Any:
        with psycopg.connect(database_url, autocommit=True) as own:
            together.wait(10)
            return value(own, "select worker.record_alerts('[]', %s::jsonb, 'alerts-1')", decisions)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(record, range(2))) == [[], []]


def test_two_replicas_raise_and_escalate_once(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    manager = a_manager(db, desk_id=desk)
    a_ticket(db, a_client(db, desk_id=desk), desk_id=desk, waiting_seconds=100)
    rule = value(db, RULE, desk)
    for _ in range(5):
        record_twice(database_url, decided(db, rule))
    assert notices(db, manager) == ["alert_raised"]
    db.execute(
        "update public.alerts set stepped_at = stepped_at - interval '61 s' where rule_id = %s",
        [rule],
    )
    record_twice(database_url, decided(db, rule))
    assert notices(db, manager) == ["alert_raised", "alert_escalated"]
    assert value(db, "select count(*) from public.alerts where rule_id = %s", rule) == 1
    steps = db.execute(
        "select step.kind from public.alert_steps step join public.alerts alert"
        " on alert.id = step.alert_id where alert.rule_id = %s order by step.id",
        [rule],
    ).fetchall()
    assert [kind for (kind,) in steps] == ["raised", "escalated"]


def test_an_escalation_decided_before_somebody_acknowledged_is_not_taken(
    place: tuple[psycopg.Connection, UUID], database_url: str
) -> None:
    db, desk = place
    manager = a_manager(db, desk_id=desk)
    a_ticket(db, a_client(db, desk_id=desk), desk_id=desk, waiting_seconds=100)
    rule = value(db, RULE, desk)
    record_twice(database_url, decided(db, rule))
    db.execute(
        "update public.alerts set stepped_at = stepped_at - interval '61 s' where rule_id = %s",
        [rule],
    )
    late = decided(db, rule)
    db.execute(
        "update public.alerts set state = 'acknowledged', acknowledged_at = now()"
        " where rule_id = %s",
        [rule],
    )
    record_twice(database_url, late)
    assert notices(db, manager) == ["alert_raised"]
