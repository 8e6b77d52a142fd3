"""Accounts for benchmarks, written straight into the tables: thousands in one statement."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg

from scripts.stack.state import StackState


async def add_people(connection: asyncpg.Connection, count: int) -> list[UUID]:
    """New accounts; the sign-up trigger makes their profiles."""
    ids = [uuid4() for _ in range(count)]
    await connection.execute(
        "insert into auth.users (id, email, aud, role, created_at, updated_at)"
        " select id, id || '@bench.example', 'authenticated', 'authenticated', now(), now()"
        " from unnest($1::uuid[]) id",
        ids,
    )
    return ids


async def add_agents(
    connection: asyncpg.Connection, count: int, skills: Sequence[str], capacity_units: int
) -> list[UUID]:
    """Agents of the default desk, online, each with all the skills."""
    ids = await add_people(connection, count)
    await connection.execute(
        "insert into public.staff_members (id, desk_id, role, state, capacity_units)"
        " select id, private.default_desk_id(), 'agent', 'online', $2 from unnest($1::uuid[]) id",
        ids,
        capacity_units,
    )
    await connection.execute(
        "insert into public.staff_skills (staff_id, skill, level)"
        " select id, skill, 1 + abs(hashtext(id::text || skill)) % 5"
        " from unnest($1::uuid[]) id cross join unnest($2::text[]) skill",
        ids,
        list(skills),
    )
    return ids


async def empty_the_house(state: StackState) -> None:
    """Removes every ticket, event and person; only ever called on the benchmark's own instance."""
    connection = await asyncpg.connect(state.admin_db_url)
    try:
        await connection.execute(
            "truncate public.support_tickets, public.events, private.jobs, private.dead_jobs,"
            " private.timers, private.worker_heartbeats cascade"
        )
        await connection.execute("truncate auth.users cascade")
    finally:
        await connection.close()
