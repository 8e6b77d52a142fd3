"""Fifty routers, people who come and go and work by hand, 2,000 tickets: every promise holds."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.sql import SQL, Literal

from scripts.play.checks import INVARIANTS, read_promises
from scripts.stack.state import StackState
from tests.chaos import fire
from tests.chaos.fire import Desk
from tests.support.waiting import eventually_async

PROCESSES, ROUTERS, TICKETS, AGENTS, CLIENTS = 5, 50, 2_000, 48, 120
AT_WORK, RESTLESS = 20, 8


@pytest.fixture
def desk(stack: StackState) -> Iterator[Desk]:
    desk = fire.build(stack, AGENTS, CLIENTS)
    yield desk
    with psycopg.connect(stack.db_url) as db:
        db.execute(
            "update public.staff_members set state = 'offline' where desk_id = %s", [desk.id]
        )
        db.execute(
            "delete from private.jobs where subject_id = any(%s) or subject_id in"
            " (select id from public.support_tickets where desk_id = %s)",
            [desk.agents, desk.id],
        )
        db.execute(
            "delete from private.timers where subject_id = any(%s) or subject_id in"
            " (select id from public.support_tickets where desk_id = %s)",
            [desk.agents, desk.id],
        )


async def broken(db: "psycopg.AsyncConnection", heading: str) -> dict[str, Any]:
    """What breaks these promises now: some rows by promise."""
    found = {}
    _, promises = read_promises(INVARIANTS)
    for promise, query in [(told, query) for kind, told, query in promises if kind == heading]:
        rows = await (await db.execute(query.encode())).fetchmany(5)
        if rows:
            found[promise] = rows
    return found


async def connected(desk: Desk) -> "psycopg.AsyncConnection":
    db = await psycopg.AsyncConnection.connect(desk.stack.db_url, autocommit=True)
    await db.execute(
        SQL(
            "create temporary view mine as select * from public.support_tickets where desk_id = {}"
        ).format(Literal(desk.id))
    )
    # The tables have grown since anybody counted their rows.
    await db.execute("set enable_nestloop = off")
    return db


async def watch(desk: Desk) -> dict[str, Any]:
    """Looks again and again until all is over; the first thing that was broken, if any."""
    async with await connected(desk) as db:
        while not desk.is_over.is_set():
            if found := await broken(db, "always"):
                return found
            desk.done["looks"] += 1
            await asyncio.sleep(0.1)
    return {}


async def direct(desk: Desk, people: "list[asyncio.Task[None]]") -> None:
    """People go home once all tickets are there and enough was done; routers when all is routed."""
    async with await connected(desk) as db:
        await eventually_async(lambda: _busy_enough(desk), 60)
        desk.are_people_home.set()
        await asyncio.gather(*people)

        async def is_quiet() -> bool:
            jobs = "select 1 from private.jobs where subject_id in (select id from mine) limit 1"
            return not await (await db.execute(jobs)).fetchall()

        await eventually_async(is_quiet, 60)
    desk.is_over.set()


async def _busy_enough(desk: Desk) -> bool:
    return (
        desk.done["opened"] == TICKETS
        and desk.done["orchestrator.routing.recorded"] >= TICKETS // 2
        and desk.done["resolve_ticket"] >= 30
        and desk.done["decline_ticket"] >= 8
        and desk.done["take_ticket"] >= 6
        and desk.done["set_presence"] >= 40
    )


async def rage(desk: Desk) -> dict[str, Any]:
    """Everybody at once; what was broken at some moment."""
    async with httpx.AsyncClient(timeout=30) as http, asyncio.TaskGroup() as group:
        people = [
            group.create_task(act(desk, agent, http))
            for act, agents in (
                (fire.work, desk.agents[:AT_WORK]),
                (fire.come_and_go, desk.agents[-RESTLESS:]),
            )
            for agent in agents
        ]
        people.append(group.create_task(fire.open_tickets(desk, TICKETS, 50)))
        people.append(group.create_task(fire.fire_timers(desk)))
        group.create_task(fire.look_after_the_rest(desk))
        for _ in range(PROCESSES):
            group.create_task(fire.route(desk, ROUTERS // PROCESSES))
        watching = group.create_task(watch(desk))
        group.create_task(direct(desk, people))
    return watching.result()


async def test_every_promise_holds_under_fire(desk: Desk) -> None:
    seen = await rage(desk)
    assert not seen, f"broken meanwhile: {seen}"
    assert not desk.surprises
    async with await connected(desk) as db:
        assert not await broken(db, "always")
        assert not await broken(db, "in the end")
        row = await (await db.execute("select count(*) from mine")).fetchone()
    assert row == (TICKETS,)
    assert desk.done["looks"] > 5
