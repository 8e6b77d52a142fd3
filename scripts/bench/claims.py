"""Does a claim stay as fast with a million finished jobs behind it, or beside a long transaction?

Three databases in one cluster, each with the house's migrations: one fresh, one through which a
million jobs have gone, one where a transaction has been open while a hundred thousand jobs went
through, so that vacuum could clean nothing. In turn, each claims a hundred ready jobs, again and
again, in SQL as service_role.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg

from scripts.bench.contestants.databases import create_database, drop_database, url_of
from scripts.bench.contestants.ours import KIND, WORKER, subscribe
from scripts.bench.findings import Finding, Goal, p50
from scripts.bench.ground import Ground
from scripts.bench.rounds import interleaved
from scripts.stack.postgres import BASELINE
from scripts.stack.supabase_cli import migration_names

EMPTY, FINISHED, HELD = "empty table", "1M finished jobs", "open long transaction"
BATCH = 100
CLAIMS = 100
PASSED_AT_ONCE = 5_000


@dataclass
class _Queue:
    """One database and the cursor that a replica carries from claim to claim."""

    producer: asyncpg.Connection
    worker: asyncpg.Connection
    since: Any = None
    held: list[dict[str, int]] = field(default_factory=list)

    async def fill(self, count: int) -> None:
        await self.producer.execute(
            "insert into public.events (kind) select $1 from generate_series(1, $2)", KIND, count
        )

    async def claim(self, wanted: int) -> float:
        """Finish what was claimed before, then claim; milliseconds of the claim alone."""
        await self._call({}, self.held)
        started = time.perf_counter()
        answer = await self._call({WORKER: wanted}, [])
        elapsed = time.perf_counter() - started
        rows = answer["jobs"].get(WORKER, [])
        if len(rows) != wanted:
            raise RuntimeError(f"claimed {len(rows)} jobs where {wanted} were ready")
        self.held = [{"job_id": row[0], "fence": row[1]} for row in rows]
        return elapsed * 1000

    async def _call(self, wants: Mapping[str, int], finished: list[dict[str, int]]) -> Any:
        answer = await self.worker.fetchval(
            "select worker.claim_jobs('bench', $1, 30, $2, $3)",
            json.dumps(wants),
            json.dumps(finished),
            json.dumps(self.since) if self.since else None,
        )
        parsed = json.loads(answer)
        self.since = parsed["since"]
        return parsed


async def measure(ground: Ground) -> list[Finding]:
    """Median claim of each database, beside the fresh one."""
    queues = {name: await _open(ground, name) for name in (EMPTY, FINISHED, HELD)}
    watcher = await asyncpg.connect(url_of(ground.admin_db_url, _database(HELD)))
    try:
        ground.note("passing jobs through")
        await _pass(queues[FINISHED], ground.scaled(1_000_000), PASSED_AT_ONCE)
        await _hold_a_snapshot(watcher)
        await _pass(queues[HELD], ground.scaled(100_000), BATCH)
        times = await interleaved(
            {name: partial(_claims, queue) for name, queue in queues.items()},
            ground.rounds,
            ground.note,
        )
    finally:
        await watcher.close()
        for name, queue in queues.items():
            await queue.producer.close()
            await queue.worker.close()
            await drop_database(ground.admin_db_url, _database(name))
    medians = {name: p50([ms for part in parts for ms in part]) for name, parts in times.items()}
    return [_finding(name, medians) for name in queues]


def _finding(name: str, medians: Mapping[str, float]) -> Finding:
    what = f"claim of {BATCH}: {name}"
    if name == EMPTY:
        return Finding(question="claims", what=what, value=medians[name], unit="ms")
    return Finding(
        question="claims",
        what=what,
        value=medians[name],
        unit="ms",
        beside=EMPTY,
        ratio=medians[name] / medians[EMPTY],
        goal=Goal("at most", 1.5),
    )


async def _open(ground: Ground, name: str) -> _Queue:
    url = await create_database(ground.admin_db_url, _database(name))
    admin = await asyncpg.connect(url)
    await admin.execute(BASELINE.read_text())
    await admin.close()
    owner_url = url_of(ground.state.db_url, _database(name))
    producer = await asyncpg.connect(owner_url)
    for path in migration_names():
        async with producer.transaction():
            await producer.execute(path.read_text())
    await subscribe(producer)
    worker = await asyncpg.connect(owner_url)
    await worker.execute("set role service_role")
    return _Queue(producer, worker)


def _database(name: str) -> str:
    return "bench_claims_" + name.split()[-1]


async def _pass(queue: _Queue, count: int, at_once: int) -> None:
    """Let `count` jobs go through the queue."""
    for _ in range(0, count, at_once):
        await queue.fill(at_once)
        await queue.claim(at_once)


async def _hold_a_snapshot(watcher: asyncpg.Connection) -> None:
    await watcher.execute("begin isolation level repeatable read")
    await watcher.execute("select count(*) from public.events")


async def _claims(queue: _Queue) -> list[float]:
    # Autovacuum would have come by within a minute.
    await queue.producer.execute("vacuum private.jobs")
    times = []
    for _ in range(CLAIMS):
        await queue.fill(BATCH)
        times.append(await queue.claim(BATCH))
    return times
