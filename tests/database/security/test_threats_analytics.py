"""Numbered threats around money, cohorts and insights."""

from datetime import UTC, datetime, timedelta
from typing import LiteralString

import psycopg
import pytest

from tests.database.analytics.counting import a_resolved_ticket, keep, worked_on
from tests.factories_house import a_purchase, a_visit
from tests.support.acting import acting_as, refused
from tests.support.calling import call, refusal, rows
from tests.support.house import EVERYBODY, House, a_house

NOON = datetime.now(UTC) - timedelta(days=2)
BELOW = ("agent", "colleague", "auditor", "client", "stranger", "revoked", "banned", "outsider")


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    """A client of the near desk bought something after a ticket was resolved there."""
    house = a_house(db)
    client = house.people["client"]
    ticket = a_resolved_ticket(db, client, NOON)
    worked_on(db, ticket, house.people["agent"], NOON - timedelta(hours=1), NOON)
    a_purchase(db, client, amount_minor=77700, purchased_at=NOON + timedelta(hours=1))
    a_visit(db, client, starts_at=NOON)
    keep(db)
    return house


WRITES: tuple[LiteralString, ...] = (
    "update public.attribution_models set window_days = 365",
    "update public.cost_rates set amount = 0",
    "insert into public.cost_rates values ('agent_hour', 'agent', '2026-01-02', 1, 'x')",
    "delete from public.handling_rules",
    "update public.executive_figures set position = 99",
    "delete from public.insight_runs",
    "update public.strategic_insights set p_value = 0",
    "update private.attributed_revenue set net_minor = 0",
    "delete from private.support_costs",
    "update private.client_values set revenue_minor = 0",
    "delete from private.tier_values",
    "delete from private.ledger_dirt",
)


def test_threat_690_nobody_embellishes_the_return_by_hand(
    db: psycopg.Connection, house: House
) -> None:
    for person in EVERYBODY:
        with house.act(db, person):
            for write in WRITES:
                with refused(db, "42501"):
                    db.execute(write)


MONEY: tuple[LiteralString, ...] = (
    "get_support_roi()",
    "get_executive_metrics()",
    "get_attributed_revenue()",
    "get_support_costs()",
    "get_revenue_touches(gen_random_uuid())",
    "get_lifetime_values()",
    "get_strategic_insights()",
    "get_metric_evidence('attributed_revenue')",
    "get_metric_evidence('support_roi')",
)


def test_threat_691_money_reaches_nobody_below_the_managers(
    db: psycopg.Connection, house: House
) -> None:
    for person in BELOW:
        for function in MONEY:
            assert refusal(db, house.people[person], function)[0] == "PT403", (person, function)


def test_threat_692_money_does_not_leave_by_the_doors_of_other_numbers(
    db: psycopg.Connection, house: House
) -> None:
    db.execute("select private.make_metric_month(now()::date)")
    db.execute(
        "insert into public.performance_metrics (metric_name, desk_id, category, value, unit,"
        " measured_at) values ('attributed_revenue', %(near_desk)s, 'revenue', 77700, 'money',"
        " now())",
        house.names,
    )
    samples: LiteralString = (
        "select from public.performance_metrics where metric_name = 'attributed_revenue'"
        " and desk_id = %s"
    )
    for person in ("agent", "colleague", "auditor"):
        shown = {
            one["unit"]
            for function in ("get_performance_metrics()", "get_performance_benchmarks()")
            for one in _metrics(call(db, house.people[person], function))
        }
        assert "money" not in shown
        assert "percent" in shown
        assert rows(db, house.people[person], samples, house.desks["near"]) == []
        assert rows(db, house.people[person], "select from public.cost_rates") == []
    assert len(rows(db, house.people["manager"], samples, house.desks["near"])) == 1


def _metrics(answer: object) -> list[dict[str, str]]:
    found = answer["metrics"] if isinstance(answer, dict) else answer
    assert isinstance(found, list)
    return found


def test_threat_693_a_manager_learns_nothing_of_another_desks_money(
    db: psycopg.Connection, house: House
) -> None:
    near, other = house.people["manager"], house.people["other_manager"]
    assert call(db, near, "get_support_roi('7d')")["revenue"] == 77700
    told = call(db, other, "get_support_roi('7d')")
    assert (told["scope"], told["revenue"], told["costs"]) == ("desk", 0, 0)
    assert call(db, other, "get_attributed_revenue('7d')")["items"] == []
    assert call(db, other, "get_support_costs('7d')")["items"] == []
    assert call(db, other, "get_lifetime_values()")["tiers"] == []
    assert call(db, other, "get_client_cohorts()")["cohorts"] == []
    figures = call(db, other, "get_executive_metrics('7d')")["figures"]
    for figure in figures:
        assert str(house.desks["near"]) not in str(figure["internal"]["desks"])
    [revenue] = [one for one in figures if one["metric"] == "attributed_revenue"]
    assert revenue["value"] == 0


def test_threat_694_a_desk_of_few_does_not_give_away_one_client(
    db: psycopg.Connection, house: House
) -> None:
    manager = house.people["manager"]
    [cohort] = call(db, manager, "get_client_cohorts('30d')")["cohorts"]
    assert (cohort["client_count"], cohort["ages"]) == (None, [])
    for tier in call(db, manager, "get_lifetime_values()")["tiers"]:
        numbers = [value for key, value in tier.items() if key.endswith(("_minor", "_count"))]
        assert set(numbers) == {None}


def test_threat_695_only_admins_set_rates_and_each_change_is_kept_with_its_reason(
    db: psycopg.Connection, house: House
) -> None:
    change: LiteralString = (
        "set_cost_rate('agent_hour', 'agent', 1, '2026-01-01', 'Plotka', 'Ładniej wygląda')"
    )
    for person in (*BELOW, "manager", "executive"):
        assert refusal(db, house.people[person], change)[0] == "PT403", person
    call(db, house.people["admin"], change)
    kept = db.execute(
        "select changed_by, reason from private.configuration_history"
        " where table_name = 'public.cost_rates' order by id desc limit 1"
    ).fetchone()
    assert kept == (house.people["admin"], "Ładniej wygląda")


def test_threat_696_a_worker_names_no_evidence_and_writes_a_day_once(
    db: psycopg.Connection, house: House
) -> None:
    forged = """
        select private.store_insights(
            '{"since_at": "2026-01-01", "until_at": "2026-02-01", "comparison_count": 9,
              "left_out_count": 0, "policy_version": "forged"}',
            '[{"metric": "reopen_rate", "dimension": "desk", "group_value": "nowhere",
               "direction": "worse", "evidence_ids": ["00000000-0000-4000-8000-000000000001"]}]'
        )"""
    with acting_as(db, "service_role"):
        for _ in range(2):
            db.execute(forged)
    assert db.execute(
        "select count(*) from public.strategic_insights where until_at = '2026-02-01'"
    ).fetchone() == (0,)
    for person in EVERYBODY[:-1]:
        with house.act(db, person), refused(db, "42501"):
            db.execute(forged)


def test_threat_697_what_is_deleted_does_not_live_on_in_a_ledger(
    db: psycopg.Connection, house: House
) -> None:
    client = house.people["client"]
    tables = ("attributed_revenue", "support_costs", "client_months", "client_values")
    assert all(_count(db, table, client) for table in tables)
    db.execute("delete from public.purchases where client_id = %s", [client])
    db.execute("delete from public.visits where client_id = %s", [client])
    keep(db)
    assert not _count(db, "attributed_revenue", client)
    assert not _count(db, "client_months", client)


def _count(db: psycopg.Connection, table: str, client: object) -> int:
    found = db.execute(
        psycopg.sql.SQL("select count(*) from private.{} where client_id = %s").format(
            psycopg.sql.Identifier(table)
        ),
        [client],
    ).fetchone()
    assert found
    return int(found[0])
