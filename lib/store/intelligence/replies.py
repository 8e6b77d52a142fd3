"""What the replies worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.intelligence.models.replies import Edit, Reply, ReplyContexts
from lib.store.rpc import Rpc


class ReplyStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def reply_contexts(self, draft_ids: Sequence[UUID]) -> ReplyContexts:
        """Return which of these are to be drafted, and which were sent and not compared yet."""
        ...

    async def take_reply_calls(self, count: int) -> int:
        """Return how many of so many calls of the service today's budget still bears."""
        ...

    async def check_brands(self, items: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """Return the brand gate's verdict on each text: pass, warn or block."""
        ...

    async def record_replies(
        self, jobs: Sequence[Job], answers: Mapping[UUID, Reply | Edit]
    ) -> Mapping[int, JobResult]:
        """Write answers by draft id and finish the jobs, in one transaction.

        A job whose draft has no answer is finished as gone.
        """
        ...


def supabase_reply_store(rpc: Rpc) -> ReplyStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseReplyStore(rpc)


class _SupabaseReplyStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def reply_contexts(self, draft_ids: Sequence[UUID]) -> ReplyContexts:
        answer = await self._rpc.call("reply_contexts", {"p_draft_ids": draft_ids})
        return ReplyContexts.model_validate(answer)

    async def take_reply_calls(self, count: int) -> int:
        answer = await self._rpc.call("take_reply_calls", {"p_count": count})
        return int(answer["granted"])

    async def check_brands(self, items: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        answer = await self._rpc.call("check_brands", {"p_items": items})
        return [check["verdict"] for check in answer]

    async def record_replies(
        self, jobs: Sequence[Job], answers: Mapping[UUID, Reply | Edit]
    ) -> Mapping[int, JobResult]:
        items = [reply_record(job, answers) for job in jobs]
        answer = await self._rpc.call("record_replies", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def reply_record(job: Job, answers: Mapping[UUID, Reply | Edit]) -> dict[str, Any]:
    """Return one element of `worker.record_replies(p_items)`."""
    made = answers.get(job.subject_id) if job.subject_id else None
    kind = "edit" if isinstance(made, Edit) else "reply"
    return {**job.lease(), "draft_id": job.subject_id, kind: made}
