"""What the return would be under other assumptions."""

from collections.abc import Sequence
from decimal import Decimal

from lib.analytics.report.charts.ranges import RangeChart, RangeRow
from lib.analytics.report.document import Figure, Table
from lib.analytics.report.inputs.money import Roi, Sensitivity
from lib.analytics.report.sections.common import value
from lib.analytics.report.tongue import Tongue


def swing_figure(roi: Roi, tongue: Tongue) -> list[Figure]:
    """What the return would be if the assumptions were other, one after the other and together."""
    cases = {(int(one.revenue_share), int(one.rate_change)): one.roi for one in roi.sensitivity}
    assumptions = (
        (
            tongue.say(
                "Tylko połowa przychodu dzięki obsłudze", "Only half of revenue due to service"
            ),
            (50, 0),
            (100, 0),
        ),
        (
            tongue.say("Stawki wyższe lub niższe o 20%", "Rates 20% higher or lower"),
            (100, 20),
            (100, -20),
        ),
        (tongue.say("Oba założenia naraz", "Both at once"), (50, 20), (100, -20)),
    )
    if roi.roi is None or any(
        cases.get(end) is None for _, low, high in assumptions for end in (low, high)
    ):
        return []
    rows = [
        _swing_row(label, cases[low], cases[high], roi.roi, tongue)
        for label, low, high in assumptions
    ]
    title = tongue.say(
        "Wrażliwość zwrotu na założenia", "How the return depends on what is assumed"
    )
    said = "; ".join(f"{row.label}: {row.text}" for row in rows)
    chart = RangeChart(
        rows=rows,
        write=lambda number: tongue.percent(Decimal(str(number)), 0),
        description=f"{title}. {said}.",
        mark=float(roi.roi),
        mark_label=f"{tongue.say('zwrot', 'return')} {tongue.percent(roi.roi)}",
        is_swing=True,
    )
    return [Figure(title=title, drawing=chart.draw(), table="sensitivity")]


def _swing_row(
    label: str, low: Decimal | None, high: Decimal | None, middle: Decimal, tongue: Tongue
) -> RangeRow:
    low, high = low or Decimal(0), high or Decimal(0)
    written = tongue.interval(lambda end: tongue.percent(end, 0), low, high)
    return RangeRow(
        label=label, value=float(middle), low=float(low), high=float(high), text=written
    )


def cases_table(cases: Sequence[Sensitivity], tongue: Tongue) -> Table:
    """Return all nine cases: shares of the revenue by changes of the rates."""
    shares = sorted({one.revenue_share for one in cases})
    rates = sorted({one.rate_change for one in cases})
    found = {(one.revenue_share, one.rate_change): one.roi for one in cases}
    return Table(
        name="sensitivity",
        title=tongue.say("Zwrot przy innych założeniach", "The return under other assumptions"),
        columns=(
            tongue.say("Przychód dzięki obsłudze", "Revenue due to service"),
            *(_rate(rate, tongue) for rate in rates),
        ),
        rows=tuple(
            (
                value(tongue, "percent", part),
                *(value(tongue, "percent", found.get((part, rate))) for rate in rates),
            )
            for part in shares
        ),
    )


def _rate(rate: Decimal, tongue: Tongue) -> str:
    if rate == 0:
        return tongue.say("Stawki jak teraz", "Rates as now")
    return f"{tongue.say('Stawki', 'Rates')} {tongue.signed(rate)}%"
