"""A tier has an end, the moment comes -> its relationship manager is warned, the tier ends."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.vip.tier_changes import TierChangeStore
from lib.vip.tier_changes import TierPolicy, judge_periods
from workers.runtime.worker import Worker


def tier_changes(store: TierChangeStore, policy: TierPolicy) -> Worker:
    """Return the worker that ends tiers when they end."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.tier_change_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        return await store.record_tier_changes(jobs, judge_periods(contexts, policy))

    return Worker(name="vip.tier_changes", handle=handle, batch_size=50, concurrency=1)
