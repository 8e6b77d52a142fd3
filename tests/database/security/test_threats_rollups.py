"""Numbered threats around roll-ups."""

from datetime import datetime, timedelta
from typing import LiteralString
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.database.performance.measured import a_cycle, run_metrics
from tests.database.performance.roller import roll
from tests.support.acting import acting_as, refused
from tests.support.calling import call, refusal, rows
from tests.support.house import EVERYBODY, House, a_house


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    """A slow answer at the near desk, none at the far one; everything is rolled."""
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
    roll(db)
    return house


STATEMENTS: tuple[LiteralString, ...] = (
    "update private.metric_rollups set total = 0",
    "delete from private.metric_rollups",
    "insert into private.metric_dirt (metrics, since_at, until_at)"
    " values ('{backlog}', '-infinity', 'infinity')",
    "delete from private.metric_dirt",
    "update private.metric_grains set kept_days = 2",
    "update private.metric_observers set observer = 'observe_samples'",
    "select private.touch_metric_history('{backlog}')",
    "select private.observe_metric('backlog', '-infinity', 'infinity')",
    "select private.summarise_metric('backlog', '-infinity', 'infinity')",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_threat_670_nobody_embellishes_what_was_rolled_up(
    db: psycopg.Connection, house: House, statement: LiteralString
) -> None:
    for person in EVERYBODY:
        with house.act(db, person), refused(db, "42501"):
            db.execute(statement)


def test_threat_671_only_the_server_has_something_rolled_or_pruned(
    db: psycopg.Connection, house: House
) -> None:
    for person in EVERYBODY:
        for ask in (
            "select private.roll_dirt(1, 1)",
            "select private.prune_rollups('minute', now())",
            "select worker.roll_metrics(1, 1)",
            "select worker.prune_rollups('minute', now())",
            "select worker.rollup_contexts()",
        ):
            if person != "service":
                with house.act(db, person), refused(db, "42501"):
                    db.execute(ask)


def test_threat_672_a_worker_cannot_prune_what_must_be_kept(
    db: psycopg.Connection, house: House
) -> None:
    kept: LiteralString = "select count(*), min(begins_at) from private.metric_rollups"
    before = db.execute(kept).fetchone()
    with acting_as(db, "service_role"):
        for grain in ("minute", "hour", "day", "month"):
            gone = db.execute(
                "select worker.prune_rollups(%s, now() + interval '9 days')", [grain]
            ).fetchone()
            assert gone == ({"gone": 0},), grain
    assert db.execute(kept).fetchone() == before


def test_threat_673_the_name_of_an_observer_is_no_code(db: psycopg.Connection) -> None:
    for name in ("drop_dirt", "observe_x(); drop table desks", "observe_X", "public.observe_x"):
        with refused(db, "23514"):
            db.execute(
                "update private.metric_observers set observer = %s where metric = 'backlog'",
                [name],
            )


def test_threat_674_numbers_for_managers_reach_nobody_else(
    db: psycopg.Connection, house: House
) -> None:
    db.execute("update public.metric_definitions set audience = 'managers'")
    db.execute("update public.metric_definitions set audience = 'staff' where metric = 'backlog'")
    run_metrics(db)
    sampled: LiteralString = "select from public.performance_metrics where metric_name <> 'backlog'"
    for person in ("agent", "auditor"):
        me = house.people[person]
        told = call(db, me, "get_performance_metrics()")["metrics"]
        assert [one["metric"] for one in told] == ["backlog"], person
        ranked = call(db, me, "get_performance_benchmarks()")
        assert [one["metric"] for one in ranked] == ["backlog"], person
        assert rows(db, me, sampled) == [], person
    for person in ("manager", "executive", "admin"):
        me = house.people[person]
        assert len(call(db, me, "get_performance_metrics()")["metrics"]) > 1, person
        assert rows(db, me, sampled), person
        assert call(db, me, "get_metric_evidence('vip_response_time')")["items"], person
    auditor = house.people["auditor"]
    assert refusal(db, auditor, "get_metric_evidence('vip_response_time')")[:2] == (
        "PT403",
        "manager_required",
    )


def test_threat_675_a_desk_learns_nothing_of_the_cells_of_another(
    db: psycopg.Connection, house: House
) -> None:
    told = {
        person: next(
            one["current"]
            for one in call(db, house.people[person], "get_performance_metrics('7d')")["metrics"]
            if one["metric"] == "vip_response_time"
        )
        for person in ("manager", "other_manager")
    }
    assert told["manager"]["sample_count"] == 1
    assert told["manager"]["value"] == pytest.approx(500, rel=0.0101)
    assert (told["other_manager"]["sample_count"], told["other_manager"]["value"]) == (0, None)
    other = house.people["other_manager"]
    assert call(db, other, "get_metric_evidence('vip_response_time', '7d')")["items"] == []
