"""Samples of a test's own desk, judged as it needs them."""

import json
from typing import Any, LiteralString
from uuid import UUID

from tests.database.quality.assessor import Assessed, one
from tests.factories import a_ticket
from tests.support.calling import call

STANDARD = "service.initiative"

# A draw, its reviews and their answers at once.
JUDGED: LiteralString = """
with drawn as (
    insert into public.quality_samples (
        id, audit_id, position, ticket_id, cycle, agent_id, desk_id, stratum,
        stratum_count, inclusion_probability, risks, reviewer_id, state
    )
    select
        coalesce(%(sample)s, gen_random_uuid()), %(audit)s, place, %(ticket)s,
        %(cycle)s + place, %(agent)s, %(desk)s,
        case when %(probability)s = 1 then 'risk' else 'ordinary' end, 50,
        %(probability)s,
        case when %(probability)s = 1 then array['low_survey'] else '{}' end,
        %(reviewer)s, 'judged'
    from generate_series(0, %(count)s - 1) place
    returning *
), reviewed as (
    insert into public.quality_reviews (
        kind, audit_id, sample_id, ticket_id, cycle, channel, tier, agent_id, desk_id,
        reviewer_id, happened_at
    )
    select
        'audit', audit_id, id, ticket_id, cycle, %(channel)s, 'vip_gold', agent_id,
        desk_id, reviewer_id, now() + make_interval(secs => 60 * %(minutes)s)
    from drawn
    returning id
), answered as (
    insert into public.quality_findings (
        review_id, standard, standard_version, answer, note
    )
    select reviewed.id, said.key, known.version, said.value, 'Widać'
    from reviewed
    cross join jsonb_each_text(%(answers)s::jsonb) said
    join public.quality_standards known
        on known.standard = said.key and known.is_current
)
select id from reviewed
"""


def an_audit_of(house: Assessed, **details: Any) -> UUID:
    """An audit of the desk whose sample is being judged."""
    made = {
        "audit_type": "periodic",
        "agent_id": None,
        "channels": [],
        "status": "in_progress",
    } | details
    audit_id: UUID = one(
        house.db,
        "insert into public.quality_audits (audit_type, scope, desk_id, agent_id, channels,"
        " timeframe, starts_at, ends_at, status, sample_size, completed_at)"
        " values (%s, %s, %s, %s, %s, '30d', now() - interval '30 d', now(), %s, 50,"
        " case when %s = 'completed' then now() end) returning id",
        made["audit_type"],
        "agent" if made["agent_id"] else "desk",
        house.desk_id,
        made["agent_id"],
        made["channels"],
        made["status"],
        made["status"],
    )
    return audit_id


def judged(
    house: Assessed, audit_id: UUID, answer: str | dict[str, str], count: int = 1, **details: Any
) -> list[UUID]:
    """So many cycles of one ticket, a minute from now, each with these answers: the reviews."""
    answers = answer if isinstance(answer, dict) else {STANDARD: answer}
    made = {
        "audit": audit_id,
        "desk": house.desk_id,
        "reviewer": house.auditor,
        "count": count,
        "agent": house.agent,
        "channel": "chat",
        "minutes": 1,
        "probability": 0.5,
        "sample": None,
        "cycle": one(house.db, "select coalesce(max(cycle), 0) + 1 from public.quality_samples"),
        "ticket": None,
        "answers": json.dumps(answers),
    } | details
    made["ticket"] = made["ticket"] or a_ticket(
        house.db, house.client, desk_id=house.desk_id, assignee_id=made["agent"]
    )
    found = house.db.execute(
        JUDGED,
        made,
    ).fetchall()
    return [review_id for (review_id,) in found]


def open_action(house: Assessed, **terms: Any) -> dict[str, Any]:
    """Opened by the manager for the agent to look after."""
    action: dict[str, Any] = call(
        house.db,
        house.manager,
        "open_corrective_action(%s, 'Ćwiczymy na odprawach', current_date + 30, %s, %s, %s, %s)",
        terms.get("standard", STANDARD),
        terms.get("owner_id", house.agent),
        terms.get("scope", "desk"),
        terms.get("agent_id"),
        terms.get("channel"),
    )
    return action


def state_of(house: Assessed, action: dict[str, Any]) -> str:
    """As it lies in the table."""
    state: str = one(
        house.db, "select state from public.corrective_actions where id = %s", action["id"]
    )
    return state
