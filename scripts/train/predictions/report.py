"""What the ladder decided, as tables people read."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from lib.intelligence.prediction.training import Learnt


def table_of_models(learnt: Sequence[Learnt]) -> Table:
    """One line a type: who speaks, learnt from what, how good on the hold-out."""
    table = Table(title="Who speaks")
    for column in ("prediction", "rung", "window", "clients", "learnt from", "judged on"):
        table.add_column(column)
    for column in ("Brier", "base", "AUC", "ECE"):
        table.add_column(column, justify="right")
    for each in learnt:
        row, found = each.model, each.model["metrics"]
        table.add_row(
            row["prediction_type"],
            row["rung"],
            row["learnt_window"],
            str(row["client_count"]),
            str(row["learnt_count"]),
            str(row["judged_count"]),
            *(_number(found, name) for name in ("brier", "base_brier", "auc", "ece")),
        )
    return table


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
