"""A whole runtime on fakes, with pauses of milliseconds."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from lib.events import Job, JobResult
from lib.settings import Settings, load_settings
from tests.fakes.jobs import FakeJobStore
from tests.fakes.realtime import FakeRealtime
from tests.support.waiting import eventually_async
from workers.runtime.lifecycle import Runtime
from workers.runtime.worker import Worker


def settings(**overrides: object) -> Settings:
    """Settings of a test process; polls every few milliseconds unless told otherwise."""
    chosen: dict[str, object] = {
        "supabase_url": "http://127.0.0.1:1",
        "supabase_secret_key": "sb_secret_for_tests_only_000",
        "worker_replica_name": "test-replica",
        "worker_poll_floor_seconds": 0.001,
        "worker_poll_ceiling_seconds": 0.005,
        "worker_drain_seconds": 5,
        **overrides,
    }
    return load_settings(None, **chosen)


@asynccontextmanager
async def running(
    worker: Worker,
    store: FakeJobStore,
    realtime: FakeRealtime | None = None,
    **overrides: object,
) -> AsyncIterator[Runtime]:
    """Run the worker; drain at the end."""
    sockets = realtime or FakeRealtime(refusal=OSError("no Realtime here"))
    runtime = Runtime([worker], store, sockets.make_socket, settings(**overrides))
    task = asyncio.create_task(runtime.run())
    try:
        yield runtime
    finally:
        runtime.stop()
        await task


async def until(check: Callable[[], object], seconds: float = 5) -> None:
    """Wait until `check` is true."""

    async def checked() -> object:
        return check()

    await eventually_async(checked, seconds)


def recording(store: FakeJobStore, name: str = "test.work", **options: int | float) -> Worker:
    """A worker that writes its effect and finishes its jobs in one step."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        return store.record(jobs)

    return Worker(name=name, handle=handle, **options)  # type: ignore[arg-type]


Handler = Callable[[Sequence[Job]], Awaitable[Mapping[int, JobResult]]]
