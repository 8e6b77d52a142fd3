"""Each minute -> revenue, costs and lifetime values of clients to whom something happened."""

from collections.abc import Mapping, Sequence

import structlog

from lib.events import Job, JobResult
from lib.store.analytics.ledgers import LedgerStore
from workers.runtime.worker import Worker

_log = structlog.get_logger()


def ledgers(store: LedgerStore, marks_per_call: int = 500, calls_per_job: int = 40) -> Worker:
    """Return the worker that keeps the ledgers. Done twice it does nothing more.

    Each call is a transaction of its own, so a history that arrives at once is worked off bit by
    bit; what one minute does not manage waits for the next.
    """

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        client_count = 0
        for _ in range(calls_per_job):
            progress = await store.keep_ledgers(marks_per_call)
            client_count += progress.client_count
            if not progress.is_left:
                break
        if client_count:
            _log.info("analytics.ledgers.kept", client_count=client_count)
        return {job.id: "recorded" for job in jobs}

    return Worker(name="analytics.ledgers", handle=handle, concurrency=1, records=False)
