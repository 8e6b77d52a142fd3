"""Memberships that end and services that were rated, written at once, as of now."""

from datetime import UTC, datetime, timedelta
from typing import LiteralString
from uuid import UUID

import psycopg

from tests.factories import a_ticket

SURVEY: LiteralString = """
insert into public.surveys (
    kind, client_id, ticket_id, cycle, desk_id, tier, language, channel, rule_version, happened_at,
    state, manner, questionnaire_version, questions, asked_at, sent_at, expires_at, late_until,
    answered_at, answered_through, csat
)
select 'cycle', ticket.client_id, ticket.id, 1, ticket.desk_id, ticket.tier, 'pl', ticket.channel,
    1, %(at)s, case when %(csat)s::smallint is null then 'sent' else 'answered' end, 'link', 1,
    '{csat}', %(at)s, %(at)s, %(at)s::timestamptz + interval '14 days',
    %(at)s::timestamptz + interval '90 days',
    case when %(csat)s::smallint is not null then %(at)s::timestamptz + interval '1 minute' end,
    case when %(csat)s::smallint is not null then 'link' end, %(csat)s
from public.support_tickets ticket where ticket.id = %(ticket)s
returning id
"""
SAID: LiteralString = """
with said as (
    insert into public.ticket_messages (ticket_id, author_id, author_kind, body, created_at)
    values (%(ticket)s, %(author)s, %(kind)s, 'Dzień dobry', %(at)s) returning id
)
insert into public.message_judgements (
    message_id, ticket_id, client_id, language_confidence, category, category_confidence, urgency,
    priority, sentiment, sentiment_score, sentiment_confidence, is_abstained, model_versions
)
select said.id, ticket.id, ticket.client_id, 1, %(category)s, 1, 'low', 'normal', 'negative',
    %(score)s, 0.9, false, '{m1}'
from said join public.support_tickets ticket on ticket.id = %(ticket)s
where %(score)s::float8 is not null
"""
# Every third one lapses; the others are renewed the day after. The newest ends in ten days.
MEMBERSHIPS: LiteralString = """
with known as (
    insert into public.memberships (
        client_id, plan_id, starts_on, ends_on, status, source, external_ref
    )
    select client.id, 'fitness_annual', current_date - number * 364 + 10 - 363,
        current_date - number * 364 + 10,
        case when number = 0 then 'active' when mod(client.place, 3) = 0 then 'lapsed'
            else 'renewed' end, 'test', gen_random_uuid()::text
    from unnest(%s::uuid[]) with ordinality client (id, place)
    cross join generate_series(0, 1) number
    where number > 0 or mod(client.place, 3) > 0
    returning id, client_id, starts_on, status
)
update public.memberships earlier set renewed_by_id = later.id
from known later
where earlier.client_id = later.client_id and earlier.starts_on < later.starts_on
"""


def a_service(
    db: psycopg.Connection, client: UUID, *, ended: timedelta, csat: int | None = None
) -> tuple[UUID, UUID]:
    """(ticket, survey) of a service that took an hour and ended so long ago."""
    at = datetime.now(UTC) - ended
    seconds = (ended + timedelta(hours=1)).total_seconds()
    ticket = a_ticket(db, client, status="resolved", waiting_seconds=seconds)
    db.execute("delete from public.surveys where ticket_id = %s", [ticket])
    row = db.execute(SURVEY, {"ticket": ticket, "at": at, "csat": csat}).fetchone()
    assert row
    return ticket, row[0]


def say(
    db: psycopg.Connection,
    ticket: UUID,
    author: UUID,
    at: datetime,
    *,
    kind: str = "client",
    score: float | None = None,
    category: str = "general",
) -> None:
    """A message at a moment, judged if it has a score."""
    db.execute(
        SAID,
        {
            "ticket": ticket,
            "author": author,
            "at": at,
            "kind": kind,
            "score": score,
            "category": category,
        },
    )
