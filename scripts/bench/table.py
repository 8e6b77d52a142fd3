"""The table of `luxury bench`."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from scripts.bench.findings import Finding


def as_table(findings: Sequence[Finding]) -> Table:
    """One line per finding: value, ratio, goal, met or short."""
    table = Table(box=None, pad_edge=False)
    for column in ("what", "measured", "", "ratio", "beside", "goal", ""):
        is_figure = column in ("measured", "ratio", "goal")
        table.add_column(column, justify="right" if is_figure else "left", no_wrap=True)
    for finding in findings:
        table.add_row(
            f"{finding.question}: {finding.what}",
            _figure(finding.value),
            finding.unit,
            f"{finding.ratio:,.2f}" if finding.ratio is not None else "",
            finding.beside,
            f"{finding.goal.side} {finding.goal.bound:,g}" if finding.goal else "",
            _verdict(finding),
        )
    return table


def as_json(finding: Finding) -> dict[str, Any]:
    """The same for programs."""
    return {
        "question": finding.question,
        "what": finding.what,
        "value": finding.value,
        "unit": finding.unit,
        "beside": finding.beside or None,
        "ratio": finding.ratio,
        "goal": f"{finding.goal.side} {finding.goal.bound:g}" if finding.goal else None,
        "is_met": finding.is_met,
    }


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"


def _verdict(finding: Finding) -> Text:
    if finding.is_met is None:
        return Text("")
    return Text("met", style="green") if finding.is_met else Text("short", style="red")
