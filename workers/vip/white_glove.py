"""Services asked for, steps done, deadlines, leave -> what happens next in white-glove services."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.vip.white_glove import WhiteGloveStore
from lib.vip.white_glove import WhiteGlovePolicy, advance
from workers.runtime.worker import Worker


def white_glove(store: WhiteGloveStore, policy: WhiteGlovePolicy) -> Worker:
    """Return the worker that carries every service to its end, or back."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.white_glove_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        return await store.record_white_glove(jobs, advance(contexts, policy))

    return Worker(name="vip.white_glove", handle=handle, batch_size=20, concurrency=1)
