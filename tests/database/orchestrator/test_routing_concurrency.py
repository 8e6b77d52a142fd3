"""Twenty routers at once, and people who take tickets by hand meanwhile: every promise holds."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest

from lib.store.orchestrator.routing import supabase_orchestrator_store
from tests.database.orchestrator.router import (
    POLICY,
    ROUTING,
    jobs_of,
    statement,
    values,
)
from tests.factories import a_client, a_desk, a_ticket, a_vip_profile, an_agent
from workers.orchestrator.routing import routing

ROUTERS, TICKETS, AGENTS, HUMANS = 20, 500, 40, 6
CATEGORIES = ("general", "billing", "booking", "complaint", "product")
TAKEN_MEANWHILE = {"PT404", "PT409"}


@dataclass(frozen=True)
class Evening:
    """A desk of its own with more work than its people can carry."""

    desk: UUID
    tickets: Sequence[UUID]
    agents: Sequence[UUID]


@pytest.fixture
def evening(database_url: str) -> Iterator[Evening]:
    chance = random.Random(12)
    with psycopg.connect(database_url) as db:
        desk = a_desk(db)
        agents = [_some_agent(db, desk, chance) for _ in range(AGENTS)]
        clients = [_some_client(db, desk, agents, chance) for _ in range(60)]
        tickets = [
            a_ticket(
                db,
                chance.choice(clients),
                channel=chance.choice(("chat", "email", "email", "phone")),
                category=chance.choice(CATEGORIES),
                language=chance.choice(("pl", "pl", "pl", "en", "uk")),
            )
            for _ in range(TICKETS)
        ]
    yield Evening(desk, tickets, agents)
    with psycopg.connect(database_url) as db:
        db.execute("update public.staff_members set state = 'offline' where desk_id = %s", [desk])
        db.execute("delete from private.jobs where subject_id = any(%s)", [[*tickets, *agents]])


def _some_agent(db: psycopg.Connection, desk: UUID, chance: random.Random) -> UUID:
    return an_agent(
        db,
        desk_id=desk,
        state=chance.choice(("online",) * 8 + ("away", "offline")),
        capacity_units=chance.choice((10, 20, 30)),
        languages=["pl", *chance.sample(("en", "uk"), chance.randint(0, 2))],
        skills=[f"category.{topic}" for topic in chance.sample(CATEGORIES[1:], 3)],
    )


def _some_client(
    db: psycopg.Connection, desk: UUID, agents: Sequence[UUID], chance: random.Random
) -> UUID:
    tier = chance.choice(("standard", "premium", "vip_gold", "vip_platinum"))
    client = a_client(db, tier, desk_id=desk)
    if tier.startswith("vip"):
        a_vip_profile(db, client, dedicated_agent_id=chance.choice(agents))
    return client


# The rush -----------------------------------------------------------------------------------


@asynccontextmanager
async def connected(url: str, role: str, person: UUID | None = None) -> AsyncIterator[Any]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        claims = {"role": role} | ({"sub": str(person)} if person else {})
        await connection.execute(
            "select set_config('request.jwt.claims', %s, false), set_config('role', %s, false)",
            [json.dumps(claims), role],
        )
        yield connection


class _AsyncRpc:
    def __init__(self, connection: "psycopg.AsyncConnection") -> None:
        self._connection = connection

    async def call(self, function: str, params: Mapping[str, Any]) -> Any:
        cursor = await self._connection.execute(statement(function, params), values(params))
        row = await cursor.fetchone()
        assert row is not None
        return row[0]


async def route_until_done(url: str, name: str, is_over: asyncio.Event) -> Counter[str]:
    results: Counter[str] = Counter()
    async with connected(url, "service_role") as connection:
        rpc = _AsyncRpc(connection)
        handle = routing(supabase_orchestrator_store(cast("Any", rpc)), POLICY).handle
        while not is_over.is_set():
            wants = {"p_replica": name, "p_wants": {ROUTING: 10}}
            jobs = jobs_of(await rpc.call("claim_jobs", wants), ROUTING)
            if not jobs:
                await asyncio.sleep(0.01)
                continue
            found = await handle(jobs)
            results.update(found.values())
            again = [job.lease() | {"seconds": 0} for job in jobs if found[job.id] == "stale"]
            if again:
                await rpc.call("snooze_jobs", {"p_items": again})
    return results


async def take_by_hand(url: str, agent: UUID, evening: Evening, is_over: asyncio.Event) -> int:
    taken = 0
    chance = random.Random(agent.int)
    async with connected(url, "authenticated", agent) as connection:
        while not is_over.is_set():
            ticket = chance.choice(evening.tickets)
            try:
                await connection.execute("select public.take_ticket(%s)", [ticket])
                taken += 1
            except psycopg.Error as error:
                if error.sqlstate not in TAKEN_MEANWHILE:
                    raise
    return taken


async def watch(url: str, evening: Evening, is_over: asyncio.Event) -> None:
    """Ends the rush when no ticket of the evening has a job any more."""
    try:
        async with connected(url, "postgres") as connection, asyncio.timeout(60):
            while True:
                cursor = await connection.execute(
                    "select exists (select from private.jobs"
                    " where worker = %s and subject_id = any(%s))",
                    [ROUTING, list(evening.tickets)],
                )
                row = await cursor.fetchone()
                if row == (False,):
                    return
                await asyncio.sleep(0.02)
    finally:
        is_over.set()


async def rush(url: str, evening: Evening) -> tuple[Counter[str], int]:
    is_over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        routers = [
            group.create_task(route_until_done(url, f"router-{n}", is_over)) for n in range(ROUTERS)
        ]
        humans = [
            group.create_task(take_by_hand(url, agent, evening, is_over))
            for agent in evening.agents[:HUMANS]
        ]
        group.create_task(watch(url, evening, is_over))
    results = sum((task.result() for task in routers), Counter[str]())
    return results, sum(task.result() for task in humans)


# The promises -------------------------------------------------------------------------------


def test_twenty_routers_and_people_keep_every_promise(database_url: str, evening: Evening) -> None:
    results, taken_by_hand = asyncio.run(rush(database_url, evening))
    assert results["recorded"] + results["gone"] == TICKETS
    with psycopg.connect(database_url) as db:
        given = each_ticket_is_assigned_once(db, evening)
        assert given["router"] > TICKETS / 4
        assert given["human"] == taken_by_hand > 0
        nobody_is_above_capacity(db, evening)
        every_decision_adds_up(db, evening)
        whoever_waits_has_a_reason(db, evening)


def each_ticket_is_assigned_once(db: psycopg.Connection, evening: Evening) -> Counter[str]:
    rows = db.execute(
        """
        select
            ticket.assignee_id,
            (select count(*) from public.ticket_events event
                where event.ticket_id = ticket.id and event.kind = 'assigned'),
            array(select decision.agent_id from public.routing_decisions decision
                where decision.ticket_id = ticket.id and decision.outcome = 'assigned')
        from public.support_tickets ticket
        where ticket.id = any(%s)
        """,
        [list(evening.tickets)],
    ).fetchall()
    assert len(rows) == TICKETS
    given: Counter[str] = Counter()
    for assignee, times, decided in rows:
        assert times == (assignee is not None)
        assert decided in ([], [assignee])
        given["router" if decided else "human" if assignee else "nobody"] += 1
    return given


def nobody_is_above_capacity(db: psycopg.Connection, evening: Evening) -> None:
    rows = db.execute(
        "select load.load_units, staff.capacity_units from public.staff_members staff"
        " join private.agent_loads(%s) load on load.agent_id = staff.id",
        [list(evening.agents)],
    ).fetchall()
    assert len(rows) == AGENTS
    assert all(load <= capacity for load, capacity in rows)


def every_decision_adds_up(db: psycopg.Connection, evening: Evening) -> None:
    rows = db.execute(
        "select outcome, agent_id::text, score, candidates, skipped"
        " from public.routing_decisions where ticket_id = any(%s)",
        [list(evening.tickets)],
    ).fetchall()
    colleagues = sorted(str(agent) for agent in evening.agents)
    for outcome, agent_id, score, candidates, skipped in rows:
        for candidate in candidates:
            assert sum(candidate["parts"].values()) == candidate["score"]
        if outcome == "assigned":
            assert (candidates[0]["agent_id"], candidates[0]["score"]) == (agent_id, score)
        mentioned = [candidate["agent_id"] for candidate in candidates]
        mentioned += [agent for agents in skipped.values() for agent in agents]
        assert sorted(mentioned) == colleagues


def whoever_waits_has_a_reason(db: psycopg.Connection, evening: Evening) -> None:
    rows = db.execute(
        """
        select last.outcome, last.candidates, last.skipped
        from public.support_tickets ticket
        left join lateral (
            select decision.* from public.routing_decisions decision
            where decision.ticket_id = ticket.id order by decision.id desc limit 1
        ) last on true
        where ticket.id = any(%s) and ticket.status = 'open'
        """,
        [list(evening.tickets)],
    ).fetchall()
    assert rows
    assert all(outcome == "waiting" and not found and skipped for outcome, found, skipped in rows)
    servable = db.execute("select private.find_servable_tickets(1000)").fetchall()
    assert not {ticket for (ticket,) in servable} & set(evening.tickets)
