"""The orchestrator's workers on a plain connection: the real handlers and store, without HTTP."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson
import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from lib.events import Job
from lib.orchestrator.models.routing import RoutingDecision
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.routing import route
from lib.store.orchestrator.routing import OrchestratorStore, supabase_orchestrator_store
from tests.support.acting import acting_as
from workers.orchestrator.backlog import backlog
from workers.orchestrator.routing import routing

POLICY = RoutingPolicy()
ROUTING = "orchestrator.routing"
BACKLOG = "orchestrator.backlog"


class DatabaseRpc:
    """Calls functions of schema `worker` as PostgREST would: by name, as service_role."""

    def __init__(self, db: psycopg.Connection) -> None:
        self._db = db

    async def call(self, function: str, params: Mapping[str, Any]) -> Any:
        with acting_as(self._db, "service_role"):
            return call(self._db, function, params)


def call(db: psycopg.Connection, function: str, params: Mapping[str, Any]) -> Any:
    """The jsonb that `worker.<function>` answers."""
    row = db.execute(statement(function, params), values(params)).fetchone()
    assert row is not None
    return row[0]


def statement(function: str, params: Mapping[str, Any]) -> SQL:
    named = [SQL("{} => %s").format(Identifier(name)) for name in params]
    call = SQL("select worker.{}({})").format(Identifier(function), SQL(", ").join(named))
    return cast("SQL", call)


def values(params: Mapping[str, Any]) -> list[Any]:
    return [_value(value) for value in params.values()]


def _value(value: Any) -> Any:
    plain = (str, int, float, UUID, datetime, Jsonb, type(None))
    is_list = isinstance(value, list) and all(isinstance(item, UUID | datetime) for item in value)
    return value if is_list or isinstance(value, plain) else Jsonb(value, dumps=orjson.dumps)


def a_store(db: psycopg.Connection) -> OrchestratorStore:
    return supabase_orchestrator_store(cast("Any", DatabaseRpc(db)))


def claim(db: psycopg.Connection, worker: str = ROUTING, limit: int = 200) -> list[Job]:
    """Leases to a replica of its own each time."""
    with acting_as(db, "service_role"):
        answer = call(db, "claim_jobs", {"p_replica": "test", "p_wants": {worker: limit}})
    return jobs_of(answer, worker)


def jobs_of(answer: Mapping[str, Any], worker: str) -> list[Job]:
    return [
        Job(job_id, fence, worker, attempt, event_id, kind, subject and UUID(subject), payload, at)
        for job_id, fence, attempt, event_id, kind, subject, payload, at in answer["jobs"].get(
            worker, []
        )
    ]


def run_routing(db: psycopg.Connection) -> dict[UUID | None, str]:
    """One batch from claim to write; the result by ticket."""
    return _run(db, claim(db), routing(a_store(db), POLICY).handle)


def run_backlog(db: psycopg.Connection) -> dict[UUID | None, str]:
    return _run(db, claim(db, BACKLOG), backlog(a_store(db)).handle)


def _run(db: psycopg.Connection, jobs: list[Job], handle: Any) -> dict[UUID | None, str]:
    if not jobs:
        return {}
    results = asyncio.run(handle(jobs))
    return {job.subject_id: results[job.id] for job in jobs}


def decide(db: psycopg.Connection, jobs: list[Job]) -> dict[UUID, RoutingDecision]:
    """The first half of a batch: what a router would write if nothing changed meanwhile."""
    ids = [job.subject_id for job in jobs if job.subject_id]
    contexts = asyncio.run(a_store(db).routing_contexts(ids))
    return {decision.ticket_id: decision for decision in route(contexts, POLICY)}


def record(
    db: psycopg.Connection, jobs: list[Job], decisions: Mapping[UUID, RoutingDecision]
) -> dict[UUID | None, str]:
    """The second half."""
    results = asyncio.run(a_store(db).record_routing(jobs, decisions))
    return {job.subject_id: results[job.id] for job in jobs}
