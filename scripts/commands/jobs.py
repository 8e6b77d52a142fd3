"""`luxury jobs`: look at jobs, and give dead ones another chance."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from lib.store.foundation import Row, supabase_foundation_store
from lib.store.rpc import Rpc
from scripts.commands.project import AsJson, Instance, ask

app = typer.Typer(help="Jobs: list, show, retry dead ones.", no_args_is_help=True)

MOST = 1000


class State(StrEnum):
    """States of a job; finished jobs are gone."""

    PENDING = "pending"
    DELAYED = "delayed"
    RUNNING = "running"
    EXPIRED = "expired"
    DEAD = "dead"


Worker = Annotated[str | None, typer.Option(help="Only this worker's jobs.")]


@app.command("list")
def list_jobs(
    *,
    state: Annotated[State | None, typer.Option(help="Only jobs in this state.")] = None,
    worker: Worker = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="The oldest so many.")] = 50,
    as_json: AsJson = False,
    instance: Instance = "dev",
) -> None:
    """List the oldest jobs."""

    async def question(rpc: Rpc) -> Sequence[Row]:
        return await supabase_foundation_store(rpc).list_jobs(state, worker, limit)

    rows = ask(instance, question)
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif not rows:
        typer.echo("There are no such jobs.")
    else:
        Console().print(_table(rows))


@app.command("show")
def show_job(
    job_id: Annotated[int, typer.Argument(help="As `luxury jobs list` prints it.")],
    *,
    as_json: AsJson = False,
    instance: Instance = "dev",
) -> None:
    """Show all about one job, and the chain of events that led to it."""

    async def question(rpc: Rpc) -> Row | None:
        return await supabase_foundation_store(rpc).show_job(job_id)

    job = ask(instance, question)
    if job is None:
        typer.echo(f"There is no job {job_id}: it is finished, or there never was one.", err=True)
        raise typer.Exit(1)
    if as_json:
        typer.echo(json.dumps(job, indent=2))
        return
    console = Console()
    console.print(_facts({name: value for name, value in job.items() if name != "causes"}))
    console.print(_causes(job["causes"]))


@app.command("retry")
def retry_jobs(
    job_ids: Annotated[list[int] | None, typer.Argument(help="Ids of dead jobs.")] = None,
    *,
    dead: Annotated[bool, typer.Option("--dead", help="All dead jobs, 1000 at most.")] = False,
    worker: Worker = None,
    as_json: AsJson = False,
    instance: Instance = "dev",
) -> None:
    """Make dead jobs pending again, with all their attempts."""
    if bool(job_ids) == dead:
        raise typer.BadParameter("Name jobs, or say --dead for all of them.")

    async def question(rpc: Rpc) -> Row:
        store = supabase_foundation_store(rpc)
        if job_ids:
            return await store.retry_dead_jobs(job_ids)
        rows = await store.list_jobs("dead", worker, MOST)
        return await store.retry_dead_jobs([row["id"] for row in rows])

    answer = ask(instance, question)
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
    else:
        typer.echo(f"{len(answer['retried'])} jobs are pending again.")
        if answer["missing"]:
            typer.echo(f"Not dead: {', '.join(map(str, answer['missing']))}.", err=True)
    if answer["missing"]:
        raise typer.Exit(1)


def _table(rows: Sequence[Row]) -> Table:
    table = Table(box=None, header_style="bold")
    for column in ("id", "state", "worker", "event", "attempts", "since"):
        table.add_column(column, no_wrap=True)
    table.add_column("error", overflow="fold", min_width=12)
    for row in rows:
        table.add_row(
            str(row["id"]),
            row["state"],
            row["worker"],
            row["kind"],
            f"{row['attempts']}/{row['max_attempts']}",
            _moment(row["occurred_at"])[5:16],
            (row["error"] or "")[:120],
        )
    return table


def _facts(job: Mapping[str, Any]) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in job.items():
        if value is not None:
            table.add_row(name, value if isinstance(value, str) else json.dumps(value))
    return table


def _causes(causes: Sequence[Row]) -> Table:
    table = Table(title="Events that led to it", title_justify="left", box=None)
    for column in ("id", "kind", "subject", "at"):
        table.add_column(column)
    for event in causes:
        subject = str(event["subject_id"] or "")
        table.add_row(str(event["id"]), event["kind"], subject, _moment(event["occurred_at"]))
    return table


def _moment(at: str) -> str:
    return at[:19].replace("T", " ")
