"""`luxury evaluate`: how good the shipped models and rules are, beside their goals."""

import json
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from scripts.evaluate.report import Report

PAPER_WIDTH = 150
TASKS = {
    "sentiment": "scripts.evaluate.sentiment",
    "triage": "scripts.evaluate.triage",
    "language": "scripts.evaluate.language",
    "churn": "scripts.evaluate.churn",
    "promotion": "scripts.evaluate.promotion",
    "brand": "scripts.evaluate.brand",
}
"""Modules with `goals() -> Report` and `judge_file(path: Path) -> Report`."""


def evaluate(
    *,
    task: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(TASKS)}; all by default.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A file of your own, in the task's format.", exists=True)
    ] = None,
    rules: Annotated[bool, typer.Option(help="List the rules of the task brand.")] = False,
    as_data: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print the table of goals, or how a task fares on a file of yours.

    sentiment: tab separated text, label (negative, neutral, positive, ambiguous), language. churn:
    client and date (19970101) of each visit, separated by spaces, as in CDNOW_master.txt.
    """
    if task is not None and task not in TASKS:
        raise typer.BadParameter(f"There is no task {task}; there are {', '.join(TASKS)}.")
    if data is not None and task is None:
        raise typer.BadParameter("Say --task: the file's format depends on it.")
    if rules and task != "brand":
        raise typer.BadParameter("Only --task brand lists rules.")
    names = [task] if task else list(TASKS)
    reports = [_list_rules(name) if rules else _run(name, data) for name in names]
    if as_data:
        typer.echo(json.dumps([report.as_json() for report in reports], indent=2))
        return
    console = Console()
    wide = console if console.is_terminal else Console(width=PAPER_WIDTH)
    for report in reports:
        report.print(wide)
    if any(report.is_unusable for report in reports):
        raise typer.Exit(1)


def _list_rules(name: str) -> Report:
    report: Report = import_module(TASKS[name]).rules()
    return report


def _run(name: str, data: Path | None) -> Report:
    module = import_module(TASKS[name])
    report: Report = module.judge_file(data) if data else module.goals()
    return report
