"""One rescuer from timer to write, and time that passes without anybody waiting for it."""

import asyncio
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import psycopg

from lib.events import Job
from lib.orchestrator.models.rescue import RescuePlan
from lib.orchestrator.rescue import RescuePolicy, rescue
from lib.store.orchestrator.rescue import RescueStore, supabase_rescue_store
from tests.database.orchestrator.router import DatabaseRpc, call, claim
from tests.support.acting import acting_as
from workers.orchestrator.rescue import rescuing

POLICY = RescuePolicy()
RESCUE = "orchestrator.rescue"


def a_store(db: psycopg.Connection) -> RescueStore:
    return supabase_rescue_store(cast("Any", DatabaseRpc(db)))


def work_alone(db: psycopg.Connection) -> None:
    """Until the rollback there are no timers and no doubts but the test's own."""
    db.execute("delete from private.timers")
    db.execute("delete from private.jobs where worker = %s", [RESCUE])


# Whoever was born in the test's own transaction.
OURS = "(select id from public.profiles where created_at = now())"
AGEING = (
    "update public.staff_members set state_changed_at = state_changed_at - %(by)s,"
    " left_at = left_at - %(by)s, steady_at = steady_at - %(by)s,"
    " returned_at = returned_at - %(by)s, recent_changes_at = array("
    "  select at - %(by)s from unnest(recent_changes_at) change (at))"
    f" where id in {OURS}",
    "update public.ticket_assignments set offered_at = offered_at - %(by)s,"
    " expires_at = expires_at - %(by)s, answered_at = answered_at - %(by)s,"
    f" ended_at = ended_at - %(by)s where agent_id in {OURS}",
    "update public.staff_absences set starts_at = starts_at - %(by)s,"
    " ends_at = ends_at - %(by)s, created_at = created_at - %(by)s"
    f" where staff_id in {OURS}",
    "update public.ticket_events set occurred_at = occurred_at - %(by)s where ticket_id in"
    f" (select id from public.support_tickets where client_id in {OURS})",
    "update public.ticket_messages set created_at = created_at - %(by)s where ticket_id in"
    f" (select id from public.support_tickets where client_id in {OURS})",
    "update public.support_tickets set opened_at = opened_at - %(by)s,"
    " assigned_at = assigned_at - %(by)s,"
    " first_response_due_at = first_response_due_at - %(by)s,"
    f" first_responded_at = first_responded_at - %(by)s where client_id in {OURS}",
    "update private.timers set due_at = due_at - %(by)s",
)


def time_passes(db: psycopg.Connection, seconds: float) -> None:
    """As if all that is known of presence, offers and timers had happened so much earlier."""
    for statement in AGEING:
        db.execute(statement.encode(), {"by": timedelta(seconds=seconds)})


def fire(db: psycopg.Connection) -> int:
    """Timers that are due become events; how many."""
    with acting_as(db, "service_role"):
        fired: int = call(db, "fire_timers", {"p_limit": 10_000})["fired"]
    return fired


def run_rescue(db: psycopg.Connection) -> dict[UUID | None, str]:
    """Fires what is due, then one batch from claim to write; the result by subject."""
    fire(db)
    jobs = claim(db, RESCUE)
    if not jobs:
        return {}
    results = asyncio.run(rescuing(a_store(db), POLICY).handle(jobs))
    return {job.subject_id: results[job.id] for job in jobs}


def plan(db: psycopg.Connection, jobs: list[Job]) -> RescuePlan:
    """The first half of a batch: what would be written if nothing changed meanwhile."""
    ids = [job.subject_id for job in jobs if job.subject_id]
    return rescue(asyncio.run(a_store(db).rescue_contexts(ids)), POLICY)


def record(db: psycopg.Connection, jobs: list[Job], made: RescuePlan) -> dict[UUID | None, str]:
    """The second half."""
    results = asyncio.run(a_store(db).record_rescue(jobs, made))
    return {job.subject_id: results[job.id] for job in jobs}


def decisions(db: psycopg.Connection, ticket: UUID) -> list[tuple[str, str, str]]:
    """Cause, action and reason of each decision about the ticket, in order."""
    return db.execute(
        "select cause, action, reason from public.rescue_decisions where ticket_id = %s"
        " order by id",
        [ticket],
    ).fetchall()


def assignee(db: psycopg.Connection, ticket: UUID) -> UUID | None:
    row = db.execute(
        "select assignee_id from public.support_tickets where id = %s", [ticket]
    ).fetchone()
    assert row is not None
    found: UUID | None = row[0]
    return found


def presence(db: psycopg.Connection, agent: UUID, state: str) -> Any:
    return call_as(db, agent, "select public.set_presence(%s)", state)


def pending_timers(db: psycopg.Connection, subject: UUID) -> set[str]:
    rows = db.execute("select kind from private.timers where subject_id = %s", [subject])
    return {kind for (kind,) in rows}


def call_as(db: psycopg.Connection, person: UUID, statement: str, *values: object) -> Any:
    """What the statement answers the person."""
    with acting_as(db, "authenticated", person):
        row = db.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row[0]
