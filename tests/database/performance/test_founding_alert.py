"""The seed's critical alert: what is measured of the house, and falls below 95, is told at once."""

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.database.performance.alerter import (
    count_alerts,
    judge_now,
    let_pass,
    notices,
    the_alert,
    value,
)
from tests.factories import a_manager, an_admin, an_agent
from tests.support.calling import call

RULE = "00000000-0000-4000-8000-0000000000a2"


@pytest.fixture(autouse=True)
def quiet(db: psycopg.Connection) -> None:
    """Whatever ran on this database before: nobody works here, and nothing is to do."""
    for table in ("worker_heartbeats", "dead_jobs", "jobs", "timers"):
        db.execute(SQL("delete from private.{}").format(Identifier(table)))
    db.execute(
        "update private.health_scales set good_value = 1e8, bad_value = 1e9"
        " where component in ('queued_jobs', 'replication_lag')"
    )
    db.execute("update public.alert_rules set is_active = false where id <> %s", [RULE])
    db.execute("delete from public.alerts where rule_id = %s", [RULE])
    db.execute("delete from private.alert_watches where rule_id = %s", [RULE])


def give_up(db: psycopg.Connection, count: int) -> None:
    db.execute(
        "insert into private.dead_jobs (id, event_id, worker, kind, payload, depth, occurred_at,"
        " collapses, fence, attempts, max_attempts, reason)"
        " select -n, -n, 'orchestrator.routing', 'ticket.opened', '{}', 0, now(), false, 1, 10,"
        " 10, 'test' from generate_series(1, %s) n",
        [count],
    )


def test_the_rule_of_the_first_day_fires_on_measured_health_and_ends_with_it(
    db: psycopg.Connection,
) -> None:
    admin, manager, agent = an_admin(db), a_manager(db), an_agent(db)
    give_up(db, 1)
    judge_now(db)
    assert call(db, admin, "get_system_health()")["score"] == 97.5
    assert value(db, "select count(*) from private.alert_watches where rule_id = %s", RULE) == 0

    db.execute("delete from private.dead_jobs")
    give_up(db, 5)
    score = call(db, admin, "get_system_health()")["score"]
    assert score < 95
    judge_now(db)
    assert count_alerts(db, RULE) == 0, "a house may catch up for 30 seconds"
    let_pass(db, 31)
    judge_now(db)
    alert = the_alert(db, RULE)
    assert (alert["severity"], alert["state"], alert["opened_value"]) == ("critical", "open", score)
    assert notices(db, admin) == notices(db, manager) == ["alert_raised"]
    assert notices(db, agent) == []

    db.execute("delete from private.dead_jobs")
    judge_now(db)
    assert the_alert(db, RULE)["state"] == "cleared"
