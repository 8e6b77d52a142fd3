"""What the house set out to reach, and where it is likely to end."""

from collections.abc import Sequence
from decimal import Decimal

from lib.analytics.report.charts.goals import GoalRow, draw_goals
from lib.analytics.report.document import Block, Cell, Figure, Section, Status, Table, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.success import Goal
from lib.analytics.report.sections.common import interval, judged, silent, text, value
from lib.analytics.report.tongue import Tongue

VERDICTS: dict[str, tuple[Status, str, str]] = {
    "on_course": ("good", "na dobrej drodze", "on course"),
    "likely": ("good", "prawdopodobny", "likely"),
    "at_risk": ("warning", "zagrożony", "at risk"),
    "will_miss": ("bad", "nie do osiągnięcia", "will be missed"),
    "unknown": ("none", "bez prognozy", "no forecast"),
}
STATES: dict[str, tuple[Status, str, str]] = {
    "reached": ("good", "osiągnięty", "reached"),
    "missed": ("bad", "nieosiągnięty", "missed"),
    "cancelled": ("none", "odwołany", "cancelled"),
}


def goals_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return the way each goal has come, its forecast and the table."""
    title = tongue.say("Cele", "Goals")
    if not inputs.goals:
        return silent(
            tongue,
            "goals",
            title,
            ("Nikt nie postawił celu na ten czas.", "Nobody set a goal for this time."),
        )
    return Section(
        key="goals",
        title=title,
        lead=tongue.say(
            "Pasek pokazuje drogę od punktu wyjścia do celu; odcinek pod nim to prognoza na "
            "dzień terminu, z przedziałem.",
            "The bar is the way from the starting point to the goal; the line under it is the "
            "forecast for the due day, with its interval.",
        ),
        blocks=named((*_figure(inputs.goals, tongue), _table(inputs.goals, tongue))),
    )


def judge_goal(goal: Goal) -> tuple[Status, str, str]:
    """What became of the goal, or what is likely to."""
    verdict = goal.forecast.verdict if goal.forecast else "unknown"
    return STATES.get(goal.state) or VERDICTS.get(verdict, VERDICTS["unknown"])


def _way(goal: Goal, value: Decimal | None) -> float | None:
    """Percent of the way from the baseline to the target."""
    if value is None or goal.baseline is None or goal.target == goal.baseline:
        return None
    return float(100 * (value - goal.baseline) / (goal.target - goal.baseline))


def _forecast(goal: Goal) -> tuple[float, float] | tuple[None, None]:
    """The ends of the forecast, as ways from the baseline: where less is better they change."""
    if goal.forecast is None:
        return None, None
    one, other = _way(goal, goal.forecast.low), _way(goal, goal.forecast.high)
    if one is None or other is None:
        return None, None
    return min(one, other), max(one, other)


def _figure(goals: Sequence[Goal], tongue: Tongue) -> list[Block]:
    rows = []
    for goal in goals:
        if goal.progress is None:
            continue
        low, high = _forecast(goal)
        rows.append(
            GoalRow(
                label=goal.title,
                progress=float(goal.progress),
                low=low,
                high=high,
                text=f"{tongue.percent(goal.progress, 0)}",
            )
        )
    if not rows:
        return []
    title = tongue.say("Droga do celu", "The way to each goal")
    described = f"{title}. " + "; ".join(f"{row.label}: {row.text}" for row in rows) + "."
    drawing = draw_goals(rows, described, tongue.say("cel", "goal"))
    return [Figure(title=title, drawing=drawing, table="goals")]


def _table(goals: Sequence[Goal], tongue: Tongue) -> Table:
    heads = (
        ("Cel", "Goal"),
        ("Na początku", "At the start"),
        ("Teraz", "Now"),
        ("Ma być", "Target"),
        ("Termin", "Due"),
        ("Prognoza, przedział", "Forecast, interval"),
        ("Ocena", "Status"),
    )
    return Table(
        name="goals",
        title=tongue.say("Wszystkie cele", "All goals"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(_row(goal, tongue) for goal in goals),
    )


def _row(goal: Goal, tongue: Tongue) -> tuple[Cell, ...]:
    status, polish, english = judge_goal(goal)
    low, high = (goal.forecast.low, goal.forecast.high) if goal.forecast else (None, None)
    return (
        text(goal.title),
        value(tongue, goal.unit, goal.baseline),
        value(tongue, goal.unit, goal.current),
        value(tongue, goal.unit, goal.target),
        Cell(goal.due_on.isoformat(), tongue.day(goal.due_on)),
        text(interval(tongue, goal.unit, low, high)),
        judged(tongue.say(polish, english), status),
    )
