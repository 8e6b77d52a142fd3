"""What the promises worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.performance.models.promises import PromiseContexts, PromiseVerdict
from lib.store.rpc import Rpc


class PromiseStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def promise_contexts(self, promise_ids: Sequence[UUID]) -> PromiseContexts:
        """Return how these promises stand; what is gone is missing."""
        ...

    async def record_promises(
        self, jobs: Sequence[Job], verdicts: Mapping[UUID, PromiseVerdict]
    ) -> Mapping[int, JobResult]:
        """Write the notices, tell people, set the next timers and finish the jobs, at once.

        A job whose promise has no verdict is finished as gone.
        """
        ...


def supabase_promise_store(rpc: Rpc) -> PromiseStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabasePromiseStore(rpc)


class _SupabasePromiseStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def promise_contexts(self, promise_ids: Sequence[UUID]) -> PromiseContexts:
        answer = await self._rpc.call("promise_contexts", {"p_promise_ids": promise_ids})
        return PromiseContexts.model_validate(answer)

    async def record_promises(
        self, jobs: Sequence[Job], verdicts: Mapping[UUID, PromiseVerdict]
    ) -> Mapping[int, JobResult]:
        items = [promise_record(job, verdicts) for job in jobs]
        answer = await self._rpc.call("record_promises", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def promise_record(job: Job, verdicts: Mapping[UUID, PromiseVerdict]) -> dict[str, Any]:
    """Return one element of `worker.record_promises(p_items)`."""
    verdict = verdicts.get(job.subject_id) if job.subject_id else None
    return {
        **job.lease(),
        "promise_id": job.subject_id,
        "due_at": verdict.due_at if verdict else None,
        "notice": verdict.notice if verdict else None,
    }
