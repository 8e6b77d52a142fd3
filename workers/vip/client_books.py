"""The day a client book changes hands comes (book_handover.reached) -> it does, if anybody can."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.vip.client_books import ClientBookStore
from lib.vip.client_books import judge_handovers
from workers.runtime.worker import Worker


def client_books(store: ClientBookStore) -> Worker:
    """Return the worker that carries out planned hand-overs of clients."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.client_book_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        return await store.record_client_books(jobs, judge_handovers(contexts))

    return Worker(name="vip.client_books", handle=handle, batch_size=5, concurrency=1)
