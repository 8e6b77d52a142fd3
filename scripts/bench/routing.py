"""How many tickets a second reach an agent, from the commit that opened them to the last decision?

A desk of forty agents with room for all; two thousand e-mail tickets opened by one statement while
1, 2 or 4 worker replicas stand by. Beside it the bare batched calls: contexts and record of the
same tickets with decisions made beforehand, two calls in flight, no runtime and no thinking. And
the wait of a single ticket: opened one at a time, from its commit until it is seen assigned.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from lib.events import Job
from lib.log import configure_logging
from lib.orchestrator.models.routing import RoutingDecision
from lib.orchestrator.policy import RoutingPolicy
from lib.orchestrator.routing import route
from lib.settings import load_settings
from lib.store.client import worker_rpc
from lib.store.jobs import supabase_job_store
from lib.store.orchestrator.routing import supabase_orchestrator_store
from lib.store.rpc import Rpc
from scripts.bench.findings import Finding, Goal, p50, p95
from scripts.bench.ground import Ground
from scripts.bench.people import add_agents, add_people, empty_the_house
from scripts.bench.rounds import interleaved
from scripts.play.replicas import running_replicas

WORKER = "orchestrator.routing"
AGENTS, CAPACITY = 40, 100  # twice what is opened: nobody gets full, no decision comes too late
SKILLS = ("language.pl", "language.en", "category.billing", "category.booking")
BATCH, IN_FLIGHT = 200, 2
PATIENCE_SECONDS = 120

OPEN = """
    insert into public.support_tickets (
        client_id, channel, subject, category, language, tier, required_skills,
        first_response_due_at
    )
    select
        client.id, 'email', 'bench', topic.category, spoken.language, level.tier,
        topic.required_skills, now() + make_interval(secs => level.response_seconds)
    from generate_series(0, $1 - 1) n
    join lateral (
        select $2::uuid[] as ids, array['pl', 'en'] as languages,
            array['general', 'billing', 'booking'] as categories,
            array['standard', 'premium', 'vip_gold', 'vip_platinum'] as tiers
    ) choice on true
    join public.profiles client on client.id = choice.ids[1 + n % cardinality(choice.ids)]
    join public.ticket_categories topic on topic.category = choice.categories[1 + n % 3]
    join public.service_levels level on level.tier = choice.tiers[1 + n % 4]
    cross join lateral (select choice.languages[1 + n % 2] as language) spoken
"""

LISTENING = """
    select count(*) = $1 from private.worker_heartbeats where report ->> 'realtime' = 'subscribed'
"""
SINGLES, PAUSE_SECONDS = 120, 0.05
NOBODY_WAITS = "select not exists (select from public.support_tickets where status = 'open')"


async def measure(ground: Ground) -> list[Finding]:
    """Replicas and the bare calls in turn."""
    count = ground.scaled(2_000)
    await empty_the_house(ground.state)
    owner = await asyncpg.connect(ground.state.db_url)
    try:
        await add_agents(owner, AGENTS, SKILLS, CAPACITY)
        clients = await add_people(owner, 50)
        runs = {
            f"{replicas} replicas": partial(with_replicas, ground, owner, clients, count, replicas)
            for replicas in (1, 2, 4)
        }
        runs["bare calls"] = partial(_bare, ground, owner, clients, count)
        rates = await interleaved(runs, ground.rounds, ground.note)
        single = {"2 replicas": partial(_one_at_a_time, ground, owner, clients)}
        waits = await interleaved(single, ground.rounds, ground.note)
    finally:
        await owner.close()
        await empty_the_house(ground.state)
    together = [wait for part in waits["2 replicas"] for wait in part]
    return [*_findings({name: p50(values) for name, values in rates.items()}), *_waits(together)]


def _findings(rates: dict[str, float]) -> list[Finding]:
    bare = rates.pop("bare calls")
    lines = [_line("bare calls", bare, {})]
    for name, rate in rates.items():
        what = f"opened to assigned, {name}"
        lines.append(_line(what, rate, {"beside": "bare calls", "ratio": rate / bare}))
        if name == "2 replicas":
            lines.append(_line(what, rate, {"goal": Goal("at least", 1_500)}))
    return lines


def _waits(milliseconds: list[float]) -> list[Finding]:
    what = "a single ticket, commit to assigned"
    measures = {"p50": p50, "p95": p95}
    return [_line(f"{what}, {n}", of(milliseconds), {}, "ms") for n, of in measures.items()]


def _line(what: str, value: float, more: dict[str, Any], unit: str = "tickets/s") -> Finding:
    return Finding(question="routing", what=what, value=value, unit=unit, **more)


async def with_replicas(
    ground: Ground, owner: asyncpg.Connection, clients: Sequence[UUID], count: int, replicas: int
) -> float:
    """Tickets a second, all opened by one statement, from its commit to the last decision."""
    state = ground.state
    await _clear(state.admin_db_url)
    settings = {"WORKER_BEAT_SECONDS": "1", "LOG_LEVEL": "warning"}
    async with running_replicas(state.url, state.secret_key, replicas, **settings):
        await _until(owner, LISTENING, replicas)
        await owner.execute(OPEN, count, clients)
        started = time.perf_counter()
        await _until(owner, NOBODY_WAITS)
        return count / (time.perf_counter() - started)


async def _one_at_a_time(
    ground: Ground, owner: asyncpg.Connection, clients: Sequence[UUID]
) -> list[float]:
    """Milliseconds of each; the pauses are drawn so that no poll falls into step with them."""
    state, draw = ground.state, random.Random(SINGLES)  # noqa: S311
    await _clear(state.admin_db_url)
    waits: list[float] = []
    settings = {"WORKER_BEAT_SECONDS": "1", "LOG_LEVEL": "warning"}
    async with running_replicas(state.url, state.secret_key, 2, **settings):
        await _until(owner, LISTENING, 2)
        for _ in range(ground.scaled(SINGLES)):
            await asyncio.sleep(draw.expovariate(1 / PAUSE_SECONDS))
            await owner.execute(OPEN, 1, clients)
            started = time.perf_counter()
            await _until(owner, NOBODY_WAITS, pause_seconds=0.002)
            waits.append(1000 * (time.perf_counter() - started))
    return waits


async def _bare(
    ground: Ground, owner: asyncpg.Connection, clients: Sequence[UUID], count: int
) -> float:
    await _clear(ground.state.admin_db_url)
    await owner.execute(OPEN, count, clients)
    settings = load_settings(
        None, supabase_url=ground.state.url, supabase_secret_key=ground.state.secret_key
    )
    configure_logging("error", settings.worker_replica_name)
    async with worker_rpc(settings) as rpc:
        jobs, decisions = await _decide_beforehand(rpc, count)
        batches = [jobs[start : start + BATCH] for start in range(0, len(jobs), BATCH)]
        started = time.perf_counter()
        await asyncio.gather(*(_replay(rpc, batches, decisions) for _ in range(IN_FLIGHT)))
        return count / (time.perf_counter() - started)


async def _decide_beforehand(rpc: Rpc, count: int) -> tuple[list[Job], dict[UUID, RoutingDecision]]:
    claim = await supabase_job_store(rpc).claim_jobs("bench", {WORKER: count}, 600, [], None)
    jobs = list(claim.jobs[WORKER])
    store = supabase_orchestrator_store(rpc)
    contexts = await store.routing_contexts([job.subject_id for job in jobs if job.subject_id])
    return jobs, {decision.ticket_id: decision for decision in route(contexts, RoutingPolicy())}


async def _replay(
    rpc: Rpc, batches: list[list[Job]], decisions: dict[UUID, RoutingDecision]
) -> None:
    store = supabase_orchestrator_store(rpc)
    while batches:
        batch = batches.pop()
        await rpc.call("routing_contexts", {"p_ticket_ids": [job.subject_id for job in batch]})
        results = await store.record_routing(batch, decisions)
        if set(results.values()) != {"recorded"}:
            raise RuntimeError("a decision made beforehand was not accepted")


async def _clear(admin_db_url: str) -> None:
    connection = await asyncpg.connect(admin_db_url)
    try:
        await connection.execute(
            "truncate public.support_tickets, public.events, private.jobs, private.dead_jobs,"
            " private.timers, private.worker_heartbeats cascade"
        )
        await connection.execute("update public.staff_members set last_assigned_at = null")
    finally:
        await connection.close()


async def _until(
    connection: asyncpg.Connection, question: str, *values: object, pause_seconds: float = 0.02
) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await connection.fetchval(question, *values):
            await asyncio.sleep(pause_seconds)
