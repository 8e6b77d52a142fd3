"""The figures and the table of days."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from lib.analytics.report.charts.lines import FEW_DAYS, LineChart, Series
from lib.analytics.report.document import Cell, Figure, Table
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.service import Day
from lib.analytics.report.sections.common import count, value
from lib.analytics.report.tongue import WARSAW, Tongue

UNITS = {"client_satisfaction": "points", "vip_response_time": "seconds"}


def satisfaction_figure(inputs: Inputs, tongue: Tongue) -> list[Figure]:
    """Return the mean of each day, of each week of a long period; nothing if nobody answered."""
    title = tongue.say("Satysfakcja klientów, w skali od 1 do 5", "Client satisfaction, 1 to 5")
    label = (
        tongue.say("średnia tygodnia", "mean of the week")
        if is_long(inputs)
        else tongue.say("średnia dnia", "mean of the day")
    )
    return _measured(inputs, tongue, title, label, "client_satisfaction", inputs.satisfaction_days)


def response_figure(inputs: Inputs, tongue: Tongue) -> list[Figure]:
    """Return the median of each day, of long periods their mean in each week; or nothing."""
    title = tongue.say(
        "Pierwsza odpowiedź klientom VIP na kanałach na żywo",
        "First answer to VIP clients on live channels",
    )
    label = (
        tongue.say("średnia median dnia w tygodniu", "mean of the days' medians in the week")
        if is_long(inputs)
        else tongue.say("mediana dnia", "median of the day")
    )
    return _measured(inputs, tongue, title, label, "vip_response_time", inputs.response_days)


def ticket_figure(inputs: Inputs, tongue: Tongue, described: str) -> list[Figure]:
    """Return what was opened and resolved each day, in long periods on a day of each week."""
    if not inputs.ticket_days:
        return []
    title = (
        tongue.say("Sprawy na dzień, średnio w tygodniu", "Tickets a day, mean of each week")
        if is_long(inputs)
        else tongue.say("Sprawy dzień po dniu", "Tickets day by day")
    )
    known = {one.day: one for one in inputs.ticket_days}
    whole = _days_so_far(inputs)
    opened = [(d, float(known[d].opened_count) if d in known else 0.0, 1.0) for d in whole]
    resolved = [(d, float(known[d].resolved_count) if d in known else 0.0, 1.0) for d in whole]
    series = [
        Series(label=tongue.say("otwarte", "opened"), points=_points(inputs, opened)),
        Series(
            label=tongue.say("rozwiązane", "resolved"),
            points=_points(inputs, resolved),
            look="second",
        ),
    ]
    chart = _chart(inputs, tongue, series, f"{title}. {described}", "")
    return [Figure(title=title, drawing=chart.draw(), table="days")]


def is_long(inputs: Inputs) -> bool:
    """Whether days would be too many to tell apart."""
    return (inputs.period.ends_on - inputs.period.starts_on).days >= FEW_DAYS


def by_week(days: Sequence[tuple[date, float, float]]) -> list[tuple[date, float]]:
    """The weighted mean of the days (day, value, weight) of each week, at its Monday."""
    weeks: dict[date, list[tuple[float, float]]] = {}
    for day, number, weight in days:
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append((number, weight))
    return [
        (monday, sum(n * w for n, w in found) / sum(w for _, w in found))
        for monday, found in sorted(weeks.items())
    ]


def _points(inputs: Inputs, days: Sequence[tuple[date, float, float]]) -> list[tuple[date, float]]:
    if not is_long(inputs):
        return [(day, number) for day, number, _ in days]
    first = inputs.period.starts_on
    return [(max(monday, first), number) for monday, number in by_week(days)]


def _days_so_far(inputs: Inputs) -> list[date]:
    # The period ends as a day begins: what is until then belongs to the day before.
    until = (inputs.period.until_at - timedelta(seconds=1)).astimezone(WARSAW).date()
    first = inputs.period.starts_on
    return [first + timedelta(days=number) for number in range((until - first).days + 1)]


def _measured(
    inputs: Inputs, tongue: Tongue, title: str, label: str, metric: str, days: Sequence[Day]
) -> list[Figure]:
    if not days:
        return []
    points = _points(inputs, [(d.day, float(d.value), float(d.sample_count)) for d in days])
    described = _described(f"{title}, {label}", points, UNITS[metric], tongue)
    chart = _chart(inputs, tongue, [Series(label=label, points=points)], described, metric)
    return [Figure(title=title, drawing=chart.draw(), table="days")]


def _described(title: str, points: Sequence[tuple[date, float]], unit: str, tongue: Tongue) -> str:
    low, high = min(points, key=lambda one: one[1]), max(points, key=lambda one: one[1])
    ends = [
        f"{tongue.value(unit, Decimal(str(number)))} ({tongue.day(day)})"
        for day, number in (low, high)
    ]
    return tongue.say(
        f"{title}. Najmniej {ends[0]}, najwięcej {ends[1]}.",
        f"{title}. Lowest {ends[0]}, highest {ends[1]}.",
    )


def _chart(
    inputs: Inputs, tongue: Tongue, series: Sequence[Series], described: str, metric: str
) -> LineChart:
    target = next((known.target for known in inputs.metrics if known.metric == metric), None)
    unit = UNITS.get(metric, "count")

    def write(number: float) -> str:
        exact = Decimal(str(number))
        return tongue.number(exact, 1) if unit == "points" else tongue.value(unit, exact)

    return LineChart(
        first=inputs.period.starts_on,
        last=inputs.period.ends_on,
        series=series,
        write=write,
        write_day=tongue.short_day,
        description=described,
        target=None if target is None else float(target),
        target_label=""
        if target is None
        else f"{tongue.say('wzorzec', 'standard')} {tongue.value(unit, target)}",
        floor=1.0 if unit == "points" else 0.0,
        ceiling=5.0 if unit == "points" else None,
    )


def days_table(inputs: Inputs, tongue: Tongue) -> Table:
    """Return all days that have something; a long period's are only a file."""
    heads = (
        ("Dzień", "Day"),
        ("Satysfakcja", "Satisfaction"),
        ("Ankiety", "Surveys"),
        ("Odpowiedź VIP", "VIP answer"),
        ("Odpowiedzi VIP", "VIP answers"),
        ("Otwarte", "Opened"),
        ("Rozwiązane", "Resolved"),
    )
    said = {one.day: one for one in inputs.satisfaction_days}
    answered = {one.day: one for one in inputs.response_days}
    tickets = {one.day: one for one in inputs.ticket_days}

    def row(day: date) -> tuple[Cell, ...]:
        rated, quick, moved = said.get(day), answered.get(day), tickets.get(day)
        return (
            Cell(day.isoformat(), tongue.short_day(day)),
            value(tongue, "points", rated.value if rated else None),
            count(tongue, rated.sample_count if rated else 0),
            value(tongue, "seconds", quick.value if quick else None),
            count(tongue, quick.sample_count if quick else 0),
            count(tongue, moved.opened_count if moved else 0),
            count(tongue, moved.resolved_count if moved else 0),
        )

    days = sorted({*said, *answered, *tickets})
    return Table(
        name="days",
        title=tongue.say("Dzień po dniu", "Day by day"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(map(row, days)),
        is_shown=len(days) <= FEW_DAYS,
    )
