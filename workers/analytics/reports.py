"""A report is asked for -> what it is made of is frozen, and its page drawn from that."""

import asyncio
from collections.abc import Mapping, Sequence

from lib.analytics.report.render import render
from lib.events import Job, JobResult
from lib.store.analytics.reports import ReportStore
from workers.runtime.worker import Worker


def reports(store: ReportStore) -> Worker:
    """Return the worker that draws reports, a few at a time: they are large and in no hurry."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.report_contexts([job.subject_id for job in jobs if job.subject_id])
        # Drawing takes a while, and the loop has other workers.
        made = [await asyncio.to_thread(render, context) for context in contexts]
        return await store.record_reports(jobs, made)

    return Worker(name="analytics.reports", handle=handle, batch_size=4, concurrency=1)
