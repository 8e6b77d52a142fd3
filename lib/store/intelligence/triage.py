"""What the triage worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.intelligence.models.triage import Judgement, TriageContexts
from lib.store.rpc import Rpc


class TriageStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def triage_contexts(self, message_ids: Sequence[UUID]) -> TriageContexts:
        """Return those of the messages that are clients' and not judged yet, as of now."""
        ...

    async def record_triage(
        self, jobs: Sequence[Job], judgements: Mapping[UUID, Judgement]
    ) -> Mapping[int, JobResult]:
        """Write judgements by message id and finish the jobs, in one transaction.

        A job whose message has no judgement is finished as gone.
        """
        ...


def supabase_triage_store(rpc: Rpc) -> TriageStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseTriageStore(rpc)


class _SupabaseTriageStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def triage_contexts(self, message_ids: Sequence[UUID]) -> TriageContexts:
        answer = await self._rpc.call("triage_contexts", {"p_message_ids": message_ids})
        return TriageContexts.model_validate(answer)

    async def record_triage(
        self, jobs: Sequence[Job], judgements: Mapping[UUID, Judgement]
    ) -> Mapping[int, JobResult]:
        items = [triage_record(job, judgements) for job in jobs]
        answer = await self._rpc.call("record_triage", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def triage_record(job: Job, judgements: Mapping[UUID, Judgement]) -> dict[str, Any]:
    """Return one element of `worker.record_triage(p_items)`."""
    return {**job.lease(), "judgement": judgements.get(UUID(job.payload["message_id"]))}
