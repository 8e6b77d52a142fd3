"""Numbered threats around metrics and health."""

from datetime import datetime, timedelta
from typing import LiteralString
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.database.performance.measured import a_cycle, run_metrics
from tests.support.acting import acting_as, refused
from tests.support.calling import call, rows
from tests.support.house import EVERYBODY, House, a_house

STAFF = ("agent", "colleague", "auditor", "executive", "manager", "admin", "other_manager")


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    """A slow answer at the near desk, none at the far one, and a sample of both."""
    house = a_house(db)
    a_cycle(
        db,
        house.people["client"],
        house.desks["near"],
        datetime.now(ZoneInfo("UTC")) - timedelta(minutes=30),
        response_seconds=500,
        resolve_seconds=600,
        assignees=[house.people["agent"]],
    )
    db.execute("delete from public.performance_metrics")
    db.execute("delete from private.metric_clocks")
    run_metrics(db)
    return house


WRITES: tuple[LiteralString, ...] = (
    "insert into public.performance_metrics (metric_name, category, value, unit, measured_at)"
    " values ('backlog', 'load', 0, 'count', now())",
    "update public.performance_metrics set value = 0",
    "delete from public.performance_metrics",
    "update public.metric_definitions set direction = 'higher'",
    "update public.metric_benchmarks set target = 0",
    "insert into public.metric_monitors (metric) values ('reopen_rate')",
    "delete from public.metric_monitors",
    "delete from private.metric_clocks",
    "update private.health_scales set weight = 0.01",
)


@pytest.mark.parametrize("write", WRITES)
def test_threat_650_nobody_embellishes_a_number_by_hand(
    db: psycopg.Connection, house: House, write: LiteralString
) -> None:
    for person in EVERYBODY:
        with house.act(db, person), refused(db, "42501"):
            db.execute(write)


def test_threat_651_a_desk_learns_nothing_of_the_numbers_of_another(
    db: psycopg.Connection, house: House
) -> None:
    near, other = str(house.desks["near"]), house.people["other_manager"]
    assert rows(db, other, "select from public.performance_metrics where desk_id = %s", near) == []
    metrics = {
        one["metric"]: one for one in call(db, other, "get_performance_metrics()")["metrics"]
    }
    assert metrics["vip_response_time"]["current"]["sample_count"] == 0
    assert call(db, other, "get_metric_evidence('vip_response_time')")["items"] == []
    for one in call(db, other, "get_performance_benchmarks()"):
        assert near not in {desk["desk_id"] for desk in one["internal"]["desks"]}, one["metric"]
        assert one["internal"]["desk_count"] >= 5 or one["internal"]["p50"] is None


def test_threat_652_the_houses_numbers_are_for_who_sees_the_whole_house(
    db: psycopg.Connection, house: House
) -> None:
    seen = {
        person: {
            metric
            for (metric,) in rows(
                db,
                house.people[person],
                "select metric_name from public.performance_metrics where desk_id is null",
            )
        }
        for person in house.people
    }
    assert {person for person, metrics in seen.items() if "backlog" in metrics} == {
        "executive",
        "admin",
    }
    assert {person for person, metrics in seen.items() if metrics == {"system_health"}} == {
        "auditor",
        "manager",
        "other_manager",
    }
    scopes = {p: call(db, house.people[p], "get_performance_metrics()")["scope"] for p in STAFF}
    assert {person for person, scope in scopes.items() if scope == "house"} == {
        "executive",
        "admin",
    }


def test_threat_653_a_worker_can_neither_write_a_number_nor_drop_what_is_kept(
    db: psycopg.Connection, house: House
) -> None:
    db.execute("delete from private.metric_clocks")
    with acting_as(db, "service_role"):
        db.execute(
            "select private.store_samples(jsonb_build_array("
            " jsonb_build_object('metric', 'backlog', 'measured_at',"
            "  date_trunc('minute', now()) - interval '5 min', 'value', -1),"
            " jsonb_build_object('metric', 'backlog', 'measured_at', now() - interval '2 days'),"
            " jsonb_build_object('metric', 'backlog', 'measured_at', now() + interval '2 days'),"
            " jsonb_build_object('metric', 'x''; drop table desks', 'measured_at', now())))"
        )
        dropped = db.execute(
            "select worker.keep_metric_months('[]',"
            " jsonb_build_array(date_trunc('month', now(), 'UTC')::date))"
        ).fetchone()
    assert dropped == ({"made": 0, "dropped": 0},)
    found = db.execute(
        "select min(value) >= 0, min(measured_at) > now() - interval '1 hour',"
        " max(measured_at) <= now() + interval '1 minute' from public.performance_metrics"
    ).fetchone()
    assert found == (True, True, True)


def test_threat_654_partitions_are_behind_the_same_door_as_their_table(
    db: psycopg.Connection, house: House
) -> None:
    partitions = db.execute(
        "select relname, relrowsecurity, relnamespace::regnamespace::text from pg_class"
        " where relispartition and relkind = 'r' and relname like 'performance_metrics_%'"
    ).fetchall()
    assert partitions
    for name, is_secured, schema in partitions:
        assert (is_secured, schema) == (True, "private"), name
        for role in ("anon", "authenticated", "service_role"):
            held = db.execute(
                "select has_table_privilege(%s, 'private.' || %s, 'select, insert, delete')",
                [role, name],
            ).fetchone()
            assert held == (False,), (name, role)


def test_threat_655_health_tells_neither_clients_nor_visitors_what_the_house_runs_on(
    db: psycopg.Connection, house: House
) -> None:
    for person in ("stranger", "client", "revoked", "banned"):
        with house.act(db, person), refused(db, "PT403", "staff_required"):
            db.execute("select public.get_system_health()")
    with house.act(db, "visitor"), refused(db, "42501"):
        db.execute("select public.get_system_health()")
    for person in ("client", "agent"):
        with house.act(db, person), refused(db, "42501"):
            db.execute("select private.describe_health()")
