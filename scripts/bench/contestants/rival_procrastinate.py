"""procrastinate over psycopg, deleting what is done, so that its table stays as small as ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from procrastinate import App, PsycopgConnector
from procrastinate.tasks import Task
from procrastinate.types import JSONDict

from scripts.bench.contestants.contestant import Contestant, OnJob


def procrastinate(url: str, concurrency: int, drain_count: int) -> Contestant:
    """procrastinate running up to `concurrency` jobs at once, in the database at `url`."""
    return _Procrastinate(f"procrastinate, {concurrency} at once", drain_count, url, concurrency)


@dataclass
class _Procrastinate:
    name: str
    drain_count: int
    url: str
    concurrency: int
    _app: App = field(init=False)
    _task: Task = field(init=False)  # type: ignore[type-arg]
    _on_job: OnJob = field(init=False)

    async def open(self) -> None:
        # One connection more than jobs, for its listener.
        connector = PsycopgConnector(conninfo=self.url, min_size=2, max_size=self.concurrency + 4)
        self._app = App(connector=connector)

        @self._app.task(name="bench")
        async def handle(key: int) -> None:
            self._on_job(key)

        self._task = handle
        await self._app.open_async()
        known = await connector.execute_query_one_async(
            "select to_regclass('procrastinate_jobs') is not null as is_installed"
        )
        if not known["is_installed"]:
            await self._app.schema_manager.apply_schema_async()

    async def close(self) -> None:
        await self._app.close_async()

    async def fill(self, count: int) -> None:
        await self._task.batch_defer_async(*map(_arguments, range(count)))

    async def announce(self, key: int) -> None:
        await self._task.defer_async(key=key)

    async def is_empty(self) -> bool:
        row = await self._app.connector.execute_query_one_async(
            "select not exists (select from procrastinate_jobs) as is_empty"
        )
        return bool(row["is_empty"])

    @asynccontextmanager
    async def working(self, on_job: OnJob) -> AsyncIterator[None]:
        self._on_job = on_job
        running = asyncio.create_task(
            self._app.run_worker_async(
                concurrency=self.concurrency, delete_jobs="always", install_signal_handlers=False
            )
        )
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def _arguments(key: int) -> JSONDict:
    return {"key": key}
