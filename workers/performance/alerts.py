"""Clock, promises, waits and changed rules -> raise, keep, escalate or end alerts.

Whatever the event, all rules are judged as things are now: a batch is one look at the house.
"""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.performance.alerts import AlertPolicy, judge
from lib.store.performance.alerts import AlertStore
from workers.runtime.worker import Worker


def alerts(store: AlertStore, policy: AlertPolicy) -> Worker:
    """Return the worker that tells people when something is bad, and when it is over."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.alert_contexts()
        return await store.record_alerts(jobs, judge(contexts, policy), policy.version)

    return Worker(name="performance.alerts", handle=handle, batch_size=200, concurrency=1)
