"""A client with something of everything in their life, and the journeys worker without HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.types.json import Jsonb

from lib.events import Job, JobResult
from lib.orchestrator.journeys import JourneyPolicy
from lib.store.orchestrator.journeys import JourneyStore, supabase_journey_store
from tests.database.orchestrator.router import DatabaseRpc, claim
from tests.factories import a_message, a_ticket
from tests.factories_house import a_membership, a_purchase, a_visit
from tests.support.calling import call
from workers.orchestrator.journeys import journeys

JOURNEYS = "orchestrator.journeys"
WARSAW = ZoneInfo("Europe/Warsaw")


def claim_journeys(db: psycopg.Connection) -> list[Job]:
    """Leases what the worker would do, now: it lets others go first by seconds."""
    db.execute("update private.jobs set ready_at = now() where worker = %s", [JOURNEYS])
    return claim(db, JOURNEYS)


NOW = datetime.now(UTC).replace(microsecond=0)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def a_store(db: psycopg.Connection) -> JourneyStore:
    return supabase_journey_store(cast("Any", DatabaseRpc(db)))


def follow(db: psycopg.Connection) -> list[JobResult]:
    """Lets the worker do what there is to do, until nothing is left."""
    worker = journeys(a_store(db), JourneyPolicy())
    results: list[JobResult] = []
    while jobs := claim_journeys(db):
        results += asyncio.run(cast("Any", worker.handle(jobs))).values()
    return results


def work_alone(db: psycopg.Connection) -> None:
    """Until the rollback there is nothing to follow but the test's own."""
    db.execute("delete from private.jobs where worker = %s", [JOURNEYS])


def break_promise(db: psycopg.Connection, ticket_id: UUID, at: datetime) -> None:
    """As if the first response to this ticket had been due at that moment."""
    db.execute(
        "update public.ticket_promises set state = 'breached', due_at = %(at)s,"
        "  started_at = %(at)s::timestamptz - interval '1 h', breached_at = %(at)s"
        " where ticket_id = %(ticket)s and kind = 'first_response'",
        {"at": at, "ticket": ticket_id},
    )


def a_life(db: psycopg.Connection, client_id: UUID, agent_id: UUID | None = None) -> UUID:
    """One thing of each kind, on ten days in a row; returns the ticket."""
    ticket = a_ticket(db, client_id, assignee_id=agent_id)
    move_ticket(db, ticket, days_ago(1))
    a_message(db, ticket, client_id, "Czy mogę przełożyć wizytę?")
    a_message(db, ticket, agent_id or client_id, "Pamiętać!", author_kind="agent", is_internal=True)
    db.execute(
        "update public.ticket_messages set created_at = case when is_internal then %s else %s end"
        " where ticket_id = %s",
        [days_ago(2), days_ago(3), ticket],
    )
    break_promise(db, ticket, days_ago(4))
    a_visit(db, client_id, starts_at=days_ago(5))
    a_purchase(db, client_id, purchased_at=days_ago(6))
    a_membership(db, client_id, starts_on=days_ago(7).astimezone(WARSAW).date())
    an_outreach(db, client_id, days_ago(8))
    a_survey(db, client_id, ticket, days_ago(9))
    a_case(db, client_id, ticket, days_ago(10))
    a_tier_change(db, client_id, days_ago(11))
    return ticket


def move_ticket(db: psycopg.Connection, ticket_id: UUID, at: datetime) -> None:
    db.execute(
        "update public.support_tickets set opened_at = %(at)s,"
        "  first_response_due_at = %(at)s + interval '1 h', assigned_at ="
        "  case when assigned_at is not null then %(at)s::timestamptz end where id = %(id)s",
        {"at": at, "id": ticket_id},
    )


def an_outreach(db: psycopg.Connection, client_id: UUID, at: datetime) -> None:
    db.execute(
        "insert into public.outreach (client_id, desk_id, purpose, kind, dedupe_key, channel,"
        "  state, not_before_at, expires_at, sent_at)"
        " select client.id, client.desk_id, purpose.purpose, 'birthday', 'key', 'email', 'sent',"
        "  %(at)s, %(at)s, %(at)s"
        " from public.profiles client, public.outreach_purposes purpose"
        " where client.id = %(id)s order by purpose.purpose limit 1",
        {"at": at, "id": client_id},
    )


def a_survey(db: psycopg.Connection, client_id: UUID, ticket_id: UUID, at: datetime) -> None:
    db.execute(
        "insert into public.surveys (kind, client_id, ticket_id, cycle, desk_id, tier, language,"
        "  rule_version, state, asked_at, sent_at, expires_at, late_until, manner,"
        "  questionnaire_version, questions)"
        " select 'cycle', ticket.client_id, ticket.id, 1, ticket.desk_id, ticket.tier, 'pl',"
        "  1, 'sent', %(at)s, %(at)s, %(at)s::timestamptz + interval '7 days',"
        "  %(at)s::timestamptz + interval '14 days', 'link', asked.version, '{csat}'"
        " from public.support_tickets ticket, public.survey_questionnaires asked"
        " where ticket.id = %(ticket)s and asked.kind = 'cycle' order by asked.version limit 1",
        {"at": at, "ticket": ticket_id},
    )


def a_case(db: psycopg.Connection, client_id: UUID, ticket_id: UUID, at: datetime) -> None:
    db.execute(
        "insert into public.recovery_cases (client_id, desk_id, tier, ticket_id, trigger,"
        "  opened_at, began_at)"
        " select client.id, client.desk_id, client.tier, %(ticket)s, 'promise', %(at)s, %(at)s"
        " from public.profiles client where client.id = %(id)s",
        {"at": at, "id": client_id, "ticket": ticket_id},
    )


def a_tier_change(db: psycopg.Connection, client_id: UUID, at: datetime) -> None:
    db.execute(
        "insert into public.vip_profile_changes"
        " (client_id, field, old_value, new_value, changed_at)"
        " values (%s, 'tier', 'standard', 'premium', %s)",
        [client_id, at],
    )


def tell_visit(db: psycopg.Connection, item: dict[str, Any]) -> Any:
    row = db.execute("select private.record_visits(%s)", [Jsonb([item])]).fetchone()
    assert row is not None
    return row[0][0]


def timeline(db: psycopg.Connection, person_id: UUID, client_id: UUID, **how: Any) -> Any:
    """The page that this person reads."""
    return call(
        db,
        person_id,
        "get_client_timeline(%s, %s, %s, %s)",
        client_id,
        how.get("before"),
        how.get("limit", 50),
        how.get("kinds"),
    )
