"""How long does whoever asks for something wait until the answer stands in the database?

A manager asks with the official client, through the gateway; two replicas with every worker stand
by. Counted from the call until a read of the row finds it done; what is answered at once counts
from the call to its answer.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from supabase import AsyncClient, AsyncClientOptions, acreate_client

from scripts.bench.findings import Finding, Goal, p50, p95
from scripts.bench.ground import Ground
from scripts.bench.people import add_agents, add_people, empty_the_house
from scripts.play.replicas import running_replicas
from scripts.stack.keys import mint_token
from scripts.stack.state import StackState

SAMPLES, CLIENTS, MANAGERS, REPLICAS = 100, 20, 5, 2
PAUSE_SECONDS, LOOK_SECONDS, PATIENCE_SECONDS = 0.1, 0.01, 60
GOAL_MS = 2_000
SKILLS = ("language.pl",)
LISTENING = """
    select count(*) = $1 from private.worker_heartbeats where report ->> 'realtime' = 'subscribed'
"""
VISITS = """
    insert into public.visits (
        client_id, treatment_id, status, source, external_ref, starts_at, ended_at, price_minor
    )
    select client.id, 'massage_deep', 'completed', 'bench', client.id || ' ' || n, day.at,
        day.at + interval '1 h', 42000
    from unnest($1::uuid[]) client (id)
    cross join generate_series(1, 12) n
    cross join lateral (select now() - n * interval '19 days' as at) day
"""
TICKETS = """
    insert into public.support_tickets (
        client_id, channel, subject, category, language, tier, status, assignee_id, assigned_at,
        first_response_due_at
    )
    select client.id, 'email', 'bench', 'booking', 'pl', 'standard', 'assigned', $2, now(),
        now() + interval '4 h'
    from unnest($1::uuid[]) client (id)
    returning id
"""
TEXT = "Jestem zachwycona wczorajszym masażem, chociaż czekałam dwadzieścia minut na wejście."


@dataclass(frozen=True)
class House:
    """Who asks, and about whom."""

    managers: Sequence[UUID]
    clients: Sequence[UUID]
    tickets: Sequence[UUID]


@dataclass(frozen=True)
class Kind:
    """A function, its arguments, and where its answer is seen to be done."""

    function: str
    arguments: Callable[[House, int], Mapping[str, Any]]
    table: str = ""
    is_done: tuple[str, str] = ("", "")


def _prediction(house: House, number: int) -> Mapping[str, Any]:
    return {"p_client_id": str(house.clients[number % CLIENTS]), "p_prediction_type": "churn"}


def _reply(house: House, number: int) -> Mapping[str, Any]:
    ticket_id = str(house.tickets[number % CLIENTS])
    return {"p_ticket_id": ticket_id, "p_inquiry": "Czy mogę przełożyć wizytę na sobotę?"}


KINDS = (
    Kind("request_prediction", _prediction, "prediction_requests", ("status", "done")),
    Kind("request_smart_response", _reply, "reply_drafts", ("state", "done")),
    Kind(
        "request_sentiment_analysis",
        lambda _house, _number: {"p_text": TEXT, "p_source": "review"},
        "sentiment_analyses",
        ("status", "completed"),
    ),
    Kind(
        "request_brand_validation",
        lambda _house, _number: {"p_content": TEXT, "p_channel": "email"},
    ),
)


async def measure(ground: Ground) -> list[Finding]:
    """Each kind of request in turn, one at a time."""
    await empty_the_house(ground.state)
    owner = await asyncpg.connect(ground.state.db_url)
    try:
        house = await _house(owner)
        async with _at_work(ground.state, owner):
            browsers = [await _browser(ground.state, person) for person in house.managers]
            return [
                finding for kind in KINDS for finding in await _asked(ground, kind, house, browsers)
            ]
    finally:
        await owner.close()
        await empty_the_house(ground.state)


async def _house(owner: asyncpg.Connection) -> House:
    agent, *managers = await add_agents(owner, 1 + MANAGERS, SKILLS, CLIENTS)
    await owner.execute(
        "update public.staff_members set role = 'manager' where id = any ($1)", managers
    )
    clients = await add_people(owner, CLIENTS)
    await owner.execute(VISITS, clients)
    tickets = [row["id"] for row in await owner.fetch(TICKETS, clients, agent)]
    return House(managers, clients, tickets)


@asynccontextmanager
async def _at_work(state: StackState, owner: asyncpg.Connection) -> AsyncIterator[None]:
    """Replicas that have heard the socket and done what followed from filling the house."""
    settings = {"WORKER_BEAT_SECONDS": "1", "LOG_LEVEL": "warning"}
    async with running_replicas(state.url, state.secret_key, REPLICAS, **settings):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await owner.fetchval(LISTENING, REPLICAS):
                await asyncio.sleep(LOOK_SECONDS)
            while await owner.fetchval("select exists (select from private.jobs)"):
                await asyncio.sleep(LOOK_SECONDS)
        yield


async def _browser(state: StackState, person_id: UUID) -> AsyncClient:
    now = int(time.time())
    claims = {"sub": str(person_id), "role": "authenticated", "aud": "authenticated"}
    token = mint_token(state.jwt_secret, {**claims, "iat": now, "exp": now + 3600})
    options = AsyncClientOptions(headers={"Authorization": f"Bearer {token}"})
    return await acreate_client(state.url, state.publishable_key, options)


async def _asked(
    ground: Ground, kind: Kind, house: House, browsers: Sequence[AsyncClient]
) -> list[Finding]:
    ground.note(kind.function)
    draw, waits = random.Random(SAMPLES), []  # noqa: S311
    for number in range(-1, ground.scaled(SAMPLES)):  # the first only warms the way
        await asyncio.sleep(draw.expovariate(1 / PAUSE_SECONDS))
        started = time.perf_counter()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await _answered(kind, house, number, browsers[number % MANAGERS])
        waits.append(1000 * (time.perf_counter() - started))
    return [
        _finding(f"{kind.function}, p50", p50(waits[1:]), None),
        _finding(f"{kind.function}, p95", p95(waits[1:]), Goal("at most", GOAL_MS)),
    ]


async def _answered(kind: Kind, house: House, number: int, browser: AsyncClient) -> None:
    asked: Any = (
        await browser.rpc(kind.function, dict(kind.arguments(house, number))).execute()
    ).data
    column, wanted = kind.is_done
    while kind.table:
        row = browser.table(kind.table).select(column).eq("id", asked["id"])
        found: Any = (await row.execute()).data
        if found == [{column: wanted}]:
            return
        await asyncio.sleep(LOOK_SECONDS)


def _finding(what: str, ms: float, goal: Goal | None) -> Finding:
    return Finding(question="requests", what=what, value=ms, unit="ms", goal=goal)
