"""Goals: set by who may, measured by the house each day or told of by their owner, to the end."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.success.achievers import (
    DAY,
    Achievers,
    claim_goals,
    judge_goals,
    pass_day,
)
from tests.support.calling import call, refusal, rows


@pytest.fixture
def house(db: psycopg.Connection) -> Achievers:
    return Achievers(db)


def test_a_goal_begins_where_its_kpi_stood_before(house: Achievers) -> None:
    house.answer(10, passed=5, warned=5)
    goal = house.set(baseline=None, starts_on=str(house.today - 5 * DAY))
    assert (goal["baseline"], goal["unit"], goal["owner_id"]) == (50, "percent", str(house.manager))
    assert (goal["desk_id"], goal["state"], goal["progress"]) == (str(house.desk_id), "open", 0)
    assert house.history(goal["id"]) == [("set", "open")]
    assert [job.subject_id for job in claim_goals(house.db)] == [UUID(goal["id"])]


def test_a_day_measures_it_and_tells_what_is_to_be_expected(house: Achievers) -> None:
    for days_ago in range(1, 15):
        house.answer(days_ago, passed=17 + days_ago % 2, warned=3 - days_ago % 2)
    goal = house.set()
    assert set(pass_day(house.db)) == {"recorded"}
    measured = house.goal(goal["id"])
    kpi = call(house.db, house.manager, "get_kpis(%s)", Jsonb({"key": "brand_consistency"}))[0]
    assert measured["current_value"] == pytest.approx(kpi["value"])
    assert measured["progress"] == pytest.approx((kpi["value"] - 80) / 15 * 100, abs=0.01)
    assert measured["forecast_low"] < measured["forecast_value"] < measured["forecast_high"]
    assert measured["forecast_verdict"] in ("on_course", "likely", "at_risk", "will_miss")
    assert measured["version"] == goal["version"]
    [step] = rows(
        house.db,
        house.agent,
        "select value, forecast ->> 'verdict', written_by from public.success_goal_updates"
        " where kind = 'measured' and goal_id = %s",
        goal["id"],
    )
    assert (float(step[0]), step[1]) == (measured["current_value"], measured["forecast_verdict"])
    assert step[2] is None


def test_what_happened_before_it_began_does_not_count(house: Achievers) -> None:
    house.answer(9, warned=50, passed=0)
    house.answer(2, passed=9, warned=1)
    goal = house.set(starts_on=str(house.today - 5 * DAY))
    pass_day(house.db)
    assert house.goal(goal["id"])["current_value"] == 90


def test_a_goal_is_reached_once_and_its_owner_is_told(house: Achievers) -> None:
    house.answer(3, passed=20)
    goal = house.set(owner_id=str(house.agent))
    pass_day(house.db)
    reached = house.goal(goal["id"])
    assert (reached["state"], reached["progress"]) == ("reached", 100)
    assert reached["ended_at"] is not None
    assert house.told(house.agent) == ["goal_reached"]
    kinds = house.db.execute(
        "select kind from public.events where subject_id = %s order by id", [goal["id"]]
    ).fetchall()
    assert kinds == [("goal.changed",), ("goal.reached",)]
    pass_day(house.db)
    assert house.history(goal["id"]) == [("set", "open"), ("measured", "reached")]


def test_a_goal_not_reached_when_its_last_day_is_over_is_missed(house: Achievers) -> None:
    house.answer(3, passed=8, warned=2)
    goal = house.set()
    house.db.execute(
        "update public.success_goals set due_on = %s where id = %s",
        [house.today - DAY, goal["id"]],
    )
    pass_day(house.db)
    assert house.goal(goal["id"])["state"] == "missed"
    assert house.told(house.manager) == ["goal_missed"]


def test_its_owner_is_warned_once_that_it_will_be_missed(house: Achievers) -> None:
    for days_ago in range(1, 13):
        house.answer(days_ago, passed=4, warned=6 + days_ago % 2)
    goal = house.set(owner_id=str(house.agent))
    for _ in range(2):
        pass_day(house.db)
    assert house.goal(goal["id"])["forecast_verdict"] == "will_miss"
    call(house.db, house.manager, "set_success_goal(%s, %s)", Jsonb({"target": 94}), goal["id"])
    assert house.told(house.agent) == ["goal_will_be_missed"]


def test_of_too_few_observations_a_goal_is_not_measured(house: Achievers) -> None:
    house.answer(3, passed=4)
    goal = house.set()
    pass_day(house.db)
    found = house.goal(goal["id"])
    assert (found["current_value"], found["progress"], found["state"]) == (None, 0, "open")


def test_a_judgement_of_what_people_changed_since_is_not_written(house: Achievers) -> None:
    goal = house.set()
    [job] = claim_goals(house.db)
    judgement = {
        "goal_id": goal["id"],
        "version": goal["version"] - 1,
        "read_at": "2026-01-01T00:00:00Z",
        "value": 1,
        "progress": 100,
        "state": "reached",
        "forecast": None,
        "verdict": "unknown",
        "is_warned": False,
    }
    item = job.lease() | {"goal_id": goal["id"]}
    answer = house.db.execute(
        "select worker.record_goals(%s, %s)", [Jsonb([item]), Jsonb([judgement])]
    ).fetchone()
    assert answer == ([{"job_id": job.id, "status": "stale"}],)
    assert house.goal(goal["id"])["state"] == "open"
    answer = house.db.execute("select worker.record_goals(%s, '[]')", [Jsonb([item])]).fetchone()
    assert answer == ([{"job_id": job.id, "status": "gone"}],)


def test_an_own_measure_is_told_by_its_owner_with_evidence(house: Achievers) -> None:
    goal = house.set_own(baseline=0, target=20)
    told = call(
        house.db,
        house.agent,
        "update_goal_progress(%s, 40, 'Ośmioro po szkoleniu', %s)",
        goal["id"],
        Jsonb([str(house.ticket)]),
    )
    assert (told["progress"], told["current_value"], told["state"]) == (40, 8, "open")
    noted = call(house.db, house.manager, "update_goal_progress(%s, null, 'Brawo')", goal["id"])
    assert noted["version"] == told["version"]
    assert set(pass_day(house.db)) == {"recorded"}
    assert house.goal(goal["id"])["progress"] == 40
    done = call(house.db, house.manager, "update_goal_progress(%s, 100)", goal["id"])
    assert (done["state"], done["current_value"]) == ("reached", 20)
    assert house.told(house.agent) == ["goal_reached"]
    assert house.history(goal["id"]) == [
        ("set", "open"),
        ("stated", "open"),
        ("noted", "open"),
        ("measured", "open"),
        ("stated", "reached"),
    ]
    [step] = rows(
        house.db,
        house.agent,
        "select note, evidence, written_by, value from public.success_goal_updates"
        " where goal_id = %s and kind = 'stated' and state = 'open'",
        goal["id"],
    )
    assert step == ("Ośmioro po szkoleniu", [house.ticket], house.agent, 8)


def test_the_history_of_what_was_told_carries_a_forecast(house: Achievers) -> None:
    goal = house.set_own(baseline=0, target=60, starts_on=str(house.today - 40 * DAY))
    house.db.execute(
        "insert into public.success_goal_updates (goal_id, kind, state, value, progress,"
        " written_at) select %s, 'stated', 'open', 40 - days, 0, now() - make_interval(days =>"
        " days) from unnest('{30,20,10,0}'::int[]) days",
        [goal["id"]],
    )
    house.db.execute(
        "update public.success_goals set current_value = 40 where id = %s", [goal["id"]]
    )
    pass_day(house.db)
    found = house.goal(goal["id"])
    assert found["forecast_value"] == pytest.approx(60, abs=0.5)


def test_a_goal_is_called_off_with_its_reason(house: Achievers) -> None:
    goal = house.set()
    over = call(
        house.db,
        house.manager,
        "set_success_goal(%s, %s, 1)",
        Jsonb({"state": "cancelled", "note": "Zmiana planów"}),
        goal["id"],
    )
    assert (over["state"], over["version"]) == ("cancelled", 2)
    assert house.history(goal["id"])[-1] == ("cancelled", "cancelled")
    for function in ("update_goal_progress(%s, 5)", "set_success_goal('{\"target\": 99}', %s)"):
        assert _refused(house, function, goal["id"]) == ("PT409", "goal_is_over")
    assert judge_goals(house.db, claim_goals(house.db)) == ["gone"]


def _refused(house: Achievers, function: LiteralString, *values: Any) -> tuple[str, str]:
    return refusal(house.db, house.manager, function, *values)[:2]


INVALID = ("PT422", "goal_invalid")
CANNOT_BE: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"colour": "red"}, INVALID),
    ({"title": "x" * 161}, INVALID),
    ({"title": None}, INVALID),
    ({"target": "95"}, INVALID),
    ({"target": None}, INVALID),
    ({"target": 80}, INVALID),
    ({"due_on": "2026-02-30"}, INVALID),
    ({"due_on": "2001-01-01"}, INVALID),
    ({"due_on": "2099-01-01"}, INVALID),
    ({"measure": "Szkolenia"}, INVALID),
    ({"state": "reached"}, INVALID),
    ({"owner_id": "me"}, INVALID),
    ({"kpi": "nothing"}, ("PT422", "unknown_kpi")),
    ({"target": 70}, ("PT422", "goal_backwards")),
    ({"kpi": "cost_per_client", "target": 90}, ("PT422", "goal_backwards")),
    ({"baseline": None}, ("PT422", "baseline_required")),
    ({"note": "x" * 9000}, ("PT413", "goal_too_long")),
]


def test_a_goal_that_cannot_be_is_refused(house: Achievers) -> None:
    for changes, expected in CANNOT_BE:
        with pytest.raises(psycopg.Error) as caught, house.db.transaction():
            house.set(**changes)
        house.db.execute("reset role")
        told = caught.value
        assert (told.sqlstate, told.diag.message_primary) == expected, changes
    assert rows(house.db, house.manager, "select 1 from public.success_goals") == []


def test_what_is_told_of_a_goal_is_checked(house: Achievers) -> None:
    own, measured = house.set_own(), house.set()
    for function, goal, refused in (
        ("update_goal_progress(%s, 50)", measured, ("PT409", "goal_is_measured")),
        ("update_goal_progress(%s, 101)", own, ("PT422", "progress_out_of_range")),
        ("update_goal_progress(%s, 'NaN')", own, ("PT422", "progress_out_of_range")),
        ("update_goal_progress(%s, null)", own, ("PT400", "progress_required")),
        ("update_goal_progress(%s, 5, ' ')", own, ("PT400", "note_required")),
        ("update_goal_progress(%s, 5, null, '[7]')", own, ("PT422", "evidence_invalid")),
        ("set_success_goal('[]', %s)", own, ("PT400", "goal_required")),
        ("set_success_goal('{\"target\": 9}', %s, 7)", own, ("PT409", "stale_version")),
        ('set_success_goal(\'{"kpi": "x"}\', %s)', own, ("PT422", "goal_invalid")),
    ):
        assert _refused(house, function, goal["id"]) == refused
    noted = call(house.db, house.manager, "update_goal_progress(%s, null, 'Tak')", measured["id"])
    assert noted["progress"] == 0
