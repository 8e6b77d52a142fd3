"""A desk's history at moments of our choosing, and the sampling worker on a plain connection."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg

from lib.events import Job
from lib.store.performance.metrics import supabase_metric_store
from tests.database.orchestrator.chronicle import a_survey
from tests.database.orchestrator.router import claim
from tests.database.performance.alerter import DatabaseRpc, tick
from tests.factories import a_ticket
from workers.performance.metrics import metrics


def a_cycle(
    db: psycopg.Connection,
    client_id: UUID,
    desk_id: UUID,
    began_at: datetime,
    *,
    response_seconds: float,
    resolve_seconds: float,
    assignees: Sequence[UUID] = (),
    answers: int = 1,
    channel: str = "chat",
) -> UUID:
    """A ticket that began, was answered and resolved then; each assignee had it in turn."""
    ticket_id = a_ticket(db, client_id, desk_id=desk_id, channel=channel)
    for assignee_id in assignees:
        take_up(db, ticket_id, assignee_id)
    resolved_at = began_at + timedelta(seconds=resolve_seconds)
    db.execute(
        "update public.support_tickets set opened_at = %(began)s, first_response_due_at ="
        " %(began)s + interval '1 min', first_responded_at = %(answered)s, status = 'resolved',"
        " assigned_at = case when assigned_at is not null then %(began)s::timestamptz end,"
        " resolved_at = %(resolved)s, last_message_at = %(resolved)s where id = %(id)s",
        {
            "began": began_at,
            "answered": began_at + timedelta(seconds=response_seconds),
            "resolved": resolved_at,
            "id": ticket_id,
        },
    )
    for number in range(answers):
        db.execute(
            "insert into public.ticket_messages (ticket_id, author_kind, body, created_at,"
            " author_id) values (%s, 'agent', 'Dzień dobry', %s, %s)",
            [ticket_id, began_at + timedelta(seconds=number + 1), assignees[0]],
        )
    return ticket_id


def take_up(db: psycopg.Connection, ticket_id: UUID, assignee_id: UUID) -> None:
    """The agent gets the ticket and accepts it."""
    db.execute(
        "update public.support_tickets set status = 'assigned', assignee_id = %s,"
        " assigned_at = now() where id = %s",
        [assignee_id, ticket_id],
    )
    db.execute(
        "update public.ticket_assignments set state = 'accepted', answered_at = now()"
        " where ticket_id = %s and ended_at is null",
        [ticket_id],
    )


def reopen(db: psycopg.Connection, ticket_id: UUID, at: datetime) -> None:
    """The client comes back: another cycle, which is still open."""
    db.execute(
        "update public.support_tickets set cycle = cycle + 1, status = 'open',"
        " reopened_at = %(at)s, first_response_due_at = %(at)s + interval '1 min',"
        " first_responded_at = null, assignee_id = null, assigned_at = null, resolved_at = null,"
        " resolution = null where id = %(id)s",
        {"at": at, "id": ticket_id},
    )


def a_promise(db: psycopg.Connection, ticket_id: UUID, at: datetime, *, is_kept: bool) -> None:
    """A promise of the first cycle that was kept, or broken, at that moment."""
    db.execute(
        "insert into public.ticket_promises (ticket_id, cycle, kind, state, tier, target_seconds,"
        " started_at, due_at, met_at, ended_at, end_cause, breached_at)"
        " values (%(id)s, 1, 'next_response', %(state)s, 'vip_gold', 60,"
        " %(at)s::timestamptz - interval '1 min', %(at)s, %(met)s, %(at)s, 'answered',"
        " %(breached)s)",
        {
            "id": ticket_id,
            "at": at,
            "state": "met" if is_kept else "breached",
            "met": at if is_kept else None,
            "breached": None if is_kept else at,
        },
    )


def a_rating(
    db: psycopg.Connection, client_id: UUID, ticket_id: UUID, at: datetime, csat: int
) -> None:
    """The answer to the ticket's survey."""
    db.execute("delete from public.surveys where ticket_id = %s", [ticket_id])
    a_survey(db, client_id, ticket_id, at - timedelta(hours=1))
    db.execute(
        "update public.surveys set state = 'answered', answered_through = 'link',"
        " answered_at = %s, csat = %s where ticket_id = %s",
        [at, csat, ticket_id],
    )


def run_metrics(db: psycopg.Connection) -> list[Job]:
    """A minute passes, and all jobs of the worker are done in one batch; answers them."""
    tick(db)
    jobs = claim(db, "performance.metrics")
    handle: Any = metrics(supabase_metric_store(cast("Any", DatabaseRpc(db)))).handle
    assert set(asyncio.run(handle(jobs)).values()) == {"recorded"}
    return jobs


def samples(db: psycopg.Connection, metric: str, desk_id: UUID | None) -> list[Any]:
    """Values and moments of the samples of a desk (None: the house), in order."""
    return db.execute(
        "select value, measured_at from public.performance_metrics where metric_name = %s"
        " and desk_id is not distinct from %s order by measured_at",
        [metric, desk_id],
    ).fetchall()
