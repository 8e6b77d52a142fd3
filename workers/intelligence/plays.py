"""A client is likely to leave -> their people are asked to call, or nobody is; what then."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.intelligence.plays import PlayPolicy, decide
from lib.store.intelligence.plays import PlayStore
from workers.runtime.worker import Worker


def plays(store: PlayStore, policy: PlayPolicy) -> Worker:
    """Return the worker that begins retention plays and writes back what came of them."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        return await store.record_plays(jobs, decide(await store.play_contexts(jobs), policy))

    return Worker(name="intelligence.plays", handle=handle, batch_size=50)
