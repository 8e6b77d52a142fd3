"""Progress, forecast and state of goals: on numbers one can check, and what always holds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lib.success.goals import GoalPolicy, find_state, forecast, judge, measure_progress, weigh
from lib.success.models.goals import Forecast, Goal, GoalContexts, Point

POLICY = GoalPolicy()
TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def a_goal(values: list[float] | None = None, **changes: Any) -> Goal:
    """From 80 to 90 within November and December; the values are of the days up to yesterday."""
    values = values or []
    plain: dict[str, Any] = {
        "id": UUID(int=1),
        "version": 3,
        "kind": "level",
        "baseline": 80.0,
        "target": 90.0,
        "starts_on": date(2026, 11, 1),
        "due_on": date(2026, 12, 31),
        "window_days": 7,
        "value": 85.0,
        "progress": 20.0,
        "lowest": None,
        "highest": None,
        "warned_at": None,
        "points": tuple(
            Point(on=TODAY - DAY * (len(values) - place), value=value)
            for place, value in enumerate(values)
        ),
    }
    return Goal(**{**plain, **changes})


def told(goal: Goal, today: date = TODAY, policy: GoalPolicy = POLICY) -> Forecast:
    expected = forecast(goal, today, policy)
    assert expected is not None
    return expected


def judged(goal: Goal, policy: GoalPolicy = POLICY) -> Any:
    [judgement] = judge(GoalContexts(read_at=NOON, today=TODAY, goals=(goal,)), policy)
    return judgement


NUMBERS = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
SERIES = st.lists(NUMBERS, min_size=8, max_size=40)


@pytest.mark.parametrize(
    ("value", "progress"), [(80, 0), (85, 50), (90, 100), (95, 100), (70, 0), (80.123, 1.23)]
)
def test_progress_is_the_share_of_the_way_from_baseline_to_target(
    value: float, progress: float
) -> None:
    assert measure_progress(a_goal(), value) == progress
    falling = a_goal(baseline=90.0, target=80.0)
    assert measure_progress(falling, 170 - value) == pytest.approx(progress)


@given(baseline=NUMBERS, target=NUMBERS, one=NUMBERS, other=NUMBERS)
def test_progress_lies_between_0_and_100_and_never_falls_as_the_value_gets_better(
    baseline: float, target: float, one: float, other: float
) -> None:
    if baseline == target:
        return
    goal = a_goal(baseline=baseline, target=target)
    worse, better = sorted((one, other), reverse=target < baseline)
    assert 0 <= measure_progress(goal, worse) <= measure_progress(goal, better) <= 100
    if goal.reaches(better):
        assert measure_progress(goal, better) == 100


def test_the_interval_of_a_single_day_is_the_textbooks() -> None:
    values = [80.0, 83.5, 81.2, 86.0, 84.1, 88.3, 85.0, 87.7, 90.2, 86.4]
    goal = a_goal(values, window_days=1, due_on=TODAY + 5 * DAY)
    days = np.arange(-len(values), 0)
    design = np.column_stack([np.ones_like(days), days]).astype(float)
    coefficients, [rest], *_ = np.linalg.lstsq(design, np.array(values), rcond=None)
    at = np.array([1.0, 5.0])
    error = np.sqrt(rest / 8 * (1 + at @ np.linalg.inv(design.T @ design) @ at))
    half = stats.t.ppf(0.975, 8) * error
    expected = told(goal)
    assert expected.value == pytest.approx(coefficients @ at, abs=1e-3)
    assert (expected.low, expected.high) == pytest.approx(
        (coefficients @ at - half, coefficients @ at + half), abs=1e-3
    )


def test_the_interval_holds_what_comes_in_95_of_100_cases() -> None:
    random = np.random.default_rng(7)
    hits = 0
    for _ in range(400):
        line = 80 + 0.1 * np.arange(40) + random.normal(0, 2, 40)
        goal = a_goal(list(line[:20]), window_days=7, due_on=TODAY + 19 * DAY)
        expected = told(goal)
        hits += expected.low <= float(line[33:40].mean()) <= expected.high
    assert 0.92 <= hits / 400 <= 0.98


@given(values=SERIES, ahead=st.integers(1, 200), further=st.integers(1, 200))
def test_the_interval_holds_the_forecast_and_widens_with_the_distance(
    values: list[float], ahead: int, further: int
) -> None:
    near = told(a_goal(values, window_days=1, due_on=TODAY + ahead * DAY))
    far = told(a_goal(values, window_days=1, due_on=TODAY + (ahead + further) * DAY))
    assert near.low <= near.value <= near.high
    assert far.high - far.low >= near.high - near.low - 1e-3


def test_values_on_a_line_are_continued_without_a_doubt() -> None:
    goal = a_goal([float(number) for number in range(10)], window_days=1, due_on=TODAY + 10 * DAY)
    assert told(goal) == Forecast(value=20, low=20, high=20)


def test_a_level_is_that_of_the_last_window_with_the_days_that_are_known() -> None:
    # Seven days up to the 22nd: four of them known (mean 83), today and two more on the line.
    goal = a_goal([80.0] * 6 + [83.0] * 4, due_on=TODAY + 2 * DAY)
    whole = told(replace_points(goal, goal.points))
    line = told(a_goal([80.0] * 6 + [83.0] * 4, window_days=3, due_on=TODAY + 2 * DAY))
    assert whole.value == pytest.approx((4 * 83 + 3 * line.value) / 7, abs=1e-3)
    assert whole.high - whole.low == pytest.approx((line.high - line.low) * 3 / 7, abs=1e-3)


def replace_points(goal: Goal, points: tuple[Point, ...]) -> Goal:
    return goal.model_copy(update={"points": points})


def test_a_sum_is_what_is_there_and_the_line_for_every_day_that_is_left() -> None:
    goal = a_goal(
        [100.0] * 19, kind="cumulative", baseline=0.0, target=6000.0, due_on=date(2026, 12, 30)
    )
    assert told(goal) == Forecast(value=6000, low=6000, high=6000)


def test_of_a_sum_a_day_without_anything_counts_as_nothing() -> None:
    goal = a_goal([100.0] * 19, kind="cumulative", baseline=0.0, target=1e4)
    every_second = replace_points(goal, goal.points[::2])
    assert told(every_second).value < 0.6 * told(goal).value


def test_what_people_state_is_forecast_for_the_day_it_is_due() -> None:
    goal = a_goal(kind="stated", window_days=1, due_on=TODAY + 10 * DAY)
    points = tuple(
        Point(on=TODAY - DAY * days, value=value) for days, value in ((30, 0), (20, 10), (10, 20))
    )
    assert forecast(replace_points(goal, points), TODAY, POLICY) is None
    points += (Point(on=TODAY, value=30),)
    assert told(replace_points(goal, points)).value == 40


def test_a_forecast_stays_on_its_scale() -> None:
    values = [90.0, 91, 93, 92, 95, 94, 97, 96, 99, 98]
    goal = a_goal(values, highest=100.0, window_days=1, due_on=TODAY + 2 * DAY)
    expected = told(goal)
    assert expected.high == expected.value == 100
    assert 95 < expected.low < 100


def test_a_week_is_too_little_for_a_forecast() -> None:
    assert forecast(a_goal([85.0] * 7), TODAY, POLICY) is None
    assert judged(a_goal([85.0] * 7)).verdict == "unknown"


@pytest.mark.parametrize(
    ("low", "value", "high", "verdict"),
    [
        (90, 92, 94, "on_course"),
        (89, 91, 93, "likely"),
        (87, 89, 91, "at_risk"),
        (85, 87, 89, "will_miss"),
    ],
)
def test_the_verdict_is_which_end_of_the_interval_reaches_the_target(
    low: float, value: float, high: float, verdict: str
) -> None:
    assert weigh(a_goal(), Forecast(low=low, value=value, high=high)) == verdict
    falling = a_goal(baseline=100.0, target=90.0)
    mirrored = Forecast(low=180 - high, value=180 - value, high=180 - low)
    assert weigh(falling, mirrored) == verdict


def test_a_level_is_reached_once_its_whole_window_lies_within_the_goal() -> None:
    young = a_goal(value=95.0, starts_on=TODAY - 6 * DAY)
    assert find_state(young, TODAY) == "open"
    assert find_state(young, TODAY + DAY) == "reached"
    assert find_state(a_goal(kind="cumulative", value=95.0, starts_on=TODAY), TODAY) == "reached"


def test_what_is_not_reached_when_its_last_day_is_over_is_missed() -> None:
    goal = a_goal(due_on=TODAY)
    assert find_state(goal, TODAY) == "open"
    assert find_state(goal, TODAY + DAY) == "missed"
    assert find_state(a_goal(due_on=TODAY, value=None), TODAY + DAY) == "missed"
    assert find_state(a_goal(due_on=TODAY, value=90.0), TODAY + DAY) == "reached"


def test_its_owner_is_warned_of_a_miss_once_a_fortnight() -> None:
    hopeless = a_goal([81.0, 80.0] * 6)
    assert (judged(hopeless).verdict, judged(hopeless).is_warned) == ("will_miss", True)
    warned = a_goal([81.0, 80.0] * 6, warned_at=NOON - timedelta(days=13))
    assert not judged(warned).is_warned
    long_ago = a_goal([81.0, 80.0] * 6, warned_at=NOON - timedelta(days=14))
    assert judged(long_ago).is_warned
    assert not judged(a_goal([95.0, 94.0] * 6, value=95.0, window_days=30)).is_warned


def test_without_an_observation_progress_stays_as_it_was() -> None:
    judgement = judged(a_goal(value=None))
    assert (judgement.value, judgement.progress, judgement.state) == (None, 20, "open")


def test_a_goal_that_is_over_has_no_forecast() -> None:
    judgement = judged(a_goal([95.0, 94.0] * 6, value=94.5))
    assert (judgement.state, judgement.forecast, judgement.verdict) == ("reached", None, "unknown")
    assert judgement.progress == 100


def test_a_policy_that_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="three points"):
        replace(POLICY, fewest_stated=2)
