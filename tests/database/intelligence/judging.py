"""Triage and sentiment on a plain connection: the real models, handlers and stores."""

import asyncio
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from lib.events import Job
from lib.intelligence.models.triage import TriageContexts
from lib.intelligence.triage import TriagePolicy, triage
from lib.store.intelligence.sentiment import supabase_sentiment_store
from lib.store.intelligence.triage import TriageStore, supabase_triage_store
from tests.database.orchestrator.router import DatabaseRpc, claim
from workers.intelligence.sentiment import sentiment
from workers.intelligence.triage import triage as triage_worker

POLICY = TriagePolicy()
TRIAGE, SENTIMENT = "intelligence.triage", "intelligence.sentiment"


def a_store(db: psycopg.Connection) -> TriageStore:
    return supabase_triage_store(cast("Any", DatabaseRpc(db)))


def run_triage(db: psycopg.Connection) -> list[str]:
    """One batch from claim to write; the results in the order of events."""
    return _run(claim(db, TRIAGE), triage_worker(a_store(db), POLICY).handle)


def run_sentiment(db: psycopg.Connection) -> list[str]:
    store = supabase_sentiment_store(cast("Any", DatabaseRpc(db)))
    return _run(claim(db, SENTIMENT), sentiment(store).handle)


def read(db: psycopg.Connection, jobs: list[Job]) -> TriageContexts:
    """The first half of a batch."""
    ids = [UUID(job.payload["message_id"]) for job in jobs]
    return asyncio.run(a_store(db).triage_contexts(ids))


def record(db: psycopg.Connection, jobs: list[Job], contexts: TriageContexts) -> list[str]:
    """The second half: what follows from what was read before."""
    results = asyncio.run(a_store(db).record_triage(jobs, triage(contexts, POLICY)))
    return [results[job.id] for job in jobs]


def judgement(db: psycopg.Connection, message_id: UUID) -> dict[str, Any]:
    return _row(db, "select * from public.message_judgements where message_id = %s", message_id)


def ticket(db: psycopg.Connection, ticket_id: UUID) -> dict[str, Any]:
    return _row(db, "select * from public.support_tickets where id = %s", ticket_id)


def suggestions(db: psycopg.Connection, ticket_id: UUID) -> dict[str, tuple[str, str]]:
    """Value and state by field."""
    rows = db.execute(
        "select field, value, state from public.ticket_suggestions where ticket_id = %s",
        [ticket_id],
    ).fetchall()
    return {field: (value, state) for field, value, state in rows}


def events(db: psycopg.Connection, kind: str) -> list[dict[str, Any]]:
    rows = db.execute(
        "select payload from public.events where kind = %s and occurred_at = now() order by id",
        [kind],
    ).fetchall()
    return [payload for (payload,) in rows]


def _row(db: psycopg.Connection, statement: LiteralString, row_id: UUID) -> dict[str, Any]:
    with db.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(statement, [row_id]).fetchone()
    assert found is not None
    return found


def _run(jobs: list[Job], handle: Any) -> list[str]:
    if not jobs:
        return []
    results = asyncio.run(handle(jobs))
    return [results[job.id] for job in jobs]
