"""Composition root: settings -> client -> stores -> workers -> runtime."""

from collections.abc import Sequence

from lib.errors import ConfigurationError
from lib.settings import Settings
from lib.store.client import worker_rpc
from lib.store.foundation import supabase_foundation_store
from lib.store.jobs import supabase_job_store
from lib.store.rpc import Rpc
from workers.analytics import roster as analytics
from workers.foundation.housekeeping import housekeeping
from workers.intelligence import roster as intelligence
from workers.orchestrator import roster as orchestrator
from workers.performance import roster as performance
from workers.quality import roster as quality
from workers.runtime.lifecycle import Runtime, run_until_signalled
from workers.runtime.socket import RealtimeSocket, Socket
from workers.runtime.worker import Worker
from workers.success import roster as success
from workers.vip import roster as vip

COMPONENTS = (orchestrator, performance, vip, intelligence, quality, success, analytics)


def all_workers(rpc: Rpc, settings: Settings) -> list[Worker]:
    """Return every worker there is: each component has a roster of its own."""
    return [
        housekeeping(supabase_foundation_store(rpc), settings.event_retention_days),
        *(worker for component in COMPONENTS for worker in component.roster(rpc, settings)),
    ]


def select_workers(workers: Sequence[Worker], only: Sequence[str]) -> list[Worker]:
    """Return the workers named by `only`: components or full names; all when it is empty."""
    names = {name for w in workers for name in (w.name, w.name.partition(".")[0])}
    unknown = [name for name in only if name not in names]
    if unknown:
        raise ConfigurationError(
            "--only",
            f"There is no worker {', '.join(unknown)}. There are: {', '.join(sorted(names))}.",
        )
    return [w for w in workers if not only or {w.name, w.name.partition(".")[0]} & set(only)]


async def serve(settings: Settings, only: Sequence[str] = ()) -> None:
    """Run one replica until it is told to stop."""

    def make_socket() -> Socket:
        return RealtimeSocket(
            settings.supabase_url, settings.supabase_secret_key.get_secret_value()
        )

    async with worker_rpc(settings) as rpc:
        workers = select_workers(all_workers(rpc, settings), only)
        runtime = Runtime(workers, supabase_job_store(rpc), make_socket, settings)
        await run_until_signalled(runtime)
