"""How far is each goal, and will it be reached in time? Pure: the time comes with the contexts.

A forecast is a straight line through the values of whole days, by least squares, and the interval
that holds what is to come in 95 of 100 cases: the spread around the line, the unsureness of its
place, and of its slope, which grows with the distance. Days count as independent and alike.

- A level (a KPI over its period) is forecast for the last period before the goal is due: the days
  of it that are known, and the line for the others.
- A sum is what is there, and the line for every day that is left.
- What people state is forecast for the day it is due.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scipy.special import stdtrit

from lib.success.models.goals import (
    Forecast,
    Goal,
    GoalContexts,
    GoalJudgement,
    Point,
    State,
    Verdict,
)

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class GoalPolicy:
    """How sure a forecast has to be, of how many days it is made, how often it is warned."""

    version: str = "goals-1"
    confidence: float = 0.95
    fewest_points: int = 8
    fewest_stated: int = 4
    """People do not tell every day."""
    warned_again_after: timedelta = timedelta(days=14)

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1 or min(self.fewest_points, self.fewest_stated) < 3:
            raise ValueError("confidence lies between 0 and 1, a line needs three points")


def judge(contexts: GoalContexts, policy: GoalPolicy) -> list[GoalJudgement]:
    """Return what becomes of each goal, in their order."""
    return [_judge_goal(goal, contexts, policy) for goal in contexts.goals]


def measure_progress(goal: Goal, value: float) -> float:
    """Return how much of the way from baseline to target is done, 0 to 100."""
    share = (value - goal.baseline) / (goal.target - goal.baseline)
    return round(100 * min(1.0, max(0.0, share)), 2)


def find_state(goal: Goal, today: date) -> State:
    """Return whether the goal is reached, missed or still open.

    A level counts once its whole window lies within the goal: one good day is no good month.
    """
    is_met = goal.value is not None and goal.reaches(goal.value)
    is_over = today > goal.due_on
    is_whole = goal.kind != "level" or (today - goal.starts_on).days >= goal.window_days
    if is_met and (is_over or is_whole):
        return "reached"
    return "missed" if is_over else "open"


def forecast(goal: Goal, today: date, policy: GoalPolicy) -> Forecast | None:
    """Return the value to expect on the day the goal is due; None: too few days are known."""
    points = _filled(goal, today) if goal.kind == "cumulative" else list(goal.points)
    fewest = policy.fewest_stated if goal.kind == "stated" else policy.fewest_points
    if len({point.on for point in points}) < fewest:
        return None
    known, coming = _split_window(goal, points, today)
    count = 1 if goal.kind == "cumulative" else len(known) + len(coming)
    middle = sum(day.toordinal() for day in coming) / len(coming)
    mean, half = _predict(points, middle, len(coming), policy.confidence)
    share = len(coming) / count
    value = sum(known) / count + mean * share
    return _on_scale(goal, value, half * share)


def weigh(goal: Goal, expected: Forecast | None) -> Verdict:
    """Return what a forecast says of the goal."""
    if expected is None:
        return "unknown"
    is_rising = goal.target > goal.baseline
    worse, better = (expected.low, expected.high) if is_rising else (expected.high, expected.low)
    if goal.reaches(worse):
        return "on_course"
    if goal.reaches(expected.value):
        return "likely"
    return "at_risk" if goal.reaches(better) else "will_miss"


def _judge_goal(goal: Goal, contexts: GoalContexts, policy: GoalPolicy) -> GoalJudgement:
    state = find_state(goal, contexts.today)
    expected = forecast(goal, contexts.today, policy) if state == "open" else None
    verdict = weigh(goal, expected)
    is_due = (
        goal.warned_at is None or contexts.read_at - goal.warned_at >= policy.warned_again_after
    )
    return GoalJudgement(
        goal_id=goal.id,
        version=goal.version,
        read_at=contexts.read_at,
        value=goal.value,
        progress=goal.progress if goal.value is None else measure_progress(goal, goal.value),
        state=state,
        forecast=expected,
        verdict=verdict,
        is_warned=verdict == "will_miss" and is_due,
    )


def _filled(goal: Goal, today: date) -> list[Point]:
    """Of a sum, a day without a value is a day on which nothing came."""
    values = {point.on: point.value for point in goal.points}
    first = min([goal.starts_on, *values])
    days = (first + _DAY * number for number in range((today - first).days))
    return [Point(on=day, value=values.get(day, 0.0)) for day in days]


def _split_window(
    goal: Goal, points: Sequence[Point], today: date
) -> tuple[list[float], list[date]]:
    """Return what is known of the days the forecast is about, and the days to come."""
    if goal.kind == "stated":
        return [], [goal.due_on]
    first = goal.starts_on
    if goal.kind == "level":
        first = max(first, goal.due_on - _DAY * (goal.window_days - 1))
    coming_from = max(first, today)
    coming = [coming_from + _DAY * number for number in range((goal.due_on - coming_from).days + 1)]
    return [point.value for point in points if first <= point.on < today], coming


def _predict(
    points: Sequence[Point], middle: float, count: int, confidence: float
) -> tuple[float, float]:
    """Return the mean expected of so many days around that one, and half of its interval."""
    days = [float(point.on.toordinal()) for point in points]
    values = [point.value for point in points]
    number = len(points)
    mean_day, mean_value = sum(days) / number, sum(values) / number
    spread = sum((day - mean_day) ** 2 for day in days)
    pairs = list(zip(days, values, strict=True))
    slope = sum((day - mean_day) * (value - mean_value) for day, value in pairs) / spread
    rest = sum((value - mean_value - slope * (day - mean_day)) ** 2 for day, value in pairs)
    parts = 1 / count + 1 / number + (middle - mean_day) ** 2 / spread
    student = float(stdtrit(number - 2, 0.5 + confidence / 2))
    half = student * math.sqrt(rest / (number - 2) * parts)
    return mean_value + slope * (middle - mean_day), half


def _on_scale(goal: Goal, value: float, half: float) -> Forecast:
    lowest = -math.inf if goal.lowest is None else goal.lowest
    highest = math.inf if goal.highest is None else goal.highest
    low, middle, high = (
        round(min(highest, max(lowest, end)), 4) for end in (value - half, value, value + half)
    )
    return Forecast(value=middle, low=low, high=high)
