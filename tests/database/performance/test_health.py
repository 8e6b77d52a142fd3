"""Health: the number is that of alerts and metrics, and each part says what is wrong."""

from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from tests.database.performance.alerter import value
from tests.factories import a_client, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call


@pytest.fixture(autouse=True)
def quiet(db: psycopg.Connection) -> None:
    """Whatever ran on this database before: nobody works here, and nothing is to do."""
    for table in ("worker_heartbeats", "dead_jobs", "jobs", "timers"):
        db.execute(SQL("delete from private.{}").format(Identifier(table)))
    db.execute("delete from public.reply_drafts")
    db.execute(
        "update private.health_scales set good_value = 1e8, bad_value = 1e9"
        " where component in ('queued_jobs', 'replication_lag')"
    )


def health(db: psycopg.Connection) -> tuple[str, float, dict[str, Any]]:
    """Overall, score, and the components by name, as a server reads them."""
    with acting_as(db, "service_role"):
        row = db.execute("select public.get_system_health()").fetchone()
    assert row
    parts = {part["name"]: part for part in row[0]["components"]}
    return row[0]["overall"], row[0]["score"], parts


def a_heartbeat(db: psycopg.Connection, realtime: str = "subscribed", seconds: float = 0) -> None:
    """A process at work for an hour that was heard of so many seconds ago."""
    db.execute(
        "insert into private.worker_heartbeats (replica, started_at, beat_at, report) values"
        " (gen_random_uuid()::text, now() - interval '1 h', now() - make_interval(secs => %s), %s)",
        [
            seconds,
            Jsonb({"state": "running", "realtime": realtime, "workers": ["performance.alerts"]}),
        ],
    )


def give_up(db: psycopg.Connection, count: int) -> None:
    db.execute(
        "insert into private.dead_jobs (id, event_id, worker, kind, payload, depth, occurred_at,"
        " collapses, fence, attempts, max_attempts, reason)"
        " select -n, -n, 'orchestrator.routing', 'ticket.opened', '{}', 0, now(), false, 1, 10,"
        " 10, 'test' from generate_series(1, %s) n",
        [count],
    )


def test_a_house_at_work_is_healthy(db: psycopg.Connection) -> None:
    a_heartbeat(db)
    overall, score, parts = health(db)
    assert (overall, score) == ("healthy", 100)
    assert set(parts) == {
        "worker_silence_seconds",
        "oldest_job_seconds",
        "queued_jobs",
        "dead_jobs_last_hour",
        "late_timer_seconds",
        "database_connections",
        "replication_lag",
        "realtime_deaf_replicas",
        "rest_unanswered",
        "ai_fallbacks",
    }
    assert parts["rest_unanswered"]["state"] == "healthy"
    assert 0 < parts["database_connections"]["value"] < 100


@pytest.mark.parametrize(
    ("dead", "score", "overall"),
    [(1, 97.5, "healthy"), (10, 75, "degraded"), (30, 25, "unhealthy")],
)
def test_the_sickest_part_is_the_health_of_the_house(
    db: psycopg.Connection, dead: int, score: float, overall: str
) -> None:
    a_heartbeat(db)
    give_up(db, dead)
    found, number, parts = health(db)
    assert (found, number) == (overall, score)
    assert parts["dead_jobs_last_hour"]["value"] == dead
    assert next(iter(parts)) == "dead_jobs_last_hour"
    assert value(db, "select private.measure_house('system_health')") == score


def test_a_part_takes_no_more_of_the_house_than_its_weight(db: psycopg.Connection) -> None:
    a_heartbeat(db, realtime="joining")
    overall, score, parts = health(db)
    assert (overall, score) == ("degraded", 70)
    deaf = parts["realtime_deaf_replicas"]
    assert (deaf["state"], deaf["score"], deaf["value"]) == ("unhealthy", 0, 100)
    assert "hear" in deaf["reason"]
    a_heartbeat(db)
    assert health(db)[1] == 85


def test_a_process_that_has_just_begun_is_not_deaf(db: psycopg.Connection) -> None:
    db.execute(
        "insert into private.worker_heartbeats (replica, report) values ('new', %s)",
        [Jsonb({"state": "running", "realtime": "joining", "workers": []})],
    )
    assert health(db)[2]["realtime_deaf_replicas"]["state"] == "not_configured"


def test_what_cannot_be_measured_is_not_held_against_the_house(db: psycopg.Connection) -> None:
    overall, score, parts = health(db)
    assert (overall, score) == ("healthy", 100)
    for name in ("realtime_deaf_replicas", "ai_fallbacks"):
        assert parts[name]["state"] == "not_configured", name
        assert parts[name]["score"] is None


def test_drafts_the_outside_service_did_not_word_are_counted(db: psycopg.Connection) -> None:
    a_heartbeat(db)
    ticket, agent = a_ticket(db, a_client(db)), an_agent(db)
    for is_worded in (True, True, True, False):
        db.execute(
            "insert into public.reply_drafts (ticket_id, requested_by, inquiry, state, draft,"
            " brand_score, brand_verdict, latency_ms, completed_at, is_service_used,"
            " fallback_reason) values (%s, %s, 'Kiedy?', 'done', 'Jutro.', 100, 'pass', 5, now(),"
            " %s, %s)",
            [ticket, agent, is_worded, None if is_worded else "timeout"],
        )
    assert health(db)[2]["ai_fallbacks"]["value"] == 25


def test_a_worker_that_has_fallen_silent_is_named(db: psycopg.Connection) -> None:
    a_heartbeat(db, seconds=70)
    overall, score, parts = health(db)
    assert overall == "degraded"
    assert 50 < score < 60
    assert parts["worker_silence_seconds"]["reason"]


def test_staff_see_the_same_as_servers(db: psycopg.Connection) -> None:
    a_heartbeat(db)
    give_up(db, 10)
    told = call(db, an_agent(db), "get_system_health()")
    assert (told["overall"], told["score"]) == health(db)[:2]
