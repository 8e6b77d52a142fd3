"""Promises of a test's own tickets: as they stand, as time passes, and as the worker sees them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from lib.events import Job
from lib.performance.promises import judge
from lib.store.performance.promises import PromiseStore, supabase_promise_store
from tests.database.orchestrator.router import DatabaseRpc, call, claim
from tests.support.acting import acting_as
from workers.performance.promises import promises

WORKER = "performance.promises"
OURS: LiteralString = (
    "(select id from public.support_tickets where client_id in"
    " (select id from public.profiles where created_at = now()))"
)
OUR_PROMISES: LiteralString = f"(select id from public.ticket_promises where ticket_id in {OURS})"
# Promises before tickets: so no ticket seems to have got another due time by hand.
AGEING: tuple[LiteralString, ...] = (
    "update public.ticket_promises set started_at = started_at - %(by)s, due_at = due_at - %(by)s,"
    " next_notice_at = next_notice_at - %(by)s, met_at = met_at - %(by)s,"
    " breached_at = breached_at - %(by)s, ended_at = ended_at - %(by)s"
    f" where ticket_id in {OURS}",
    "update public.promise_spans set starts_at = starts_at - %(by)s, ends_at = ends_at - %(by)s,"
    f" due_at = due_at - %(by)s where promise_id in {OUR_PROMISES}",
    f"update public.ticket_messages set created_at = created_at - %(by)s where ticket_id in {OURS}",
    "update public.support_tickets set opened_at = opened_at - %(by)s,"
    " assigned_at = assigned_at - %(by)s, reopened_at = reopened_at - %(by)s,"
    " resolved_at = resolved_at - %(by)s, closed_at = closed_at - %(by)s,"
    " last_message_at = last_message_at - %(by)s,"
    " first_response_due_at = first_response_due_at - %(by)s,"
    f" first_responded_at = first_responded_at - %(by)s where id in {OURS}",
    f"update private.timers set due_at = due_at - %(by)s where subject_id in {OUR_PROMISES}",
)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A row of ticket_promises, and what its ledger says about its due time."""

    id: UUID
    kind: str
    cycle: int
    state: str
    tier: str
    calendar_id: UUID | None
    target_seconds: int
    started_at: datetime
    due_at: datetime | None
    derived_due_at: datetime | None
    next_notice_at: datetime | None
    timer_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    end_cause: str | None
    causes: list[str]

    @property
    def seconds(self) -> float | None:
        """From the beginning until it is due."""
        return (self.due_at - self.started_at).total_seconds() if self.due_at else None


def promises_of(db: psycopg.Connection, ticket: UUID) -> list[Promise]:
    """All promises of a ticket in the order they began."""
    with db.cursor(row_factory=class_row(Promise)) as cursor:
        return cursor.execute(
            """
            select promise.id, promise.kind, cycle, state, tier, calendar_id, target_seconds,
                started_at, met_at, breached_at, ended_at, end_cause,
                nullif(promise.due_at, 'infinity') as due_at,
                nullif(private.derive_due_at(promise.id), 'infinity') as derived_due_at,
                nullif(next_notice_at, 'infinity') as next_notice_at, timer.due_at as timer_at,
                array(
                    select span.cause from public.promise_spans span
                    where span.promise_id = promise.id order by span.position
                ) as causes
            from public.ticket_promises promise
            left join private.timers timer on timer.subject_id = promise.id
            where ticket_id = %s
            order by started_at, cycle, promise.kind
            """,
            [ticket],
        ).fetchall()


def promise(db: psycopg.Connection, ticket: UUID, kind: str) -> Promise:
    """The latest promise of a kind; its due time is what its ledger says."""
    found = [each for each in promises_of(db, ticket) if each.kind == kind][-1]
    assert found.due_at == found.derived_due_at
    return found


def kinds(db: psycopg.Connection, ticket: UUID) -> dict[str, str]:
    """The state of the latest promise of each kind."""
    return {each.kind: each.state for each in promises_of(db, ticket)}


def post(db: psycopg.Connection, ticket: UUID, author: UUID, author_kind: str = "client") -> None:
    """A public message with all that follows from it."""
    db.execute(
        "select private.post_message(%s, %s, %s, 'Dzień dobry')", [ticket, author, author_kind]
    )


def change(db: psycopg.Connection, ticket: UUID, **values: Any) -> None:
    """Whatever the ticket becomes, as somebody with the SQL console would write it."""
    assignments = ", ".join(f"{column} = %({column})s" for column in values)
    statement: Any = f"update public.support_tickets set {assignments} where id = %(id)s"
    db.execute(statement, values | {"id": ticket})


def resolve(db: psycopg.Connection, ticket: UUID) -> None:
    db.execute(
        "update public.support_tickets set status = 'resolved', resolved_at = now() where id = %s",
        [ticket],
    )


def reopen(db: psycopg.Connection, ticket: UUID) -> None:
    db.execute(
        "select private.reopen(ticket) from public.support_tickets ticket where id = %s", [ticket]
    )


def time_passes(db: psycopg.Connection, seconds: float) -> None:
    """As if everything about the test's own tickets had happened so much earlier."""
    for statement in AGEING:
        db.execute(statement, {"by": timedelta(seconds=seconds)})


def a_store(db: psycopg.Connection) -> PromiseStore:
    return supabase_promise_store(cast("Any", DatabaseRpc(db)))


def work_alone(db: psycopg.Connection) -> None:
    """Until the rollback there are no timers and no jobs but the test's own."""
    db.execute("delete from private.timers")
    db.execute("delete from private.jobs where worker = %s", [WORKER])


def fire(db: psycopg.Connection) -> int:
    """Timers that are due become events; how many."""
    with acting_as(db, "service_role"):
        fired: int = call(db, "fire_timers", {"p_limit": 1000})["fired"]
    return fired


def run_promises(db: psycopg.Connection) -> dict[UUID | None, str]:
    """Fires what is due, then one batch from claim to write; the result by promise."""
    fire(db)
    jobs = claim(db, WORKER)
    if not jobs:
        return {}
    results = asyncio.run(handled(db, jobs))
    return {job.subject_id: results[job.id] for job in jobs}


async def handled(db: psycopg.Connection, jobs: list[Job]) -> Mapping[int, str]:
    return await promises(a_store(db)).handle(jobs)


def run_between(db: psycopg.Connection, meanwhile: Any) -> dict[UUID | None, str]:
    """The same, but something happens between the read and the write."""
    fire(db)
    jobs = claim(db, WORKER)
    store = a_store(db)
    contexts = asyncio.run(
        store.promise_contexts([job.subject_id for job in jobs if job.subject_id])
    )
    meanwhile()
    results = asyncio.run(store.record_promises(jobs, judge(contexts)))
    return {job.subject_id: results[job.id] for job in jobs}


def notices(db: psycopg.Connection, ticket: UUID) -> list[tuple[str, str]]:
    """Kind of promise and of notice, in order."""
    return db.execute(
        "select promise.kind, notice.kind from public.promise_notices notice"
        " join public.ticket_promises promise on promise.id = promise_id"
        " where ticket_id = %s order by noticed_at",
        [ticket],
    ).fetchall()


def told(db: psycopg.Connection, person: UUID) -> list[tuple[str, str, str]]:
    """Notifications of promises: kind, kind of promise, notice."""
    return db.execute(
        "select kind, details ->> 'kind', details ->> 'notice' from public.notifications"
        " where recipient_id = %s and kind like 'promise_%%' order by id",
        [person],
    ).fetchall()


def events(db: psycopg.Connection, ticket: UUID) -> list[tuple[str, str]]:
    """Kind of event and of promise, in order."""
    return db.execute(
        "select kind, payload ->> 'kind' from public.events"
        " where subject_id = %s and kind like 'promise.%%' order by id",
        [ticket],
    ).fetchall()
