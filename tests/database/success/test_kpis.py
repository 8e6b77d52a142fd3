"""KPIs: the founding targets, status and trend held against scipy, numbers traced to their rows."""

import random
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb
from scipy import stats

from tests.database.orchestrator.chronicle import a_survey
from tests.database.performance.measured import a_cycle
from tests.database.success.achievers import DAY, Achievers
from tests.factories import a_client, a_vip_profile
from tests.support.acting import acting_as
from tests.support.calling import call, refusal

FOUNDING = {
    "client_satisfaction": ("client_experience", 4.7, "higher"),
    "vip_response_time": ("client_experience", 30, "lower"),
    "first_contact_resolution": ("client_experience", 85, "higher"),
    "client_retention": ("client_experience", 90, "higher"),
    "support_roi": ("business", 150, "higher"),
    "revenue_attribution": ("business", None, "higher"),
    "operational_efficiency": ("business", 85, "higher"),
    "cost_per_client": ("business", None, "lower"),
    "luxury_experience_score": ("luxury", 90, "higher"),
    "personalization_effectiveness": ("luxury", 85, "higher"),
    "white_glove_usage": ("luxury", None, "higher"),
    "brand_consistency": ("luxury", 95, "higher"),
}


@pytest.fixture
def house(db: psycopg.Connection) -> Achievers:
    return Achievers(db)


def one(house: Achievers, person_id: UUID, **terms: str) -> dict[str, Any]:
    """The KPI as this person gets it."""
    [kpi] = call(house.db, person_id, "get_kpis(%s)", Jsonb(terms))
    return dict(kpi)


def value_of(house: Achievers, metric: str, days: int = 30) -> tuple[Any, int]:
    """Value and count of the desk's last days, as everybody reads it: rolled up or not."""
    row = house.db.execute(
        "select value, sample_count from private.summarise_metric(%s, now() - %s, now(), %s)",
        [metric, days * DAY, [house.desk_id]],
    ).fetchone()
    assert row is not None
    return (None if row[0] is None else float(row[0])), row[1]


def roll(house: Achievers) -> None:
    """Everything that was touched is rolled up, as the worker does it."""
    with acting_as(house.db, "service_role"):
        house.db.execute("select worker.roll_metrics(100000, 4000)")


def test_the_registry_holds_the_founding_kpis_and_targets(house: Achievers) -> None:
    found = call(house.db, house.executive, "get_kpis()")
    assert {k["key"]: (k["block"], k["target"], k["direction"]) for k in found} == FOUNDING
    assert [k["key"] for k in found] == list(FOUNDING)
    assert all(k["label_pl"] and k["label_en"] and k["owner_role"] for k in found)


def test_a_better_value_never_has_a_worse_status(db: psycopg.Connection) -> None:
    order = ["off_target", "warning", "on_target"]
    for direction in ("higher", "lower"):
        rows = db.execute(
            "select private.judge_kpi(value, 50, 10, %(way)s)"
            " from generate_series(0, 100, 0.5) value"
            " order by value * case %(way)s when 'lower' then -1 else 1 end",
            {"way": direction},
        ).fetchall()
        ranks = [order.index(status) for (status,) in rows]
        assert ranks == sorted(ranks)
        assert set(ranks) == {0, 1, 2}


@pytest.mark.parametrize(
    ("value", "target", "direction", "status"),
    [
        (None, 50, "higher", "no_data"),
        (None, None, "higher", "no_data"),
        (7, None, "higher", "tracked"),
        (50, 50, "higher", "on_target"),
        (40, 50, "higher", "warning"),
        (39.99, 50, "higher", "off_target"),
        (60, 50, "lower", "warning"),
        (60.01, 50, "lower", "off_target"),
    ],
)
def test_the_status_says_how_far_the_target_is_missed(
    db: psycopg.Connection, value: float | None, target: float | None, direction: str, status: str
) -> None:
    row = db.execute(
        "select private.judge_kpi(%s::numeric, %s::numeric, %s::numeric, %s)",
        [value, target, None if target is None else 10, direction],
    ).fetchone()
    assert row == (status,)


def trend(
    db: psycopg.Connection, values: list[float | None], direction: str = "higher"
) -> dict[str, Any]:
    row = db.execute(
        "select private.judge_trend(%s::integer[], %s::numeric[], %s)",
        [list(range(len(values))), values, direction],
    ).fetchone()
    assert row is not None
    return dict(row[0])


@pytest.mark.parametrize("slope", [-0.4, 0.02, 0.3])
@pytest.mark.parametrize("length", [8, 28, 60])
def test_a_trend_is_the_t_test_of_the_slope(
    db: psycopg.Connection, slope: float, length: int
) -> None:
    lot = random.Random(length)
    values: list[float | None] = [80 + slope * x + lot.gauss(0, 1.5) for x in range(length)]
    values[3] = None if length > 8 else values[3]
    known = [(x, y) for x, y in enumerate(values) if y is not None]
    line = stats.linregress([x for x, _ in known], [y for _, y in known])
    found = trend(db, values)
    assert found["days"] == len(known)
    assert found["slope_per_day"] == pytest.approx(line.slope, abs=1e-5)
    assert found["t"] == pytest.approx(line.slope / line.stderr, abs=1e-3)
    assert found["is_significant"] == (line.pvalue < 0.05)
    verdict = ("better" if line.slope > 0 else "worse") if line.pvalue < 0.05 else "no_clear_trend"
    assert found["verdict"] == verdict


def test_without_spread_or_days_a_trend_says_what_it_can(db: psycopg.Connection) -> None:
    assert trend(db, [5.0] * 20)["verdict"] == "no_clear_trend"
    assert trend(db, [float(x) for x in range(10)])["verdict"] == "better"
    assert trend(db, [float(x) for x in range(10)], "lower")["verdict"] == "worse"
    assert trend(db, [float(x) for x in range(7)])["verdict"] == "too_few"
    assert trend(db, [])["verdict"] == "too_few"


def test_brand_consistency_ties_out_with_the_gate_and_with_its_evidence(house: Achievers) -> None:
    for days_ago in range(1, 13):
        house.answer(days_ago, passed=3, warned=1 + (days_ago > 6))
    kpi = one(house, house.manager, key="brand_consistency")
    gate = call(house.db, house.manager, "get_brand_consistency_metrics('30d')")["total"]
    assert kpi["value"] == pytest.approx(100 * gate["passed"]["value"], abs=0.01)
    assert (kpi["sample_count"], gate["count"], kpi["status"]) == (54, 54, "off_target")
    assert kpi["gap"] == pytest.approx(kpi["value"] - 95)
    assert kpi["trend"]["verdict"] == "better"
    found = call(house.db, house.manager, "get_metric_evidence('brand_consistency', '30d')")
    assert {item["subject_id"] for item in found["items"]} == {str(house.ticket)}
    values = [item["value"] for item in found["items"]]
    assert sum(values) / len(values) == pytest.approx(kpi["value"], abs=1e-3)
    nobody = call(house.db, house.executive, "get_kpis(%s)", Jsonb({"status": "tracked"}))
    assert "brand_consistency" not in {kpi["key"] for kpi in nobody}


def test_a_ticket_that_changes_desks_takes_its_answers_along(house: Achievers) -> None:
    house.answer(1, passed=6)
    roll(house)
    assert value_of(house, "brand_consistency") == (100, 6)
    elsewhere = Achievers(house.db)
    house.db.execute(
        "update public.support_tickets set desk_id = %s where id = %s",
        [elsewhere.desk_id, house.ticket],
    )
    assert value_of(house, "brand_consistency") == (None, 0)
    assert value_of(elsewhere, "brand_consistency") == (100, 6)


def test_too_few_observations_say_nothing(house: Achievers) -> None:
    house.answer(1, passed=4)
    kpi = one(house, house.manager, key="brand_consistency")
    assert (kpi["value"], kpi["sample_count"], kpi["status"]) == (100, 4, "no_data")


def test_a_range_decides_what_is_counted(house: Achievers) -> None:
    house.answer(1, passed=5)
    house.answer(2, passed=5, warned=5)
    yesterday, before = house.today - DAY, house.today - 2 * DAY
    kpi = one(house, house.manager, key="brand_consistency", range=f"{yesterday}/{yesterday}")
    assert (kpi["value"], kpi["previous_value"], kpi["status"]) == (100, 50, "on_target")
    older = one(house, house.manager, key="brand_consistency", range=f"{before}/{before}")
    assert (older["value"], older["previous_value"]) == (50, None)


def test_a_filter_that_cannot_be_is_refused(house: Achievers) -> None:
    wrong: list[object] = [
        [],
        {"block": "sales"},
        {"status": "fine"},
        {"key": "nothing"},
        {"colour": "red"},
        {"key": 7},
        None,
    ]
    for filter_ in wrong:
        code, message, _ = refusal(house.db, house.manager, "get_kpis(%s)", Jsonb(filter_))
        assert (code, message) == ("PT422", "filter_invalid"), filter_


def test_a_range_that_cannot_be_is_refused(house: Achievers) -> None:
    code, message, _ = refusal(house.db, house.agent, "get_success_metrics('soon')")
    assert (code, message) == ("PT422", "range_malformed")


def test_a_target_is_changed_with_its_reason_and_kept_in_history(house: Achievers) -> None:
    changed = call(
        house.db,
        house.executive,
        "set_kpi_target('brand_consistency', 97, 'Jubileusz domu', p_version => 1)",
    )
    assert (changed["target"], changed["warning_band"], changed["version"]) == (97, 3, 2)
    row = house.db.execute(
        "select old_row ->> 'target', new_row ->> 'target', changed_by, reason"
        " from private.configuration_history where table_name = 'public.kpis' order by id desc"
    ).fetchone()
    assert row == ("95", "97", house.executive, "Jubileusz domu")
    tracked = call(house.db, house.executive, "set_kpi_target('brand_consistency', null, 'Cisza')")
    assert (tracked["target"], tracked["warning_band"]) == (None, None)
    house.answer(1, passed=6)
    assert one(house, house.manager, key="brand_consistency")["status"] == "tracked"


def test_a_target_that_cannot_be_is_refused(house: Achievers) -> None:
    of_range, of_band = ("PT422", "target_out_of_range"), ("PT422", "warning_band_out_of_range")
    for key, target, reason, band, version, expected in (
        ("nothing", 5, "Bo tak", None, None, ("PT404", "kpi_not_found")),
        ("brand_consistency", 101, "Bo tak", None, None, of_range),
        ("client_satisfaction", "NaN", "Bo tak", None, None, of_range),
        ("support_roi", 1e14, "Bo tak", None, None, of_range),
        ("brand_consistency", 96, "Bo tak", -1, None, of_band),
        ("brand_consistency", None, "Bo tak", 1, None, of_band),
        ("brand_consistency", 96, "Bo tak", None, 9, ("PT409", "stale_version")),
        ("brand_consistency", 96, " ", None, None, ("PT400", "reason_required")),
    ):
        told = refusal(
            house.db,
            house.executive,
            "set_kpi_target(%s, %s::numeric, %s, %s::numeric, %s)",
            *(key, target, reason, band, version),
        )
        assert told[:2] == expected, (key, target)


def test_the_experience_of_a_cycle_is_the_weighted_mean_of_what_is_known(house: Achievers) -> None:
    db = house.db
    row = db.execute("select date_trunc('minute', now()) - interval '2 h'").fetchone()
    assert row is not None
    ticket = a_cycle(
        db,
        house.client,
        house.desk_id,
        row[0],
        response_seconds=20,
        resolve_seconds=600,
        assignees=[house.agent],
    )
    db.execute(
        "update public.ticket_promises set state = 'met', met_at = started_at,"
        " ended_at = started_at, end_cause = 'answered', due_at = started_at"
        " where ticket_id = %s",
        [ticket],
    )
    db.execute("delete from public.surveys where ticket_id = %s", [ticket])
    a_survey(db, house.client, ticket, row[0])
    db.execute(
        "insert into public.quality_checks (ticket_id, cycle, desk_id, channel, tier, score,"
        " policy_version, ended_at) select id, 1, desk_id, channel, tier, 60, 'p', resolved_at"
        " from public.support_tickets where id = %s",
        [ticket],
    )
    # Neither survey nor answers: promises (0.25) and quality (0.2) weigh too little.
    assert value_of(house, "luxury_experience_score") == (None, 0)
    roll(house)
    db.execute(
        "update public.surveys set state = 'answered', answered_through = 'link',"
        " answered_at = now(), csat = 4 where ticket_id = %s",
        [ticket],
    )
    expected = (0.35 * 75 + 0.25 * 100 + 0.2 * 60) / 0.8
    assert value_of(house, "luxury_experience_score") == (pytest.approx(expected, abs=0.01), 1)
    found = call(db, house.manager, "get_metric_evidence('luxury_experience_score')")
    assert [item["subject_id"] for item in found["items"]] == [str(ticket)]


def test_new_weights_leave_the_past_as_it_was(house: Achievers) -> None:
    weights = {"survey": 0, "promises": 0.5, "brand": 0.25, "quality": 0.25}
    function: LiteralString = "set_experience_weights(%s, 'Cisza po ankietach')"
    assert call(house.db, house.executive, function, Jsonb(weights)) == weights
    row = house.db.execute(
        "select private.weigh_experience(0, 100, 100, 100, now() - interval '1 day'),"
        " private.weigh_experience(0, 100, 100, 100, now()),"
        " private.weigh_experience(null, null, null, null, now())"
    ).fetchone()
    assert row is not None
    assert (float(row[0]), float(row[1]), row[2]) == (65, 100, None)
    wrong: list[Any] = [[], {}, weights | {"brand": 0.3}, weights | {"luck": 0}]
    wrong += [weights | {"brand": -0.25, "quality": 0.75}, weights | {"survey": "0"}]
    for weights_ in wrong:
        told = refusal(house.db, house.executive, function, Jsonb(weights_))
        assert told[:2] == ("PT422", "weights_invalid"), weights_


OFFERS: LiteralString = """
insert into public.vip_recommendations (
    client_id, kind, target_id, score, reasons, policy_version, state, expires_at, answered_at,
    expiry_reason, outcome, outcome_at
)
select %(client)s, 'refill', 'product:p' || place, 50, '[{}]', 'one', told.state,
    now() - interval '1 hour',
    case when told.state in ('accepted', 'declined') then now() - interval '2 hours' end,
    told.reason, told.outcome, case when told.outcome is not null then now() end
from (values
    (1, 'accepted', null, 'bought'), (2, 'accepted', null, null), (3, 'accepted', null, 'none'),
    (4, 'declined', null, null), (5, 'expired', 'too_late', null),
    (6, 'expired', 'no_longer_fits', null), (7, 'offered', null, null)
) told (place, state, reason, outcome)
"""


def test_personalization_is_what_was_taken_of_what_could_be(house: Achievers) -> None:
    house.db.execute(OFFERS, {"client": house.client})
    house.db.execute(
        "update public.vip_recommendations set score = 51, answered_at = answered_at"
        " where client_id = %s",
        [house.client],
    )
    assert value_of(house, "personalization_effectiveness") == (40, 5)
    roll(house)
    house.db.execute(
        "update public.vip_recommendations set outcome = 'none', outcome_at = now()"
        " where client_id = %s and state = 'accepted'",
        [house.client],
    )
    assert value_of(house, "personalization_effectiveness") == (0, 5)
    elsewhere = Achievers(house.db)
    roll(house)
    house.db.execute(
        "update public.profiles set desk_id = %s where id = %s", [elsewhere.desk_id, house.client]
    )
    assert value_of(house, "personalization_effectiveness") == (None, 0)
    assert value_of(elsewhere, "personalization_effectiveness") == (0, 5)


def test_white_glove_usage_counts_each_days_vip_clients_once(house: Achievers) -> None:
    db = house.db
    served, spared = house.client, a_client(db, "vip_platinum", desk_id=house.desk_id)
    a_client(db, "premium", desk_id=house.desk_id)
    for client in (served, spared):
        a_vip_profile(db, client)
    db.execute(
        "insert into public.white_glove_services (client_id, desk_id, service_type,"
        " playbook_version, tier, priority, created_at)"
        " select id, desk_id, 'welcome', 1, tier, 'high', now() - interval '3 days'"
        " from public.profiles where id = any (%s)",
        [[served, spared]],
    )
    db.execute(
        "update public.white_glove_services set status = 'cancelled', closed_at = now()"
        " where client_id = %s",
        [spared],
    )
    db.execute("delete from private.white_glove_days")
    for _ in range(2):
        db.execute("select private.count_white_glove_day(%s)", [house.today])
    assert value_of(house, "white_glove_usage", 2) == (50, 2)
    found = call(db, house.manager, "get_metric_evidence('white_glove_usage', '24h')")
    assert [item["subject_id"] for item in found["items"]] == [str(spared), str(served)]


def test_money_is_for_managers(house: Achievers) -> None:
    money = {"support_roi", "revenue_attribution", "cost_per_client"}
    for person, is_told in ((house.agent, False), (house.manager, True), (house.executive, True)):
        keys = {kpi["key"] for kpi in call(house.db, person, "get_kpis()")}
        assert keys & money == (money if is_told else set())
        assert keys | money == set(FOUNDING)


def test_success_is_counted_by_block_with_the_goals_one_sees(house: Achievers) -> None:
    house.answer(1, passed=30)
    goal = house.set()
    answer = call(house.db, house.manager, "get_success_metrics('7d')")
    assert [block["block"] for block in answer["blocks"]] == [
        "client_experience",
        "business",
        "luxury",
    ]
    for part in (answer, answer["blocks"][2]):
        assert (part["summary"]["on_target"], part["summary"]["on_target_percent"]) == (1, 100)
    assert sum(len(block["kpis"]) for block in answer["blocks"]) == 12
    assert [item["goal_id"] for item in answer["goals"]["items"]] == [goal["id"]]
    assert (answer["scope"], answer["goals"]["open"]) == ("desk", 1)
