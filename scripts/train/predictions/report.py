"""What the ladder decided, as tables people read."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from lib.intelligence.prediction.training import Learnt


def table_of_models(learnt: Sequence[Learnt]) -> Table:
    """A line for who speaks of each type, one for who challenges: how good on the hold-out."""
    table = Table(title="Who speaks, who challenges in shadow")
    for column in ("prediction", "as", "rung", "window", "cases", "learnt from", "judged on"):
        table.add_column(column)
    for column in ("Brier", "base", "AUC", "ECE"):
        table.add_column(column, justify="right")
    for each in learnt:
        table.add_row(*_cells("champion", each.model))
        if each.challenger:
            table.add_row(*_cells("challenger", each.challenger))
    return table


def _cells(status: str, row: Mapping[str, Any]) -> list[str]:
    words = [row["prediction_type"], status, row["rung"], row["learnt_window"]]
    counts = [str(row[name]) for name in ("client_count", "learnt_count", "judged_count")]
    figures = ("brier", "base_brier", "auc", "ece")
    return [*words, *counts, *(_number(row["metrics"], name) for name in figures)]


def table_of_trials(learnt: Sequence[Learnt]) -> Table:
    """One line for everybody who stood at the gate, those turned away too."""
    table = Table(title="At the gate")
    for column in ("prediction", "candidate", "window", "against"):
        table.add_column(column)
    for column in ("outcomes", "Brier", "gain", "lower end"):
        table.add_column(column, justify="right")
    table.add_column("verdict")
    for each in learnt:
        for trial in each.trials:
            table.add_row(
                each.model["prediction_type"],
                trial["candidate"],
                trial["learnt_window"],
                trial["challenged"],
                str(trial["outcome_count"]),
                *(_number(trial, name) for name in ("brier", "gain", "bound")),
                trial["verdict"].replace("_", " "),
            )
    return table


def _number(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    return "" if value is None else f"{value:.4f}"
