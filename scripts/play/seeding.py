"""Brings the planned desk into a project: accounts and staff over the API, tiers in SQL."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

import bcrypt
import psycopg
from supabase import AsyncClient

from scripts.play.desk import Agent, Client, Desk
from scripts.play.people import PASSWORD

AT_ONCE = 12
COST = 4  # bcrypt's least: a printed password needs no protection, and a hundred people sign in
Ids = dict[str, str]
"""Account ids by e-mail."""

DESK_ID = "de300000-0000-4000-8000-000000000001"  # of its own, so that nothing else is disturbed
OPEN_DESK = """
    insert into public.desks (id, name) values (%(desk)s, 'Demo, Warszawa') on conflict do nothing
"""
ENTITLE = """
    update public.profiles client
    set tier = planned.tier, desk_id = %(desk)s
    from unnest(%(ids)s::uuid[], %(tiers)s::text[]) planned (id, tier)
    where client.id = planned.id
"""
DEDICATE = """
    insert into public.vip_client_profiles (client_id, tier, dedicated_agent_id)
    select client.id, client.tier, planned.agent_id
    from unnest(%(clients)s::uuid[], %(agents)s::uuid[]) planned (client_id, agent_id)
    join public.profiles client on client.id = planned.client_id
    on conflict (client_id) do update set dedicated_agent_id = excluded.dedicated_agent_id
"""

Planned = TypeVar("Planned")


async def seed_desk(service: AsyncClient, db_url: str, desk: Desk) -> Ids:
    """Creates everybody who is not there yet; `service` holds the secret key."""
    async with await psycopg.AsyncConnection.connect(db_url) as connection:
        await connection.execute(OPEN_DESK, {"desk": DESK_ID})
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(COST)).decode()
    ids = await _known_ids(service)

    async def create(person: Agent | Client) -> None:
        if person.email not in ids:
            ids[person.email] = await create_account(service, person.email, person.name, hashed)

    async def employ(agent: Agent) -> None:
        staff_id, capacity = ids[agent.email], agent.capacity_units
        await appoint(service, staff_id, agent.role, DESK_ID, capacity, agent.skills)

    everybody: list[Agent | Client] = [*desk.agents, *desk.clients]
    await _each(everybody, create)
    await _each(desk.agents, employ)
    await _entitle(db_url, desk, ids)
    return ids


async def _known_ids(service: AsyncClient) -> Ids:
    ids: Ids = {}
    page = 1
    while users := await service.auth.admin.list_users(page=page, per_page=200):
        ids |= {user.email: user.id for user in users if user.email}
        page += 1
    return ids


async def create_account(service: AsyncClient, email: str, name: str, hashed: str) -> str:
    """An account that can sign in; `hashed` is its password under bcrypt. Returns its id."""
    attributes: dict[str, Any] = {
        "email": email,
        "password_hash": hashed,
        "email_confirm": True,
        "user_metadata": {"display_name": name},
    }
    answer = await service.auth.admin.create_user(attributes)  # type: ignore[arg-type]
    return answer.user.id


async def appoint(
    service: AsyncClient,
    staff_id: str,
    role: str,
    desk_id: str,
    capacity_units: int,
    skills: Mapping[str, int],
) -> None:
    """Makes somebody staff of a desk, with these skills (1 to 5)."""
    appointment = {
        "p_staff_id": staff_id,
        "p_role": role,
        "p_desk_id": desk_id,
        "p_capacity_units": capacity_units,
        "p_reason": "demo",
    }
    await service.rpc("set_staff_role", appointment).execute()
    learned = {"p_staff_id": staff_id, "p_skills": dict(skills), "p_reason": "demo"}
    await service.rpc("set_staff_skills", learned).execute()


async def _entitle(db_url: str, desk: Desk, ids: Ids) -> None:
    """Tiers and dedicated agents of three hundred clients, in two statements."""
    tiers = {
        "desk": DESK_ID,
        "ids": [ids[client.email] for client in desk.clients],
        "tiers": [client.tier for client in desk.clients],
    }
    pairs = [(ids[c.email], ids[c.dedicated]) for c in desk.clients if c.dedicated]
    dedicated = {
        "clients": [client for client, _ in pairs],
        "agents": [agent for _, agent in pairs],
    }
    async with await psycopg.AsyncConnection.connect(db_url) as connection:
        await connection.execute(ENTITLE, tiers)
        await connection.execute(DEDICATE, dedicated)


async def _each(planned: Iterable[Planned], do: Callable[[Planned], Awaitable[None]]) -> None:
    """Runs `do` for everybody, a dozen at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(one: Planned) -> None:
        async with gate:
            await do(one)

    async with asyncio.TaskGroup() as group:
        for one in planned:
            group.create_task(gated(one))
