"""`luxury bench`: how fast it is, beside others and beside its goals."""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.status import Status

from scripts.bench import (
    brand,
    calendars,
    claims,
    measurement,
    own_tickets,
    queue,
    requests,
    rollups,
    routing,
    scoring,
    timeline,
)
from scripts.bench.findings import Finding
from scripts.bench.ground import Ground
from scripts.bench.table import as_json, as_table
from scripts.commands.stack import told
from scripts.stack import control
from scripts.stack.state import StackState

INSTANCE = "bench"
PAPER_WIDTH = 150
Measure = Callable[[Ground], Coroutine[Any, Any, list[Finding]]]
QUESTIONS: Mapping[str, Measure] = {
    "queue": queue.measure,
    "routing": routing.measure,
    "claims": claims.measure,
    "own_tickets": own_tickets.measure,
    "calendars": calendars.measure,
    "brand": brand.measure,
    "timeline": timeline.measure,
    "scoring": scoring.measure,
    "requests": requests.measure,
    "rollups": rollups.measure,
    "measurement": measurement.measure,
}


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Any of {', '.join(QUESTIONS)}; all by default.")
    ] = None,
    *,
    quick: Annotated[bool, typer.Option(help="A tenth of the size, one round.")] = False,
    tickets: Annotated[
        int, typer.Option(min=200, help="measurement: tickets of the large house.")
    ] = measurement.TICKETS,
    small: Annotated[
        int, typer.Option(min=200, help="measurement: tickets of the small house.")
    ] = measurement.SMALL,
    as_data: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Measure on an instance of its own and print one table: ratios, goals, met or short."""
    chosen = names or list(QUESTIONS)
    if unknown := [name for name in chosen if name not in QUESTIONS]:
        raise typer.BadParameter(f"{', '.join(unknown)}; there are {', '.join(QUESTIONS)}")
    with told():
        sized = partial(measurement.measure, tickets=tickets, small=small)
        questions: dict[str, Measure] = {**QUESTIONS, "measurement": sized}
        findings = _measured({name: questions[name] for name in chosen}, is_quick=quick)
    if as_data:
        typer.echo(json.dumps([as_json(finding) for finding in findings], indent=2))
    else:
        console = Console()
        wide = console if console.is_terminal else Console(width=PAPER_WIDTH)
        wide.print(as_table(findings))


def _measured(chosen: Mapping[str, Measure], *, is_quick: bool) -> list[Finding]:
    progress = Console(stderr=True)
    with progress.status("starting Supabase") as status:
        state = _start()
        try:
            return [
                line
                for name, measure in chosen.items()
                for line in _answer(name, measure, state, status, is_quick=is_quick)
            ]
        finally:
            status.update("stopping")
            control.stop(INSTANCE)
            control.forget(INSTANCE)


def _answer(
    name: str, measure: Measure, state: StackState, status: Status, *, is_quick: bool
) -> list[Finding]:
    ground = Ground(
        state=state, is_quick=is_quick, note=lambda text: status.update(f"{name}: {text}")
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(ground))


def _start() -> StackState:
    os.environ.setdefault("STACK_API_PORT", "0")
    os.environ.setdefault("STACK_DB_PORT", "0")
    control.stop(INSTANCE)
    control.forget(INSTANCE)
    return control.start_detached(INSTANCE)
