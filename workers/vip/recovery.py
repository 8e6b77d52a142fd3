"""Low scores, broken promises, falling sentiment, cases' deadlines -> what is made good by whom."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.vip.recovery import RecoveryStore
from lib.vip.recovery import RecoveryPolicy, decide
from workers.runtime.worker import Worker


def recovery(store: RecoveryStore, policy: RecoveryPolicy) -> Worker:
    """Return the worker that opens recovery cases, finds their owners and forgets none."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        return await store.record_recovery(
            jobs, decide(await store.recovery_contexts(jobs), policy)
        )

    return Worker(name="vip.recovery", handle=handle, batch_size=50, concurrency=1)
