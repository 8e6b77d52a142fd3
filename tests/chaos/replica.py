"""`python -m tests.chaos.replica --replica NAME`: one worker, whose effect is a row."""

import argparse
import asyncio
import random
import sys
from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.log import configure_logging
from lib.settings import Settings, load_settings
from lib.store.client import worker_rpc
from lib.store.jobs import supabase_job_store
from lib.store.rpc import Rpc
from workers.runtime.lifecycle import Runtime, run_until_signalled
from workers.runtime.socket import RealtimeSocket
from workers.runtime.worker import Worker

LONGEST_WORK_SECONDS = 0.15


def effects(rpc: Rpc) -> Worker:
    """Slow work, then the write; most kills hit one of the two."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        await asyncio.sleep(random.uniform(0, LONGEST_WORK_SECONDS))
        items = [{**job.lease(), "event_id": job.event_id, "attempt": job.attempt} for job in jobs]
        recorded = await rpc.call("record_chaos_effects", {"p_items": items})
        return dict.fromkeys(recorded, "recorded")

    return Worker(name="chaos.effects", handle=handle, batch_size=25, concurrency=3)


async def serve(settings: Settings) -> None:
    """Run until stopped."""
    async with worker_rpc(settings) as rpc:
        key = settings.supabase_secret_key.get_secret_value()
        runtime = Runtime(
            [effects(rpc)],
            supabase_job_store(rpc),
            lambda: RealtimeSocket(settings.supabase_url, key),
            settings,
        )
        await run_until_signalled(runtime)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--replica", required=True)
    settings = load_settings(None, worker_replica_name=parser.parse_args().replica)
    configure_logging("info", settings.worker_replica_name, sys.stdout)
    asyncio.run(serve(settings))
