"""A desk under fire: routers, agents who come and go, people who give work by hand, new tickets."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import psycopg
from pydantic import SecretStr

from lib.errors import LeaseLostError, LuxuryError
from lib.events import Job
from lib.settings import Settings
from lib.store.client import worker_rpc
from lib.store.jobs import JobStore, supabase_job_store
from scripts.stack.keys import mint_token
from scripts.stack.state import StackState
from tests.factories import a_client, a_desk, a_vip_profile, an_agent
from workers.app import all_workers
from workers.runtime.worker import Worker

ROUTING = "orchestrator.routing"
TIERS = ("standard", "standard", "premium", "vip_gold", "vip_platinum")
CHANNELS = ("chat", "chat", "whatsapp", "instagram", "email", "email", "phone_note", "phone")
CATEGORIES = ("general", "billing", "booking", "complaint", "product")
LANGUAGES = ("pl", "pl", "pl", "en", "uk")
BATCH = 20
PAUSES = (0.05, 1.0)
"""Seconds between claims that bring nothing, at first and at most: as a process does it."""
FITS_NO_MORE = {"PT403", "PT404", "PT409"}
"""What people are told when somebody was quicker."""

TOO_SLOW = {"timeout", "57014"}
"""Codes of calls that took longer than somebody waits."""

OPEN_TICKETS = """
insert into public.support_tickets (
    client_id, desk_id, channel, subject, category, language, tier, required_skills,
    first_response_due_at
)
select
    client.id, client.desk_id, asked.channel, 'Wizyta', topic.category, asked.language,
    client.tier, topic.required_skills,
    private.find_response_due_at(client.tier, asked.channel, now())
from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
    as asked (client_id, channel, category, language)
join public.profiles client on client.id = asked.client_id
join public.ticket_categories topic on topic.category = asked.category
"""


@dataclass
class Desk:
    """A desk of its own, and what was seen there by whoever did something."""

    stack: StackState
    id: UUID
    agents: Sequence[UUID]
    clients: Sequence[UUID]
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    are_people_home: asyncio.Event = field(default_factory=asyncio.Event)
    done: Counter[str] = field(default_factory=Counter)
    """What succeeded, by name: `routing.recorded`, `take_ticket`, ..."""
    surprises: Counter[str] = field(default_factory=Counter)
    """Errors that nobody should have seen."""


def build(stack: StackState, agents: int, clients: int) -> Desk:
    """Agents of many skills and sizes, one in ten not there; clients of all tiers."""
    chance = random.Random(12)
    with psycopg.connect(stack.db_url) as db:
        desk_id = a_desk(db)
        staff = [_an_agent(db, desk_id, chance) for _ in range(agents)]
        people = [_a_client(db, desk_id, staff, chance) for _ in range(clients)]
    return Desk(stack, desk_id, staff, people)


def _an_agent(db: psycopg.Connection, desk_id: UUID, chance: random.Random) -> UUID:
    return an_agent(
        db,
        desk_id=desk_id,
        state=chance.choice(("online",) * 9 + ("away",)),
        capacity_units=chance.choice((10, 80, 100, 100)),
        languages=["pl", *chance.sample(("en", "uk"), chance.randint(0, 2))],
        skills=[f"category.{topic}" for topic in chance.sample(CATEGORIES[1:], 3)],
    )


def _a_client(
    db: psycopg.Connection, desk_id: UUID, agents: Sequence[UUID], chance: random.Random
) -> UUID:
    tier = chance.choice(TIERS)
    client_id = a_client(db, tier, desk_id=desk_id)
    if tier.startswith("vip"):
        a_vip_profile(db, client_id, dedicated_agent_id=chance.choice(agents))
    return client_id


async def open_tickets(desk: Desk, count: int, at_once: int) -> None:
    """Clients write, several in the same moment."""
    chance = random.Random(34)
    async with await psycopg.AsyncConnection.connect(desk.stack.db_url, autocommit=True) as db:
        for _ in range(count // at_once):
            drawn = [
                [chance.choice(choices) for _ in range(at_once)]
                for choices in (desk.clients, CHANNELS, CATEGORIES, LANGUAGES)
            ]
            await db.execute(OPEN_TICKETS, drawn)
            desk.done["opened"] += at_once
            await asyncio.sleep(chance.random() * 0.3)


# Routers -----------------------------------------------------------------------------------------


@asynccontextmanager
async def a_process(desk: Desk) -> AsyncIterator[tuple[JobStore, Mapping[str, Worker]]]:
    """The orchestrator's workers and the job functions, as a process of workers has them."""
    settings = Settings(
        supabase_url=desk.stack.url, supabase_secret_key=SecretStr(desk.stack.secret_key)
    )
    async with worker_rpc(settings) as rpc:
        workers = {
            worker.name: worker
            for worker in all_workers(rpc, settings)
            if worker.name.startswith("orchestrator.")
        }
        yield supabase_job_store(rpc), workers


async def route(desk: Desk, routers: int) -> None:
    """A process with so many routers."""
    async with a_process(desk) as (store, workers), asyncio.TaskGroup() as group:
        for number in range(routers):
            group.create_task(_consume(desk, store, workers[ROUTING], f"router-{number}"))


async def look_after_the_rest(desk: Desk) -> None:
    """A process with one of each other worker: who is silent or gone, what could be taken."""
    async with a_process(desk) as (store, workers), asyncio.TaskGroup() as group:
        for name in set(workers) - {ROUTING}:
            group.create_task(_consume(desk, store, workers[name], name))


async def _consume(desk: Desk, store: JobStore, worker: Worker, replica: str) -> None:
    """Claim, handle, give back what is stale; until the fire is over."""
    since, pause = None, PAUSES[0]
    while not desk.is_over.is_set():
        call = store.claim_jobs(replica, {worker.name: BATCH}, 30, [], since)
        claim = await _survived(desk, call)
        since = claim.since if claim else None
        if claim and claim.jobs:
            await _handle(desk, store, worker, claim.jobs[worker.name])
            pause = PAUSES[0]
        else:
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSES[1])


async def _handle(desk: Desk, store: JobStore, worker: Worker, jobs: Sequence[Job]) -> None:
    results = await _survived(desk, worker.handle(jobs))
    if results is None:
        items = [job.lease() | {"error": "under fire", "is_permanent": False} for job in jobs]
        await _survived(desk, store.fail_jobs(items))
        return
    desk.done.update(f"{worker.name}.{result}" for result in results.values())
    stale = [job.lease() | {"seconds": 0.1} for job in jobs if results[job.id] == "stale"]
    if stale:
        await _survived(desk, store.snooze_jobs(stale))


async def _survived(desk: Desk, call: Awaitable[Any]) -> Any:
    """What the call answers, or None after an error, which is noted.

    On a busy machine a call may take too long, and somebody else then has its jobs: that is
    promised too, and what it leaves behind is checked with all the rest.
    """
    try:
        return await call
    except LeaseLostError:
        desk.done["leases lost"] += 1
    except LuxuryError as error:
        is_slow = error.code in TOO_SLOW
        (desk.done if is_slow else desk.surprises)[f"router: {error}"] += 1
    return None


async def fire_timers(desk: Desk) -> None:
    """Offers lapse while people are there."""
    async with a_process(desk) as (store, _):
        while not desk.are_people_home.is_set():
            firing = await _survived(desk, store.fire_timers(500))
            desk.done["timers"] += firing.fired if firing else 0
            await asyncio.sleep(0.2)


# People ------------------------------------------------------------------------------------------


class Person:
    """Somebody of the desk with a token of their own, as their browser calls."""

    def __init__(self, desk: Desk, person_id: UUID, http: httpx.AsyncClient) -> None:
        self.id = person_id
        self.chance = random.Random(person_id.int)
        self._desk = desk
        self._http = http
        claims = {"sub": str(person_id), "role": "authenticated", "aud": "authenticated"}
        token = mint_token(desk.stack.jwt_secret, claims | {"exp": 4_000_000_000})
        self._headers = {
            "apikey": desk.stack.publishable_key,
            "Authorization": f"Bearer {token}",
        }

    async def call(self, function: str, **arguments: Any) -> None:
        """Call a function of schema public; being too late is no surprise."""
        answer = await self._http.post(
            f"{self._desk.stack.url}/rest/v1/rpc/{function}",
            json=arguments,
            headers=self._headers,
        )
        if answer.is_success:
            self._desk.done[function] += 1
        elif answer.json().get("code") not in FITS_NO_MORE | TOO_SLOW:
            self._desk.surprises[f"{function}: {answer.text}"] += 1

    async def tickets(self, query: str) -> list[dict[str, Any]]:
        """Some tickets this person sees."""
        answer = await self._http.get(
            f"{self._desk.stack.url}/rest/v1/support_tickets?select=id,version&limit=20&{query}",
            headers=self._headers,
        )
        if not answer.is_success:
            self._desk.surprises[f"tickets: {answer.text}"] += 1
            return []
        found: list[dict[str, Any]] = answer.json()
        return found


async def work(desk: Desk, agent_id: UUID, http: httpx.AsyncClient) -> None:
    """Somebody answers, declines, hands over, takes and solves until it is time to go home."""
    me = Person(desk, agent_id, http)
    while not desk.are_people_home.is_set():
        mine = await me.tickets(f"assignee_id=eq.{me.id}&status=in.(assigned,pending)")
        waiting = await me.tickets("status=eq.open") if me.chance.random() < 0.5 else []
        if not mine and not waiting:
            await asyncio.sleep(0.1)
        for ticket in mine[:2]:
            await me.chance.choice(DEEDS)(me, desk, ticket)
        if waiting:
            await me.call("take_ticket", p_ticket_id=me.chance.choice(waiting)["id"])


async def _accept(me: Person, _: Desk, ticket: dict[str, Any]) -> None:
    await me.call("accept_ticket", p_ticket_id=ticket["id"])


async def _decline(me: Person, _: Desk, ticket: dict[str, Any]) -> None:
    await me.call("decline_ticket", p_ticket_id=ticket["id"], p_reason="Nie mój temat")


async def _resolve(me: Person, _: Desk, ticket: dict[str, Any]) -> None:
    await me.call(
        "resolve_ticket",
        p_ticket_id=ticket["id"],
        p_resolution="Umówiono",
        p_version=ticket["version"],
    )


async def _hand_over(me: Person, desk: Desk, ticket: dict[str, Any]) -> None:
    await me.call(
        "assign_ticket",
        p_ticket_id=ticket["id"],
        p_agent_id=str(me.chance.choice(desk.agents)),
        p_version=ticket["version"],
    )


async def _put_back(me: Person, _: Desk, ticket: dict[str, Any]) -> None:
    await me.call("unassign_ticket", p_ticket_id=ticket["id"], p_version=ticket["version"])


async def _hold(me: Person, _: Desk, ticket: dict[str, Any]) -> None:
    await me.call(
        "set_ticket_status",
        p_ticket_id=ticket["id"],
        p_status=me.chance.choice(("pending", "on_hold", "assigned")),
        p_version=ticket["version"],
    )


DEEDS: Sequence[Callable[[Person, Desk, dict[str, Any]], Awaitable[None]]] = (
    *(_resolve,) * 4,
    *(_accept,) * 2,
    _decline,
    _hand_over,
    _put_back,
    _hold,
)


async def come_and_go(desk: Desk, agent_id: UUID, http: httpx.AsyncClient) -> None:
    """Somebody changes their state at random."""
    me = Person(desk, agent_id, http)
    while not desk.are_people_home.is_set():
        await me.call(
            "set_presence", p_state=me.chance.choice(("online", "online", "away", "offline"))
        )
        await asyncio.sleep(me.chance.random())
