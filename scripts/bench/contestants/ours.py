"""Our runtime: claims over REST, woken over Realtime, just like `python -m workers`."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from lib.events import Job, JobResult
from lib.log import configure_logging
from lib.settings import load_settings
from lib.store.client import worker_rpc
from lib.store.jobs import supabase_job_store
from scripts.bench.contestants.contestant import Contestant, OnJob
from scripts.bench.ground import Ground
from workers.runtime.lifecycle import Runtime
from workers.runtime.socket import RealtimeSocket
from workers.runtime.worker import Worker

KIND, WORKER = "bench.happened", "bench.noop"


def ours(ground: Ground, batch_size: int, drain_count: int) -> Contestant:
    """The house's queue with a no-op worker that takes `batch_size` jobs at a time."""
    return _Ours(f"ours, batch {batch_size}", drain_count, ground, batch_size)


@dataclass
class _Ours:
    name: str
    drain_count: int
    ground: Ground
    batch_size: int
    _producer: asyncpg.Connection = field(init=False)

    async def open(self) -> None:
        self._producer = await asyncpg.connect(self.ground.state.db_url)
        await subscribe(self._producer)

    async def close(self) -> None:
        await unsubscribe(self._producer)
        await self._producer.close()

    async def fill(self, count: int) -> None:
        await self._producer.execute(
            "insert into public.events (kind, payload)"
            " select $1, jsonb_build_object('key', key) from generate_series(0, $2 - 1) key",
            KIND,
            count,
        )

    async def announce(self, key: int) -> None:
        await self._producer.execute(
            "insert into public.events (kind, payload)"
            " values ($1, jsonb_build_object('key', $2::integer))",
            KIND,
            key,
        )

    async def is_empty(self) -> bool:
        question = "select not exists (select from private.jobs where worker = $1)"
        return bool(await self._producer.fetchval(question, WORKER))

    @asynccontextmanager
    async def working(self, on_job: OnJob) -> AsyncIterator[None]:
        state = self.ground.state
        settings = load_settings(None, supabase_url=state.url, supabase_secret_key=state.secret_key)
        configure_logging("error", settings.worker_replica_name)
        async with worker_rpc(settings) as rpc:
            runtime = Runtime(
                [_noop(self.batch_size, on_job)],
                supabase_job_store(rpc),
                lambda: RealtimeSocket(state.url, state.secret_key),
                settings,
            )
            running = asyncio.create_task(runtime.run())
            try:
                yield
            finally:
                runtime.stop()
                await running


async def subscribe(connection: asyncpg.Connection) -> None:
    """Lets the no-op worker have the benchmark's events."""
    await connection.execute(
        "insert into private.subscriptions (event_kind, worker) values ($1, $2)"
        " on conflict do nothing",
        KIND,
        WORKER,
    )


async def unsubscribe(connection: asyncpg.Connection) -> None:
    """Leaves nothing of the benchmark behind but its events."""
    await connection.execute("delete from private.subscriptions where worker = $1", WORKER)


def _noop(batch_size: int, on_job: OnJob) -> Worker:
    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        for job in jobs:
            on_job(job.payload["key"])
        return {job.id: "recorded" for job in jobs}

    return Worker(name=WORKER, handle=handle, batch_size=batch_size, records=False)
