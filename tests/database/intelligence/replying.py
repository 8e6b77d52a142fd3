"""Drafts of answers on a plain connection: the real worker, with or without a service."""

import asyncio
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from lib.intelligence.models.replies import ReplyContexts
from lib.store.ai_client import AskAi
from lib.store.intelligence.replies import ReplyStore, supabase_reply_store
from tests.database.orchestrator.router import DatabaseRpc, claim
from workers.intelligence.replies import replies

REPLIES = "intelligence.replies"


def a_store(db: psycopg.Connection) -> ReplyStore:
    return supabase_reply_store(cast("Any", DatabaseRpc(db)))


def read(db: psycopg.Connection, draft_id: UUID) -> ReplyContexts:
    return asyncio.run(a_store(db).reply_contexts([draft_id]))


def run_replies(db: psycopg.Connection, ask: AskAi | None = None) -> list[str]:
    """One batch from claim to write; the results in the order of events."""
    db.execute("select set_config('luxury.causes', '', true)")
    jobs = claim(db, REPLIES)
    if not jobs:
        return []
    results = asyncio.run(cast("Any", replies(a_store(db), ask).handle(jobs)))
    return [results[job.id] for job in jobs]


def draft(db: psycopg.Connection, draft_id: UUID | str) -> dict[str, Any]:
    with db.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(
            "select * from public.reply_drafts where id = %s", [draft_id]
        ).fetchone()
    assert found is not None
    return found
