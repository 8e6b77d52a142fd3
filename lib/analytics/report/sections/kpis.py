"""The key figures: where each stands against its target, and where it is going."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from lib.analytics.report.charts.bars import draw_distances
from lib.analytics.report.document import Block, Cell, Figure, Section, Status, Table, Tile, named
from lib.analytics.report.inputs.document import Inputs
from lib.analytics.report.inputs.service import Kpi
from lib.analytics.report.sections.common import change, count, judged, silent, text, value
from lib.analytics.report.tongue import NOTHING, Tongue

TILES = 6
STATUS: dict[str, tuple[Status, str, str]] = {
    "on_target": ("good", "w celu", "on target"),
    "warning": ("warning", "na granicy", "close to target"),
    "off_target": ("bad", "poza celem", "off target"),
    "no_data": ("none", "brak danych", "no data"),
    "tracked": ("none", "bez celu", "no target"),
}
VERDICTS = {
    "better": ("wyraźnie lepiej", "clearly better"),
    "worse": ("wyraźnie gorzej", "clearly worse"),
    "no_clear_trend": ("brak trendu", "no clear trend"),
    "too_few": ("za mało danych", "too few data"),
}


def kpi_section(inputs: Inputs, tongue: Tongue) -> Section:
    """Return tiles, distances from the targets and the table of all."""
    title = tongue.say("Wskaźniki", "Key figures")
    if not any(kpi.known is not None for kpi in inputs.kpis):
        return silent(
            tongue,
            "kpis",
            title,
            (
                "Wskaźniki pojawią się, gdy będą sprawy, ankiety i wizyty, z których powstają.",
                "Key figures appear once there are tickets, surveys and visits to make them of.",
            ),
        )
    return Section(
        key="kpis",
        title=title,
        lead=kpi_sentence(inputs, tongue),
        blocks=named(
            (_tiles(inputs.kpis, tongue), *_distances(inputs.kpis, tongue), _table(inputs, tongue))
        ),
    )


def kpi_sentence(inputs: Inputs, tongue: Tongue) -> str:
    """How many stand where."""
    counts = Counter(kpi.status for kpi in inputs.kpis)
    judged_count = sum(counts[status] for status in ("on_target", "warning", "off_target"))
    if judged_count == 0:
        return ""
    if tongue.is_polish:
        return (
            f"Z {judged_count} wskaźników, które mają cel i dane, "
            f"w celu: {counts['on_target']}, na granicy: {counts['warning']}, "
            f"poza celem: {counts['off_target']}."
        )
    return (
        f"Of {judged_count} key figures with a target and data, {counts['on_target']} on target, "
        f"{counts['warning']} close to it, {counts['off_target']} off target."
    )


def _label(kpi: Kpi, tongue: Tongue) -> str:
    return tongue.say(kpi.label_pl, kpi.label_en)


def _status(kpi: Kpi, tongue: Tongue) -> tuple[Status, str]:
    status, polish, english = STATUS.get(kpi.status, STATUS["no_data"])
    return status, tongue.say(polish, english)


def _verdict(kpi: Kpi, tongue: Tongue) -> str:
    verdict = VERDICTS.get(kpi.trend.verdict if kpi.trend else "")
    return tongue.say(*verdict) if verdict else NOTHING


def _tiles(kpis: Sequence[Kpi], tongue: Tongue) -> tuple[Tile, ...]:
    spoken = [kpi for kpi in kpis if kpi.known is not None]
    return tuple(
        Tile(
            label=_label(kpi, tongue),
            value=_written(kpi, kpi.known, tongue),
            detail=""
            if kpi.target is None
            else f"{tongue.say('cel', 'target')} {_written(kpi, kpi.target, tongue)}",
            change=""
            if kpi.previous_value is None
            else f"{change(tongue, kpi.unit, kpi.known, kpi.previous_value)} "
            + tongue.say("do poprzedniego okresu", "on the period before"),
            status=_status(kpi, tongue)[0],
            status_word=_status(kpi, tongue)[1],
        )
        for kpi in sorted(spoken, key=lambda kpi: kpi.target is None)[:TILES]
    )


def distance(kpi: Kpi) -> Decimal | None:
    """How much better than its target it is, in percent of the target; None: it cannot be said."""
    if kpi.known is None or not kpi.target:
        return None
    gap = kpi.known - kpi.target if kpi.direction == "higher" else kpi.target - kpi.known
    return 100 * gap / kpi.target


def _distances(kpis: Sequence[Kpi], tongue: Tongue) -> list[Block]:
    rows = [
        (_label(kpi, tongue), float(far), tongue.signed(far, 1) + "%")
        for kpi in kpis
        if (far := distance(kpi)) is not None
    ]
    if len(rows) < 2:
        return []
    said = "; ".join(f"{label}: {written}" for label, _, written in rows)
    title = tongue.say(
        "Odległość od celu, w procentach celu", "Distance from target, in percent of the target"
    )
    drawing = draw_distances(
        rows, f"{title}. {said}.", (tongue.say("gorzej", "worse"), tongue.say("lepiej", "better"))
    )
    return [Figure(title=title, drawing=drawing, table="kpis")]


def _table(inputs: Inputs, tongue: Tongue) -> Table:
    return Table(
        name="kpis",
        title=tongue.say("Wszystkie wskaźniki", "All key figures"),
        columns=tuple(
            tongue.say(*names)
            for names in (
                ("Wskaźnik", "Key figure"),
                ("Wynik", "Value"),
                ("Cel", "Target"),
                ("Ocena", "Status"),
                ("Poprzednio", "Before"),
                ("Trend", "Trend"),
                ("Obserwacje", "Observations"),
            )
        ),
        rows=tuple(_row(kpi, tongue) for kpi in inputs.kpis),
    )


def _row(kpi: Kpi, tongue: Tongue) -> tuple[Cell, ...]:
    status, word = _status(kpi, tongue)
    return (
        text(_label(kpi, tongue)),
        _cell(kpi, kpi.known, tongue),
        _cell(kpi, kpi.target, tongue),
        judged(word, status),
        _cell(kpi, kpi.previous_value, tongue),
        text(_verdict(kpi, tongue)),
        count(tongue, kpi.sample_count),
    )


def _cell(kpi: Kpi, number: Decimal | None, tongue: Tongue) -> Cell:
    return Cell(value(tongue, kpi.unit, number).raw, _written(kpi, number, tongue))


def _written(kpi: Kpi, number: Decimal | None, tongue: Tongue) -> str:
    """As everywhere, but of thousands no grosze."""
    if kpi.unit == "money" and number is not None and abs(number) >= 100_000:
        return tongue.money(number, 0)
    return tongue.value(kpi.unit, number)
