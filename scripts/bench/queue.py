"""How fast does the queue drain, and how soon after the commit does a handler begin?

No-op jobs, one worker each: through our runtime and the REST gateway, and beside them
procrastinate and pgqueuer, which speak to Postgres directly. A drain counts from the first
handler's start until no job is left. Latency is taken at 20 single jobs a second, from the answer
to the commit until the handler's start.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from functools import partial

from scripts.bench.contestants.contestant import Contestant
from scripts.bench.contestants.databases import create_database, drop_database
from scripts.bench.contestants.ours import ours
from scripts.bench.contestants.rival_pgqueuer import pgqueuer
from scripts.bench.contestants.rival_procrastinate import procrastinate
from scripts.bench.findings import Finding, Goal, p50, p95
from scripts.bench.ground import Ground
from scripts.bench.rounds import interleaved

DATABASES = ("bench_pgqueuer", "bench_procrastinate")
PGQUEUER_DRAINS = ((10, 4_000), (100, 15_000), (500, 20_000))  # batch size, jobs
JOBS_A_SECOND = 20
PATIENCE_SECONDS = 300


async def measure(ground: Ground) -> list[Finding]:
    """Every configuration in turn, then the best of ours beside the best of each rival."""
    contestants = await _contestants(ground)
    try:
        for contestant in contestants:
            await contestant.open()
        drains = await interleaved(
            {c.name: partial(_drain, c) for c in contestants}, ground.rounds, ground.note
        )
        samples = ground.scaled(120)
        delays = await interleaved(
            {c.name: partial(_delays, c, samples) for c in contestants}, ground.rounds, ground.note
        )
    finally:
        for contestant in contestants:
            await contestant.close()
        for database in DATABASES:
            await drop_database(ground.admin_db_url, database)
    together = {name: [delay for part in parts for delay in part] for name, parts in delays.items()}
    return [*_rates({name: p50(values) for name, values in drains.items()}), *_latencies(together)]


async def _contestants(ground: Ground) -> list[Contestant]:
    urls = [await create_database(ground.admin_db_url, name) for name in DATABASES]
    return [
        *(ours(ground, batch, ground.scaled(30_000)) for batch in (100, 500)),
        *(pgqueuer(urls[0], batch, ground.scaled(jobs)) for batch, jobs in PGQUEUER_DRAINS),
        *(procrastinate(urls[1], many, ground.scaled(800)) for many in (1, 16)),
    ]


async def _drain(contestant: Contestant) -> float:
    """Jobs per second."""
    starts: list[float] = []
    await contestant.fill(contestant.drain_count)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with contestant.working(lambda _: starts.append(time.perf_counter())):
            while len(starts) < contestant.drain_count or not await contestant.is_empty():
                await asyncio.sleep(0.005)
            ended_at = time.perf_counter()
    return contestant.drain_count / (ended_at - starts[0])


async def _delays(contestant: Contestant, samples: int) -> list[float]:
    """Milliseconds from commit to handler."""
    draw = random.Random(samples)  # noqa: S311
    committed: dict[int, float] = {}
    started: dict[int, float] = {}
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with contestant.working(lambda key: started.update({key: time.perf_counter()})):
            for key in range(-1, samples):  # the first only warms the way
                await contestant.announce(key)
                committed[key] = time.perf_counter()
                await asyncio.sleep(draw.expovariate(JOBS_A_SECOND))
            while len(started) < len(committed) or not await contestant.is_empty():
                await asyncio.sleep(0.005)
    return [1000 * (started[key] - committed[key]) for key in range(samples)]


def _rates(rates: Mapping[str, float]) -> list[Finding]:
    best = _best(rates, max)
    return [
        *(_plain("drain", name, rate, "jobs/s") for name, rate in rates.items()),
        _beside("drain", rates, best["ours"], best["pgqueuer"], "jobs/s", Goal("at least", 1.2)),
        _beside(
            "drain", rates, best["ours"], best["procrastinate"], "jobs/s", Goal("at least", 40)
        ),
    ]


def _latencies(delays: Mapping[str, list[float]]) -> list[Finding]:
    medians = {name: p50(values) for name, values in delays.items()}
    best = _best(medians, min)
    faster = min(best["pgqueuer"], best["procrastinate"], key=medians.__getitem__)
    return [
        *(_plain("commit to handler p50", name, ms, "ms") for name, ms in medians.items()),
        *(_plain("commit to handler p95", name, p95(v), "ms") for name, v in delays.items()),
        _beside("commit to handler p50", medians, best["ours"], faster, "ms", Goal("at most", 3)),
    ]


def _best(values: Mapping[str, float], better: Callable[..., str]) -> dict[str, str]:
    """Of each family (`pgqueuer` of `pgqueuer, batch 100`) the member with the better value."""
    families: dict[str, list[str]] = {}
    for name in values:
        families.setdefault(name.split(",")[0], []).append(name)
    return {family: better(names, key=values.__getitem__) for family, names in families.items()}


def _plain(what: str, name: str, value: float, unit: str) -> Finding:
    return Finding(question="queue", what=f"{what}: {name}", value=value, unit=unit)


def _beside(
    what: str, values: Mapping[str, float], name: str, rival: str, unit: str, goal: Goal
) -> Finding:
    return Finding(
        question="queue",
        what=f"{what}: {name}",
        value=values[name],
        unit=unit,
        beside=rival,
        ratio=values[name] / values[rival],
        goal=goal,
    )
