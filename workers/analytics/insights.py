"""Each day -> the last four weeks are compared, and what is beyond chance becomes an insight."""

import asyncio
from collections.abc import Mapping, Sequence

from lib.analytics.insights import InsightPolicy, discover
from lib.events import Job, JobResult
from lib.store.analytics.insights import InsightStore
from workers.runtime.worker import Worker


def insights(store: InsightStore, policy: InsightPolicy) -> Worker:
    """Return the worker that looks once a day, however many days it missed."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.insight_contexts()
        if contexts.is_done:
            return await store.record_insights(jobs, None, ())
        run, findings = await asyncio.to_thread(discover, contexts, policy)
        return await store.record_insights(jobs, run, findings)

    return Worker(name="analytics.insights", handle=handle, concurrency=1)
