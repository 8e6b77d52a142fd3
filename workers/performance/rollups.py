"""Each minute -> cells of metrics that are stale are made again, those past their time go."""

from collections.abc import Mapping, Sequence

import structlog

from lib.events import Job, JobResult
from lib.performance.rollups import RollupPolicy, plan_rollups
from lib.store.performance.rollups import RollupStore
from workers.runtime.worker import Worker

_log = structlog.get_logger()


def rollups(store: RollupStore, policy: RollupPolicy) -> Worker:
    """Return the worker that rolls; each round stands by itself, and again does nothing more."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        plan = plan_rollups(await store.rollup_contexts(), policy)
        for pruning in plan.prunings:
            gone = await store.prune_rollups(pruning)
            _log.info("performance.rollups.pruned", grain=pruning.grain, gone=gone)
        for _ in range(plan.rounds):
            if not await store.roll_metrics(policy.marks, policy.days):
                break
        return {job.id: "recorded" for job in jobs}

    return Worker(name="performance.rollups", handle=handle, concurrency=1, records=False)
