"""Sets a scene on a desk of its own, lets routing look at it once, and tells what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from tests.database.orchestrator.router import run_routing
from tests.factories import a_client, a_desk, a_staff_member, a_ticket, a_vip_profile

TEAM = {
    "Anna": "dedicated_agent_id",
    "Bartek": "deputy_agent_id",
    "Celina": "relationship_manager_id",
}
POOL = ("Dorota",)
HELPERS = ("Hubert",)


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """One of the people, and how the evening finds them: there and free, unless said otherwise."""

    name: str
    state: str = "online"
    speaks: Sequence[str] = ("pl",)
    can: Sequence[str] = ()
    busy: Mapping[str, int] = field(default_factory=dict)
    """Tickets they have now, by channel."""
    busy_with: str = "standard"
    """Whose tickets those are."""
    busy_status: str = "assigned"
    room_for: int = 10
    idle_minutes: float | None = None
    is_on_leave: bool = False
    has_left: bool = False
    is_the_client: bool = False
    refused: tuple[str, float] | None = None
    """How they took an earlier offer of this ticket, and how many minutes ago."""
    had_it: bool = False
    """They had this ticket before and did nothing wrong."""
    back_minutes: float | None = None
    """Since when they are back from an absence."""
    got_since: int = 0
    """Tickets the house gave them since then (and they have finished)."""
    steady_in: float = 0


@dataclass(frozen=True, kw_only=True)
class Request:
    """The ticket that somebody must get."""

    channel: str
    tier: str
    language: str = "pl"
    about: str = "general"
    waited: float = 0
    """Seconds since it was opened, or reopened."""
    is_reopened: bool = False


@dataclass(frozen=True, kw_only=True)
class Told:
    """What routing wrote down, with names instead of ids."""

    who: str | None
    stage: str | None
    skipped: Mapping[str, str]
    relaxed: tuple[str, ...]
    preempted: Mapping[str, int]
    """How many tickets each lost."""
    looks_again_in: float | None


def play(db: psycopg.Connection, request: Request, people: Sequence[Somebody]) -> Told:
    """The scene from setting it to the stored decision."""
    home, helpers = a_desk(db), a_desk(db)
    if any(person.name in HELPERS for person in people):
        db.execute("update public.desks set overflow_desk_id = %s where id = %s", [helpers, home])
    ids = {
        person.name: _arrives(db, person, helpers if person.name in HELPERS else home)
        for person in people
    }
    client = next((ids[person.name] for person in people if person.is_the_client), None)
    ticket = _opens(db, request, client or a_client(db, request.tier, desk_id=home), home, ids)
    for person in people:
        _remembers(db, ticket, ids[person.name], person)
    assert run_routing(db)[ticket] == "recorded"
    return _told(db, ticket, {agent_id: name for name, agent_id in ids.items()})


def _arrives(db: psycopg.Connection, person: Somebody, desk: UUID) -> UUID:
    skills = [*person.can, *(["certificate.vip_service"] if person.name in POOL else [])]
    agent = a_staff_member(
        db,
        name=person.name,
        desk_id=desk,
        state=person.state,
        languages=person.speaks,
        skills=skills,
        capacity_units=person.room_for,
    )
    for channel, count in person.busy.items():
        for place in range(count):
            client = a_client(db, person.busy_with, desk_id=desk)
            work = a_ticket(
                db, client, channel=channel, assignee_id=agent, waiting_seconds=60 + place
            )
            if person.busy_status != "assigned":
                _set(db, "support_tickets", work, status=person.busy_status)
    for _ in range(person.got_since):
        done = a_ticket(db, a_client(db, desk_id=desk), channel="email", assignee_id=agent)
        db.execute(
            "update public.support_tickets set status = 'resolved', resolved_at = now()"
            " where id = %s",
            [done],
        )
    _describe(db, person, agent)
    return agent


def _describe(db: psycopg.Connection, person: Somebody, agent: UUID) -> None:
    db.execute(
        """
        update public.staff_members
        set last_assigned_at = now() - make_interval(mins => 1) * %(idle)s::float,
            returned_at = now() - make_interval(mins => 1) * %(back)s::float,
            steady_at = now() + make_interval(secs => %(steady)s)
        where id = %(agent)s
        """,
        {
            "idle": person.idle_minutes,
            "back": person.back_minutes,
            "steady": person.steady_in,
            "agent": agent,
        },
    )
    if person.is_on_leave:
        db.execute(
            "insert into public.staff_absences (staff_id, starts_at, ends_at)"
            " values (%s, now() - interval '1 day', now() + interval '1 day')",
            [agent],
        )
    if person.has_left:
        db.execute(
            "update public.staff_members set is_active = false, state = 'offline' where id = %s",
            [agent],
        )


def _opens(
    db: psycopg.Connection, request: Request, client: UUID, desk: UUID, ids: Mapping[str, UUID]
) -> UUID:
    team = {column: ids[name] for name, column in TEAM.items() if name in ids}
    if team:
        profile = a_vip_profile(db, client)
        _set(db, "vip_client_profiles", profile, **team)
    ticket = a_ticket(
        db,
        client,
        desk_id=desk,
        channel=request.channel,
        category=request.about,
        language=request.language,
        waiting_seconds=86_400 if request.is_reopened else request.waited,
    )
    if request.is_reopened:
        db.execute(
            "update public.support_tickets set cycle = 2, reopened_at = due.at,"
            " first_response_due_at = due.at + interval '1 hour'"
            " from (select now() - make_interval(secs => %s) as at) due where id = %s",
            [request.waited, ticket],
        )
    return ticket


def _remembers(db: psycopg.Connection, ticket: UUID, agent: UUID, person: Somebody) -> None:
    past: list[tuple[str, str | None, float]] = []
    if person.refused:
        word, minutes = person.refused
        reason = word if word == "handed_back" else None
        past.append(("withdrawn" if reason else word, reason, minutes))
    if person.had_it:
        past.append(("withdrawn", "preempted", 20))
    for state, reason, minutes in past:
        db.execute(
            """
            insert into public.ticket_assignments (
                ticket_id, cycle, agent_id, state, load_units, tier, is_live, wait_seconds,
                offered_at, expires_at, answered_at, ended_at, end_reason
            )
            select id, 1, %(agent)s, %(state)s, 1, tier, false, 0, ago.at, ago.at,
                case when %(state)s = 'declined' then ago.at end, ago.at, %(reason)s
            from public.support_tickets,
                (select now() - make_interval(mins => 1) * %(minutes)s::float as at) ago
            where id = %(ticket)s
            """,
            {"agent": agent, "state": state, "reason": reason, "minutes": minutes}
            | {"ticket": ticket},
        )


def _set(db: psycopg.Connection, table: str, row_id: UUID, **values: Any) -> None:
    assignments = ", ".join(f"{column} = %({column})s" for column in values)
    statement: Any = f"update public.{table} set {assignments} where id = %(id)s"
    db.execute(statement, values | {"id": row_id})


def _told(db: psycopg.Connection, ticket: UUID, names: Mapping[UUID, str]) -> Told:
    row = db.execute(
        """
        select decision.agent_id, decision.stage, array(
                select array[told.agent_id::text, told.standing]
                from public.routing_explanations told
                where told.decision_id = decision.id
                    and told.standing not in ('chosen', 'candidate')
            ), decision.relaxed,
            extract(epoch from decision.look_again_at - now())::float,
            array(
                select lost.agent_id from public.ticket_assignments lost
                where lost.ticket_id = any (decision.preempted) and lost.end_reason = 'preempted'
            ),
            ticket.assignee_id
        from public.routing_decisions decision
        join public.support_tickets ticket on ticket.id = decision.ticket_id
        where decision.ticket_id = %s
        """,
        [ticket],
    ).fetchone()
    assert row is not None
    agent_id, stage, skipped, relaxed, looks_again_in, losers, assignee_id = row
    assert agent_id == assignee_id
    lost = [names[loser] for loser in losers]
    return Told(
        who=names.get(agent_id),
        stage=stage,
        skipped={names[UUID(agent)]: reason for agent, reason in skipped},
        relaxed=tuple(relaxed),
        preempted={name: lost.count(name) for name in lost},
        looks_again_in=looks_again_in,
    )
