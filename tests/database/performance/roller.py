"""Rolling up on a plain connection, and what stands in the cells afterwards."""

import asyncio
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import psycopg

from lib.events import Job
from lib.performance.rollups import RollupPolicy
from lib.store.performance.rollups import supabase_rollup_store
from tests.database.orchestrator.router import claim
from tests.database.performance.alerter import DatabaseRpc, tick
from tests.support.acting import acting_as
from workers.performance.rollups import rollups


def roll(db: psycopg.Connection) -> None:
    """Everything that is stale is rolled, in rounds of any size."""
    left = 1
    while left:
        with acting_as(db, "service_role"):
            row = db.execute("select worker.roll_metrics(500, 3000)").fetchone()
        assert row
        left = row[0]["left"]


def run_rollups(db: psycopg.Connection, policy: RollupPolicy) -> list[Job]:
    """A minute passes and a while more, and the worker's jobs are done; answers them."""
    tick(db)
    db.execute("update private.jobs set ready_at = now() where worker = 'performance.rollups'")
    jobs = claim(db, "performance.rollups")
    handle: Any = rollups(supabase_rollup_store(cast("Any", DatabaseRpc(db))), policy).handle
    assert set(asyncio.run(handle(jobs)).values()) == {"recorded"}
    return jobs


def mark_count(db: psycopg.Connection) -> int:
    """How many marks there are."""
    row = db.execute("select count(*) from private.metric_dirt").fetchone()
    assert row
    return cast("int", row[0])


def cells(
    db: psycopg.Connection, metric: str, desk_id: UUID | None, grain: str
) -> dict[datetime, int]:
    """Where cells begin, and how many observations are in each."""
    rows = db.execute(
        "select begins_at, sample_count from private.metric_rollups where metric = %s"
        " and grain = %s and desk_id is not distinct from %s order by begins_at",
        [metric, grain, desk_id],
    )
    return dict(rows.fetchall())
