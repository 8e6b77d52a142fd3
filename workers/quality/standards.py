"""A service cycle that ended -> what a rule can judge of it, by the standards of the house."""

import asyncio
from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.quality.standards import QualityPolicy, judge
from lib.store.quality.standards import QualityStore, cycle_of
from workers.runtime.worker import Worker


def standards(store: QualityStore, policy: QualityPolicy) -> Worker:
    """Return the worker that checks each finished conversation once."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        cycles = [cycle for job in jobs if (cycle := cycle_of(job))]
        cases = await store.quality_contexts(cycles)
        # Patterns over long conversations take a while: leases are renewed meanwhile.
        checks = await asyncio.to_thread(judge, cases, policy)
        return await store.record_quality_checks(jobs, checks)

    return Worker(name="quality.standards", handle=handle, batch_size=50, concurrency=1)
