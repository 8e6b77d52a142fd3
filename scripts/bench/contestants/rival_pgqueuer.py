"""pgqueuer over asyncpg, which its authors measure as the faster driver."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
from pgqueuer.models import Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries

from scripts.bench.contestants.contestant import Contestant, OnJob

ENTRYPOINT = "bench"


def pgqueuer(url: str, batch_size: int, drain_count: int) -> Contestant:
    """pgqueuer taking `batch_size` jobs at a time, in the database at `url`."""
    return _PgQueuer(f"pgqueuer, batch {batch_size}", drain_count, url, batch_size)


@dataclass
class _PgQueuer:
    name: str
    drain_count: int
    url: str
    batch_size: int
    _producer: asyncpg.Connection = field(init=False)

    async def open(self) -> None:
        self._producer = await asyncpg.connect(self.url)
        self._queries = Queries.from_asyncpg_connection(self._producer)
        if not await self._queries.schema_is_installed():
            await self._queries.install()
            await self._queries.optimize_autovacuum()

    async def close(self) -> None:
        await self._producer.close()

    async def fill(self, count: int) -> None:
        for start in range(0, count, 1000):
            size = min(1000, count - start)
            payloads: list[bytes | None] = [str(start + i).encode() for i in range(size)]
            await self._queries.enqueue([ENTRYPOINT] * size, payloads, [0] * size)

    async def announce(self, key: int) -> None:
        await self._queries.enqueue(ENTRYPOINT, str(key).encode())

    async def is_empty(self) -> bool:
        return bool(await self._producer.fetchval("select not exists (select from pgqueuer)"))

    @asynccontextmanager
    async def working(self, on_job: OnJob) -> AsyncIterator[None]:
        connection = await asyncpg.connect(self.url)
        manager = QueueManager(Queries.from_asyncpg_connection(connection))

        @manager.entrypoint(ENTRYPOINT)
        async def handle(job: Job) -> None:
            on_job(int(job.payload or 0))

        running = asyncio.create_task(manager.run(batch_size=self.batch_size))
        try:
            yield
        finally:
            manager.shutdown.set()
            await running
            await connection.close()
