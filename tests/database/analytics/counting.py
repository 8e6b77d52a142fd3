"""Resolved tickets at moments of our choosing, and the analytics' workers on a plain connection."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg

from lib.events import Job
from lib.store.analytics.ledgers import supabase_ledger_store
from tests.database.orchestrator.router import DatabaseRpc
from tests.factories import a_ticket
from workers.analytics.ledgers import ledgers


def a_resolved_ticket(
    db: psycopg.Connection,
    client_id: UUID,
    resolved_at: datetime,
    *,
    channel: str = "chat",
    hours: float = 1,
) -> UUID:
    """A ticket that was opened so many hours before it was resolved."""
    ticket_id = a_ticket(db, client_id, channel=channel)
    db.execute(
        "update public.support_tickets set opened_at = %(opened)s, first_response_due_at ="
        " %(opened)s + interval '1 min', status = 'resolved', resolved_at = %(resolved)s,"
        " last_message_at = %(resolved)s where id = %(id)s",
        {
            "opened": resolved_at - timedelta(hours=hours),
            "resolved": resolved_at,
            "id": ticket_id,
        },
    )
    return ticket_id


def worked_on(
    db: psycopg.Connection,
    ticket_id: UUID,
    agent_id: UUID,
    taken_at: datetime,
    ended_at: datetime,
    state: str = "completed",
) -> None:
    """Somebody had the ticket in hand from then until then."""
    db.execute(
        "insert into public.ticket_assignments (ticket_id, cycle, agent_id, state, load_units,"
        " tier, is_live, wait_seconds, offered_at, answered_at, ended_at)"
        " values (%s, 1, %s, %s, 2, 'standard', true, 0, %s, %s, %s)",
        [ticket_id, agent_id, state, taken_at - timedelta(hours=1), taken_at, ended_at],
    )


def keep(db: psycopg.Connection) -> None:
    """The worker makes every marked client's ledgers again."""
    handle: Any = ledgers(supabase_ledger_store(cast("Any", DatabaseRpc(db)))).handle
    job = Job(1, 1, "analytics.ledgers", 1, 1, "clock.minutely", None, {}, datetime.now(UTC))
    assert asyncio.run(handle([job])) == {1: "recorded"}


def parts(db: psycopg.Connection, model: str, item_id: UUID) -> dict[UUID, int]:
    """Ticket by ticket, what the model owes to it of a purchase or renewal, in grosze."""
    rows = db.execute(
        "select ticket_id, sum(net_minor)::integer from private.attributed_revenue"
        " where model = %s and item_id = %s group by 1",
        [model, item_id],
    )
    return dict(rows.fetchall())
