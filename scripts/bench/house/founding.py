"""Founds a house on an instance of its own, with a bar of progress for whoever watches."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scripts.bench.house.building import TABLES, build
from scripts.bench.house.integrity import check_references
from scripts.bench.house.lanes import lanes
from scripts.bench.house.ledgers import FILLED, fill_ledgers
from scripts.bench.house.loading import (
    filling,
    rebuild_indexes,
    rest_indexes,
    without_guards,
    writing,
)
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan
from scripts.bench.house.rollups import roll_up
from scripts.bench.house.samples import SAMPLES, make_months

PEOPLE = (
    "public.desks", "public.profiles", "public.staff_members", "public.vip_client_profiles",
    "public.client_tier_periods",
)  # fmt: skip
DERIVED = (*FILLED, "private.metric_rollups", "private.metric_dirt", "private.ledger_dirt")
CHECKED_ROWS = 200_000
"""Of each table about so many rows are asked whether what they name is there."""


class Clock:
    """Laps."""

    def __init__(self) -> None:
        """Starts now."""
        self.laps: dict[str, float] = {}
        self._begun = time.perf_counter()

    def lap(self, name: str) -> None:
        """Seconds since the last lap."""
        now = time.perf_counter()
        self.laps[name], self._begun = now - self._begun, now


@dataclass(frozen=True, kw_only=True)
class Founded:
    """The people, and how long it took: seconds of loading, of indexes, of checks, of roll-ups."""

    people: People
    rows: int
    seconds: dict[str, float]


def found(admin_db_url: str, plan: Plan) -> Founded:
    """Loads, indexes, checks and rolls up.

    Raises BrokenReferenceError where a row names what is not there.
    """
    columns = (
        TextColumn("{task.description:<32}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    with (
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
        filling(admin_db_url) as db,
        writing(admin_db_url) as other,
    ):
        return _found([db, other], plan, progress)


def _found(dbs: Sequence[psycopg.Connection], plan: Plan, progress: Progress) -> Founded:
    db = dbs[0]
    tables = [*TABLES, *make_months(db, plan)]
    clock = Clock()
    rest_indexes(db, tables)
    people, rows = _load(dbs, plan, progress)
    clock.lap("rows")
    for table in progress.track([*tables, *PEOPLE], description="indexes"):
        rebuild_indexes(db, table)
    clock.lap("indexes")
    for table in progress.track([*TABLES, *PEOPLE, SAMPLES], description="references"):
        check_references(db, table, CHECKED_ROWS)
    clock.lap("references")
    for steps in (fill_ledgers(db, plan), roll_up(db)):
        task = progress.add_task("", total=None)
        for step in steps:
            progress.update(task, description=step, advance=1)
        progress.remove_task(task)
    for table in DERIVED:
        rebuild_indexes(db, table)
    clock.lap("roll-ups")
    return Founded(people=people, rows=rows, seconds=clock.laps)


def _load(dbs: Sequence[psycopg.Connection], plan: Plan, progress: Progress) -> tuple[People, int]:
    task = progress.add_task("rows", total=plan.rows)
    total = 0

    def told(table: str, rows: int) -> None:
        nonlocal total
        total += rows
        progress.update(task, description=table, completed=total)

    with without_guards(dbs[0], TABLES), lanes(dbs, told) as write:
        people = build(dbs[0], plan, write)
    progress.update(task, description="rows", total=total)
    return people, total
