"""Rows for tests, written as the project's owner: each factory returns the new row's id."""

from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

DEFAULT_DESK = UUID("00000000-0000-4000-8000-000000000001")

TICKET: LiteralString = """
insert into public.support_tickets (
    client_id, desk_id, channel, category, language, subject, tier, required_skills,
    status, assignee_id, assigned_at, opened_at, first_response_due_at,
    resolved_at, closed_at
)
select
    client.id, coalesce(%(desk_id)s, client.desk_id), %(channel)s, topic.category,
    %(language)s, %(subject)s, client.tier, topic.required_skills,
    %(status)s, %(assignee_id)s, case when %(assignee_id)s::uuid is not null then now() end,
    now() - make_interval(secs => %(waiting)s),
    now() - make_interval(secs => %(waiting)s)
        + make_interval(secs => level.response_seconds),
    case when %(status)s in ('resolved', 'closed') then now() end,
    case when %(status)s = 'closed' then now() end
from public.profiles client
join public.service_levels level on level.tier = client.tier
join public.ticket_categories topic on topic.category = %(category)s
where client.id = %(client_id)s
returning id
"""


def a_person(
    db: psycopg.Connection,
    name: str | None = "Zofia Wiśniewska",
    *,
    metadata: object = None,
    email: str | None = None,
) -> UUID:
    """An account; its profile is made by the sign-up trigger."""
    person_id = uuid4()
    db.execute(
        "insert into auth.users"
        " (id, email, aud, role, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)"
        " values (%s, %s, 'authenticated', 'authenticated', %s, '{}', now(), now())",
        [
            person_id,
            email or f"{person_id}@example.test",
            Jsonb({"display_name": name} if metadata is None else metadata),
        ],
    )
    return person_id


def a_client(
    db: psycopg.Connection,
    tier: str = "standard",
    *,
    name: str = "Zofia Wiśniewska",
    locale: str = "pl",
    languages: Sequence[str] = (),
    desk_id: UUID = DEFAULT_DESK,
) -> UUID:
    """Somebody who writes to us."""
    client_id = a_person(db, name)
    db.execute(
        "update public.profiles set tier = %s, locale = %s, preferred_languages = %s, desk_id = %s"
        " where id = %s",
        [tier, locale, list(languages), desk_id, client_id],
    )
    return client_id


def a_desk(db: psycopg.Connection, name: str | None = None) -> UUID:
    """A second desk beside the default one."""
    return _id(
        db, "insert into public.desks (name) values (%s) returning id", name or f"Desk {uuid4()}"
    )


def a_staff_member(
    db: psycopg.Connection,
    role: str = "agent",
    *,
    name: str = "Jan Kowalski",
    desk_id: UUID = DEFAULT_DESK,
    state: str = "online",
    capacity_units: int = 10,
    languages: Sequence[str] = ("pl",),
    skills: Sequence[str] = (),
    level: int = 3,
    is_active: bool = True,
) -> UUID:
    """Somebody who works here; `skills` beside languages, e.g. category.billing."""
    staff_id = a_person(db, name)
    db.execute(
        "insert into public.staff_members (id, role, desk_id, state, capacity_units, is_active)"
        " values (%s, %s, %s, %s, %s, %s)",
        [staff_id, role, desk_id, state if is_active else "offline", capacity_units, is_active],
    )
    for skill in [*(f"language.{code}" for code in languages), *skills]:
        db.execute(
            "insert into public.staff_skills (staff_id, skill, level) values (%s, %s, %s)",
            [staff_id, skill, level],
        )
    return staff_id


def an_agent(
    db: psycopg.Connection,
    *,
    languages: Sequence[str] = ("pl",),
    skills: Sequence[str] = (),
    desk_id: UUID = DEFAULT_DESK,
    state: str = "online",
    capacity_units: int = 10,
    name: str = "Jan Kowalski",
) -> UUID:
    """An agent who answers clients."""
    return a_staff_member(
        db,
        "agent",
        name=name,
        languages=languages,
        skills=skills,
        desk_id=desk_id,
        state=state,
        capacity_units=capacity_units,
    )


def a_manager(db: psycopg.Connection, *, desk_id: UUID = DEFAULT_DESK) -> UUID:
    """A manager of one desk."""
    return a_staff_member(db, "manager", name="Ewa Maj", desk_id=desk_id)


def an_admin(db: psycopg.Connection) -> UUID:
    """An admin of the whole house."""
    return a_staff_member(db, "admin", name="Adam Nowak")


def a_ticket(
    db: psycopg.Connection,
    client_id: UUID,
    *,
    channel: str = "chat",
    category: str = "general",
    language: str = "pl",
    subject: str = "Wizyta w sobotę",
    assignee_id: UUID | None = None,
    status: str | None = None,
    desk_id: UUID | None = None,
    waiting_seconds: float = 0,
) -> UUID:
    """A ticket in any state: open, or assigned if somebody has it, unless `status` says more."""
    status = status or ("assigned" if assignee_id else "open")
    return _id(
        db,
        TICKET,
        {
            "client_id": client_id,
            "desk_id": desk_id,
            "channel": channel,
            "category": category,
            "language": language,
            "subject": subject,
            "status": status,
            "assignee_id": assignee_id,
            "waiting": waiting_seconds,
        },
    )


def a_message(
    db: psycopg.Connection,
    ticket_id: UUID,
    author_id: UUID | None,
    body: str = "Dzień dobry",
    *,
    author_kind: str = "client",
    is_internal: bool = False,
) -> UUID:
    """A message as it stands, without what the functions of the desk make follow from it."""
    return _id(
        db,
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, is_internal, body)"
        " values (%s, %s, %s, %s, %s) returning id",
        [ticket_id, author_id, author_kind, is_internal, body],
    )


def a_vip_profile(
    db: psycopg.Connection,
    client_id: UUID,
    *,
    dedicated_agent_id: UUID | None = None,
    relationship_manager_id: UUID | None = None,
) -> UUID:
    """The VIP profile of a client, with the tier the client has."""
    return _id(
        db,
        "insert into public.vip_client_profiles"
        " (client_id, tier, dedicated_agent_id, relationship_manager_id)"
        " select id, tier, %s, %s from public.profiles where id = %s returning id",
        [dedicated_agent_id, relationship_manager_id, client_id],
    )


def _id(
    db: psycopg.Connection,
    statement: LiteralString,
    values: str | Sequence[object] | Mapping[str, object],
) -> UUID:
    parameters = [values] if isinstance(values, str) else values
    row = db.execute(statement, parameters).fetchone()
    assert row is not None
    found = row[0]
    assert isinstance(found, UUID)
    return found
