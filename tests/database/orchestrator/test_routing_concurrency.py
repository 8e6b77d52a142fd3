"""Fifty routers at once, while people come and go, take, hand over and decline: promises hold."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
import pytest

from lib.orchestrator.routing import route
from lib.store.orchestrator.routing import supabase_orchestrator_store
from tests.database.orchestrator.router import (
    POLICY,
    ROUTING,
    a_store,
    jobs_of,
    run_backlog,
    run_routing,
    statement,
    values,
)
from tests.factories import a_client, a_desk, a_manager, a_ticket, a_vip_profile, an_agent
from workers.orchestrator.routing import routing

ROUTERS, TICKETS, AGENTS = 50, 1_000, 80  # twice as many under `--chaos`
TAKERS, DECLINERS, WANDERERS, MANAGERS = 4, 3, 4, 2
CATEGORIES = ("general", "billing", "booking", "complaint", "product")
# Somebody was quicker, or it is not theirs (any more).
TAKEN_MEANWHILE = {"PT403", "PT404", "PT409"}


@dataclass(frozen=True)
class Evening:
    """A desk of its own with more work than its people can carry."""

    desk: UUID
    tickets: Sequence[UUID]
    agents: Sequence[UUID]
    managers: Sequence[UUID]


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
        managers = [a_manager(db, desk_id=desk) for _ in range(MANAGERS)]
    yield Evening(desk, tickets, agents, managers)
    with psycopg.connect(database_url) as db:
        db.execute("update public.staff_members set state = 'offline' where desk_id = %s", [desk])
        db.execute("delete from private.jobs where subject_id = any(%s)", [[*tickets, *agents]])
        db.execute("delete from private.timers where subject_id = any(%s)", [[*tickets, *agents]])


def _some_agent(db: psycopg.Connection, desk: UUID, chance: random.Random) -> UUID:
    return an_agent(
        db,
        desk_id=desk,
        state=chance.choice(("online",) * 8 + ("away", "offline")),
        capacity_units=chance.choice((10, 20, 30)),
        languages=["pl", *chance.sample(("en", "uk"), chance.randint(0, 2))],
        skills=[
            *(f"category.{topic}" for topic in chance.sample(CATEGORIES[1:], 3)),
            *chance.choice(([], [], ["certificate.vip_service"])),
        ],
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
            wants = {"p_replica": name, "p_wants": {ROUTING: 40}}
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


async def keep_calling(
    url: str, person: UUID, evening: Evening, is_over: asyncio.Event, calls: Sequence[str]
) -> int:
    """Says one of the calls about some ticket, again and again; counts how often it worked."""
    done = 0
    chance = random.Random(person.int)
    async with connected(url, "authenticated", person) as connection:
        while not is_over.is_set():
            ticket, colleague = chance.choice(evening.tickets), chance.choice(evening.agents)
            try:
                cursor = await connection.execute(
                    f"select public.{chance.choice(calls)}",
                    {"ticket": ticket, "colleague": colleague},
                )
                done += cursor.rowcount
            except psycopg.Error as error:
                if error.sqlstate not in TAKEN_MEANWHILE:
                    raise
            await asyncio.sleep(0.01)
    return done


TAKE = ("take_ticket(%(ticket)s)",)
DECLINE = (
    "decline_ticket(ticket_id, 'Nie teraz') from public.ticket_assignments"
    " where agent_id = auth.uid() and state = 'offered' limit 1",
)
WANDER = ("set_presence('away')", "set_presence('online')", "set_presence('online')")
HAND_OVER = (
    "assign_ticket(id, %(colleague)s, version) from public.support_tickets"
    " where id = %(ticket)s and status in ('open', 'assigned')",
)


EVERYBODY_LOOKED_AT = """
    select not exists (
        select from public.support_tickets ticket
        where ticket.id = any (%(tickets)s)
            and not exists (select from public.routing_decisions where ticket_id = ticket.id)
            and not exists (select from public.ticket_assignments where ticket_id = ticket.id)
    )
"""
NOTHING_TO_DO = """
    select not exists (
        select from private.jobs where worker = %(worker)s and subject_id = any (%(tickets)s)
    )
"""


async def wait_for(url: str, evening: Evening, question: LiteralString) -> None:
    values = {"worker": ROUTING, "tickets": list(evening.tickets)}
    async with connected(url, "postgres") as connection, asyncio.timeout(120):
        while True:
            cursor = await connection.execute(question, values)
            if await cursor.fetchone() == (True,):
                return
            await asyncio.sleep(0.05)


async def end_in_order(
    url: str, evening: Evening, is_late: asyncio.Event, is_over: asyncio.Event
) -> None:
    """People go home when each ticket has been looked at, routers when they have nothing to do."""
    try:
        await wait_for(url, evening, EVERYBODY_LOOKED_AT)
        is_late.set()
        await wait_for(url, evening, NOTHING_TO_DO)
    finally:
        is_late.set()
        is_over.set()


async def rush(url: str, evening: Evening) -> dict[str, int]:
    is_late, is_over = asyncio.Event(), asyncio.Event()
    people = iter(evening.agents)
    busy = [(next(people), "taken", TAKE) for _ in range(TAKERS)]
    busy += [(next(people), "declined", DECLINE) for _ in range(DECLINERS)]
    busy += [(next(people), "wandered", WANDER) for _ in range(WANDERERS)]
    busy += [(manager, "handed over", HAND_OVER) for manager in evening.managers]
    async with asyncio.TaskGroup() as group:
        routers = [
            group.create_task(route_until_done(url, f"router-{n}", is_over)) for n in range(ROUTERS)
        ]
        calls = [
            (what, group.create_task(keep_calling(url, person, evening, is_late, words)))
            for person, what, words in busy
        ]
        group.create_task(end_in_order(url, evening, is_late, is_over))
    done: Counter[str] = sum((task.result() for task in routers), Counter[str]())
    for what, task in calls:
        done[what] += task.result()
    return done


# The promises -------------------------------------------------------------------------------


def test_fifty_routers_and_people_keep_every_promise(database_url: str, evening: Evening) -> None:
    done = asyncio.run(rush(database_url, evening))
    assert done["recorded"] > TICKETS / 4
    assert all(done[what] > 0 for what in ("taken", "declined", "wandered", "handed over")), done
    with psycopg.connect(database_url) as db:
        everybody_has_what_their_assignments_say(db, evening)
        each_decision_gave_its_ticket_once(db, evening)
        no_decliner_was_asked_again(db, evening)
        nobody_is_above_capacity(db, evening)
        every_decision_adds_up(db, evening)
    drain(database_url, evening)
    with psycopg.connect(database_url) as db:
        nobody_is_above_capacity(db, evening)
        whoever_waits_could_go_to_nobody(db, evening)


def everybody_has_what_their_assignments_say(db: psycopg.Connection, evening: Evening) -> None:
    rows = db.execute(
        """
        select
            ticket.assignee_id,
            array(select held.agent_id from public.ticket_assignments held
                where held.ticket_id = ticket.id and held.ended_at is null),
            (select count(*) filter (where event.kind = 'assigned')
                from public.ticket_events event where event.ticket_id = ticket.id),
            (select count(*) from public.ticket_assignments held where held.ticket_id = ticket.id)
        from public.support_tickets ticket
        where ticket.id = any(%s)
        """,
        [list(evening.tickets)],
    ).fetchall()
    assert len(rows) == TICKETS
    for assignee, holders, times, assignments in rows:
        assert holders == ([assignee] if assignee else [])
        assert times == assignments


def each_decision_gave_its_ticket_once(db: psycopg.Connection, evening: Evening) -> None:
    decided: Counter[Any] = Counter(
        db.execute(
            "select ticket_id, agent_id, decided_at from public.routing_decisions"
            " where ticket_id = any(%s) and outcome = 'assigned'",
            [list(evening.tickets)],
        ).fetchall()
    )
    given: Counter[Any] = Counter(
        db.execute(
            "select ticket_id, agent_id, offered_at from public.ticket_assignments"
            " where ticket_id = any(%s) and assigned_by is null",
            [list(evening.tickets)],
        ).fetchall()
    )
    assert decided == given
    assert set(decided.values()) == {1}


def no_decliner_was_asked_again(db: psycopg.Connection, evening: Evening) -> None:
    again = db.execute(
        """
        select count(*) from public.ticket_assignments first
        join public.ticket_assignments later using (ticket_id, cycle, agent_id)
        where first.ticket_id = any(%s) and first.state = 'declined'
            and later.offered_at > first.ended_at and later.assigned_by is null
        """,
        [list(evening.tickets)],
    ).fetchone()
    assert again == (0,)


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
        "select outcome, agent_id::text, score, candidates, array("
        "  select told.agent_id::text from public.routing_explanations told"
        "  where told.decision_id = decision.id"
        " ) from public.routing_decisions decision where ticket_id = any(%s)",
        [list(evening.tickets)],
    ).fetchall()
    colleagues = sorted(str(agent) for agent in evening.agents)
    for outcome, agent_id, score, candidates, mentioned in rows:
        for candidate in candidates:
            assert sum(candidate["parts"].values()) == candidate["score"]
        if outcome == "assigned":
            assert (candidates[0]["agent_id"], candidates[0]["score"]) == (agent_id, score)
        assert sorted(mentioned) == colleagues


def drain(url: str, evening: Evening) -> None:
    """One more look for everybody who waits, as the clock would give it, until nothing moves."""
    for _ in range(20):
        with psycopg.connect(url) as db:
            db.execute("insert into public.events (kind) values ('clock.minutely')")
            run_backlog(db)
            results = {}
            while part := run_routing(db):
                results |= part
            db.commit()
            if not set(results) & set(evening.tickets):
                return
            moved = db.execute(
                "select count(*) from public.ticket_assignments where ticket_id = any(%s)"
                " and offered_at > now() - interval '1 minute' and ended_at is null"
                " and ticket_id = any(%s)",
                [list(evening.tickets), [ticket for ticket in results if ticket]],
            ).fetchone()
            if moved == (0,):
                return


def whoever_waits_could_go_to_nobody(db: psycopg.Connection, evening: Evening) -> None:
    waiting = [
        ticket
        for (ticket,) in db.execute(
            "select id from public.support_tickets where id = any(%s) and status = 'open'",
            [list(evening.tickets)],
        )
    ]
    assert waiting
    contexts = asyncio.run(a_store(db).routing_contexts(waiting))
    assert [made for made in route(contexts, POLICY) if made.outcome == "assigned"] == []
