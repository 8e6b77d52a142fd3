"""Brings the planned desk into a project: accounts by the auth admin API, the rest by functions."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import bcrypt
from supabase import AsyncClient

from scripts.play.desk import Agent, Client, Desk
from scripts.play.people import PASSWORD

AT_ONCE = 12
COST = 4  # bcrypt's least: a printed password needs no protection, and a hundred people sign in
Ids = dict[str, str]
"""Account ids by e-mail."""

Planned = TypeVar("Planned")


async def seed_desk(service: AsyncClient, desk: Desk) -> Ids:
    """Creates everybody who is not there yet; `service` holds the secret key."""
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(COST)).decode()
    ids = await _known_ids(service)

    async def create(person: Agent | Client) -> None:
        if person.email not in ids:
            ids[person.email] = await _create_account(service, person, hashed)

    everybody: list[Agent | Client] = [*desk.agents, *desk.clients]
    await _each(everybody, create)
    await _each(desk.agents, lambda agent: _appoint(service, agent, ids))
    entitled = [client for client in desk.clients if client.tier != "standard"]
    await _each(entitled, lambda client: _entitle(service, client, ids))
    return ids


async def _known_ids(service: AsyncClient) -> Ids:
    ids: Ids = {}
    page = 1
    while users := await service.auth.admin.list_users(page=page, per_page=200):
        ids |= {user.email: user.id for user in users if user.email}
        page += 1
    return ids


async def _create_account(service: AsyncClient, person: Agent | Client, hashed: str) -> str:
    attributes: dict[str, Any] = {
        "email": person.email,
        "password_hash": hashed,
        "email_confirm": True,
        "user_metadata": {"display_name": person.name},
    }
    answer = await service.auth.admin.create_user(attributes)  # type: ignore[arg-type]
    return answer.user.id


async def _appoint(service: AsyncClient, agent: Agent, ids: Ids) -> None:
    staff_id = ids[agent.email]
    role = {
        "p_staff_id": staff_id,
        "p_role": agent.role,
        "p_capacity_units": agent.capacity_units,
        "p_reason": "demo",
    }
    await service.rpc("set_staff_role", role).execute()
    skills = {"p_staff_id": staff_id, "p_skills": dict(agent.skills), "p_reason": "demo"}
    await service.rpc("set_staff_skills", skills).execute()


async def _entitle(service: AsyncClient, client: Client, ids: Ids) -> None:
    client_id = ids[client.email]
    tier = {"p_client_id": client_id, "p_tier": client.tier, "p_reason": "demo"}
    await service.rpc("set_client_tier", tier).execute()
    if client.dedicated:
        dedicated = {
            "p_client_id": client_id,
            "p_agent_id": ids[client.dedicated],
            "p_reason": "demo",
        }
        await service.rpc("set_dedicated_agent", dedicated).execute()


async def _each(planned: Iterable[Planned], do: Callable[[Planned], Awaitable[None]]) -> None:
    """Runs `do` for everybody, a dozen at once."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(one: Planned) -> None:
        async with gate:
            await do(one)

    async with asyncio.TaskGroup() as group:
        for one in planned:
            group.create_task(gated(one))
