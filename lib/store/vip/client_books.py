"""What planned hand-overs read and write; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.vip.models.client_books import ClientBookContexts, HandoverVerdict


class ClientBookStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def client_book_contexts(self, handover_ids: Sequence[UUID]) -> ClientBookContexts:
        """Return those of these hand-overs that are still planned."""
        ...

    async def record_client_books(
        self, jobs: Sequence[Job], verdicts: Mapping[UUID, HandoverVerdict]
    ) -> Mapping[int, JobResult]:
        """Carry out, call off or wait, and finish the jobs, in one transaction.

        A job whose hand-over has no verdict is finished as gone.
        """
        ...


def supabase_client_book_store(rpc: Rpc) -> ClientBookStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseClientBookStore(rpc)


class _SupabaseClientBookStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def client_book_contexts(self, handover_ids: Sequence[UUID]) -> ClientBookContexts:
        answer = await self._rpc.call("client_book_contexts", {"p_handover_ids": handover_ids})
        return ClientBookContexts.model_validate(answer)

    async def record_client_books(
        self, jobs: Sequence[Job], verdicts: Mapping[UUID, HandoverVerdict]
    ) -> Mapping[int, JobResult]:
        items = [client_book_record(job, verdicts) for job in jobs]
        answer = await self._rpc.call("record_client_books", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def client_book_record(job: Job, verdicts: Mapping[UUID, HandoverVerdict]) -> dict[str, Any]:
    """Return one element of `worker.record_client_books(p_items)`."""
    made = verdicts.get(job.subject_id) if job.subject_id else None
    return {
        **job.lease(),
        "handover_id": job.subject_id if made else None,
        "verdict": made.verdict if made else "wait",
        "look_again_at": made.look_again_at if made else None,
    }
