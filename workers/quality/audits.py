"""An audit is asked for or a conversation judged -> the draw, or the team's score."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.quality.audits import AuditPolicy, plan
from lib.store.quality.audits import AuditStore
from workers.runtime.worker import Worker


def audits(store: AuditStore, policy: AuditPolicy) -> Worker:
    """Return the worker that draws samples and expands what was judged to the whole."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.quality_audit_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        return await store.record_quality_audits(jobs, plan(contexts, policy))

    return Worker(name="quality.audits", handle=handle, batch_size=10, concurrency=1)
