"""A client's message -> language, category, urgency and mood of it, and what they suggest."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from lib.events import Job, JobResult
from lib.intelligence.triage import TriagePolicy
from lib.intelligence.triage import triage as judge
from lib.store.intelligence.triage import TriageStore
from workers.runtime.worker import Worker


def triage(store: TriageStore, policy: TriagePolicy) -> Worker:
    """Return the worker that judges clients' messages, and nobody else's."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.triage_contexts(
            [
                UUID(job.payload["message_id"])
                for job in jobs
                if job.payload.get("author_kind") == "client"
            ]
        )
        # Models take milliseconds a message: leases are renewed and others served meanwhile.
        judgements = await asyncio.to_thread(judge, contexts, policy)
        return await store.record_triage(jobs, judgements)

    return Worker(name="intelligence.triage", handle=handle, batch_size=50)
