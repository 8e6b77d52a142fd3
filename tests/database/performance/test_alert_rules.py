"""Rules as people write them: what is accepted, and what is refused with its place."""

import json
from typing import Any

import psycopg
import pytest

from tests.database.performance.alerter import value
from tests.factories import a_desk, a_manager, an_admin
from tests.support.calling import call, refusal, rows

PLAIN = {"metric": "queue_wait", "threshold": 60, "severity": "high", "action": "notify_managers"}


def test_the_shape_of_the_first_design_is_enough(db: psycopg.Connection) -> None:
    manager = a_manager(db, desk_id=a_desk(db))
    rule = call(
        db,
        manager,
        "create_performance_alert(%s::jsonb)",
        json.dumps(
            {
                "metric": "vip_response_time",
                "threshold": 60,
                "severity": "high",
                "action": "escalate_to_vip_manager",
            }
        ),
    )
    assert (rule["metric"], rule["threshold"], rule["severity"], rule["action"]) == (
        *("vip_response_time", 60, "high"),
        "escalate_to_vip_manager",
    )
    desk_id = value(db, "select desk_id from public.staff_members where id = %s", manager)
    assert rule["desk_id"] == str(desk_id)
    assert (rule["direction"], rule["clear_threshold"]) == ("above", 60)
    assert (rule["is_active"], rule["version"]) == (True, 1)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"metric": "happiness"}, "unknown_metric", "At metric: one of dead_jobs,"),
    ({"metric": 7}, "unknown_metric", "At metric: a text"),
    ({"treshold": 60}, "rule_invalid", "At treshold: there is no such field"),
    ({"threshold": "60"}, "rule_invalid", "At threshold: a number"),
    ({"threshold": -1}, "rule_invalid", "At threshold: a number"),
    ({"severity": "fatal"}, "rule_invalid", "At severity: one of low,"),
    ({"action": "shout"}, "rule_invalid", "At action: one of escalate_to_vip_manager"),
    ({"direction": "sideways"}, "rule_invalid", "At direction: one of above"),
    ({"clear_threshold": 61}, "rule_invalid", "At clear_threshold: at most"),
    ({"direction": "below", "clear_threshold": 59}, "rule_invalid", "At clear_threshold: at least"),
    ({"min_seconds": 1.5}, "rule_invalid", "At min_seconds: a whole number"),
    ({"min_samples": 0}, "rule_invalid", "At min_samples: a whole number"),
    ({"cooldown_seconds": 9999999}, "rule_invalid", "At cooldown_seconds: a whole number"),
    ({"is_active": "yes"}, "rule_invalid", "At is_active: true or false"),
    ({"name": "\u0007"}, "rule_invalid", "At name: 1 to 80"),
    ({"tier": "diamond"}, "rule_invalid", "At tier: one of premium"),
    ({"desk_id": "here"}, "rule_invalid", "At desk_id: an id"),
    ({"escalation": {}}, "rule_invalid", "At escalation: a list"),
    ({"escalation": [7]}, "rule_invalid", "At escalation[0]: "),
    (
        {
            "escalation": [
                {"after_seconds": 1, "to": "admins"},
                {"after_seconds": 0, "to": "admins"},
            ]
        },
        "rule_invalid",
        "At escalation[1].after_seconds",
    ),
    (
        {"escalation": [{"after_seconds": 1, "to": "everybody"}]},
        "rule_invalid",
        "At escalation[0].to",
    ),
    (
        {"escalation": [{"after_seconds": 1, "to": "00000000-0000-4000-8000-00000000dead"}]},
        "colleague_not_found",
        "At escalation[0].to",
    ),
    ({"metric": "vip_response_time", "channel_kind": "live"}, "rule_invalid", "At channel_kind"),
    ({"metric": "promises_broken", "threshold": 101}, "rule_invalid", "At threshold: at most 100"),
]


@pytest.mark.parametrize(("changes", "message", "hint"), WRONG)
def test_what_cannot_be_is_refused_with_its_place(
    db: psycopg.Connection, changes: dict[str, Any], message: str, hint: str
) -> None:
    asked = refusal(
        db, a_manager(db), "create_performance_alert(%s::jsonb)", json.dumps(PLAIN | changes)
    )
    assert asked[1] == message
    assert asked[2].startswith(hint)


@pytest.mark.parametrize("missing", sorted(PLAIN))
def test_what_is_missing_is_named(db: psycopg.Connection, missing: str) -> None:
    rule = {key: word for key, word in PLAIN.items() if key != missing}
    asked = refusal(db, an_admin(db), "create_performance_alert(%s::jsonb)", json.dumps(rule))
    assert asked[:2] == ("PT422", "rule_invalid")
    assert asked[2].startswith(f"At {missing}")


def test_a_rule_changes_with_its_version_and_its_history(db: psycopg.Connection) -> None:
    manager = a_manager(db, desk_id=a_desk(db))
    rule = call(db, manager, "create_performance_alert(%s::jsonb)", json.dumps(PLAIN))
    changed = call(
        db,
        manager,
        "update_performance_alert(%s, %s::jsonb, 1)",
        rule["id"],
        '{"threshold": 90, "clear_threshold": 70, "severity": "low"}',
    )
    assert (changed["threshold"], changed["clear_threshold"], changed["version"]) == (90, 70, 2)
    stale = refusal(
        db, manager, "update_performance_alert(%s, '{\"threshold\": 5}', 1)", rule["id"]
    )
    assert stale[:2] == ("PT409", "stale_version")
    history = value(
        db,
        "select count(*) from private.configuration_history"
        " where table_name = 'public.alert_rules' and row_key = %s and changed_by = %s",
        rule["id"],
        manager,
    )
    assert history == 2


def test_a_house_rule_may_not_be_of_a_desk(db: psycopg.Connection) -> None:
    rule = PLAIN | {"metric": "dead_jobs", "desk_id": str(a_desk(db))}
    asked = refusal(db, an_admin(db), "create_performance_alert(%s::jsonb)", json.dumps(rule))
    assert asked[2].startswith("At desk_id")


def test_a_desk_sees_its_own_rules_and_those_of_the_house(db: psycopg.Connection) -> None:
    near, far = a_desk(db), a_desk(db)
    manager, other = a_manager(db, desk_id=near), a_manager(db, desk_id=far)
    rule = call(db, manager, "create_performance_alert(%s::jsonb)", json.dumps(PLAIN))
    own = "select 1 from public.alert_rules where id = %s"
    assert rows(db, manager, own, rule["id"])
    assert not rows(db, other, own, rule["id"])
    assert len(rows(db, other, "select 1 from public.alert_rules where desk_id is null")) == 2
