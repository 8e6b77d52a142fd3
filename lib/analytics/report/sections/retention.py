"""Who stays and what clients have brought, by tier."""

from collections.abc import Sequence
from decimal import Decimal

from lib.analytics.report.charts.ranges import RangeChart, RangeRow
from lib.analytics.report.document import Figure, Table
from lib.analytics.report.inputs.money import Retention, TierValue
from lib.analytics.report.sections.common import (
    by_rank,
    count,
    interval,
    text,
    tier_label,
    value,
)
from lib.analytics.report.tongue import Tongue


def retention_figure(tiers: Sequence[Retention], tongue: Tongue) -> list[Figure]:
    """Return the share that stayed, with its interval."""
    rows = [
        RangeRow(
            label=tier_label(one.tier),
            value=float(one.retention),
            low=float(100 * one.interval[0]),
            high=float(100 * one.interval[1]),
            text=tongue.percent(one.retention),
        )
        for one in sorted(tiers, key=lambda one: by_rank(one.tier))
        if one.retention is not None and one.interval is not None
    ]
    if not rows:
        return []
    title = tongue.say(
        "Utrzymanie klientów według poziomu, z przedziałem 95%",
        "Retention by tier, with its 95% interval",
    )
    chart = RangeChart(
        rows=rows,
        write=lambda number: tongue.percent(Decimal(str(number)), 0),
        description=f"{title}. " + "; ".join(f"{row.label}: {row.text}" for row in rows) + ".",
        floor=0.0,
        ceiling=100.0,
    )
    return [Figure(title=title, drawing=chart.draw(), table="retention")]


def retention_table(tiers: Sequence[Retention], tongue: Tongue) -> Table:
    """Return who was due again and who stayed."""
    heads = (
        ("Poziom", "Tier"),
        ("Oczekiwani", "Due again"),
        ("Zostali", "Stayed"),
        ("Przedział 95%", "95% interval"),
    )
    return Table(
        name="retention",
        title=tongue.say("Utrzymanie według poziomu", "Retention by tier"),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(
            (
                text(tier_label(one.tier)),
                count(tongue, one.due_count),
                value(tongue, "percent", one.retention),
                text(
                    interval(tongue, "percent", *(100 * end for end in one.interval))
                    if one.interval
                    else interval(tongue, "percent", None, None)
                ),
            )
            for one in sorted(tiers, key=lambda one: by_rank(one.tier))
        ),
    )


def values_table(tiers: Sequence[TierValue], tongue: Tongue) -> Table:
    """Return what clients have brought so far."""
    heads = (
        ("Poziom", "Tier"),
        ("Klienci", "Clients"),
        ("Przychód", "Revenue"),
        ("Koszt obsługi", "Cost of service"),
        ("Marża", "Margin"),
        ("Marża na klienta", "Margin a client"),
        ("Przedział 95%", "95% interval"),
    )
    return Table(
        name="lifetime_values",
        title=tongue.say(
            "Wartość klienta do dziś, według poziomu", "What clients have brought so far, by tier"
        ),
        columns=tuple(tongue.say(*head) for head in heads),
        rows=tuple(
            (
                text(tier_label(one.tier)),
                count(tongue, one.client_count),
                value(tongue, "money", one.revenue_minor),
                value(tongue, "money", one.support_cost_minor),
                value(tongue, "money", one.margin_minor),
                value(tongue, "money", one.mean_margin_minor),
                text(interval(tongue, "money", *(one.interval_minor or (None, None)))),
            )
            for one in sorted(tiers, key=lambda one: by_rank(one.tier))
        ),
    )
