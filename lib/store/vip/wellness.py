"""What the wellness worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.vip.models.wellness import WellnessContexts, WellnessPlan


class WellnessStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def wellness_contexts(self, subject_ids: Sequence[UUID]) -> WellnessContexts:
        """Return the VIP clients that these subjects are of, as of now."""
        ...

    async def record_wellness(
        self, jobs: Sequence[Job], plan: WellnessPlan
    ) -> Mapping[int, JobResult]:
        """Write what changed and finish the jobs, in one transaction.

        A job without a subject begins the daily round; one whose subject the plan does not mention
        is finished as gone.
        """
        ...


def supabase_wellness_store(rpc: Rpc) -> WellnessStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseWellnessStore(rpc)


class _SupabaseWellnessStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def wellness_contexts(self, subject_ids: Sequence[UUID]) -> WellnessContexts:
        answer = await self._rpc.call("wellness_contexts", {"p_subject_ids": subject_ids})
        return WellnessContexts.model_validate(answer)

    async def record_wellness(
        self, jobs: Sequence[Job], plan: WellnessPlan
    ) -> Mapping[int, JobResult]:
        items = [wellness_record(job, plan) for job in jobs]
        answer = await self._rpc.call("record_wellness", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def wellness_record(job: Job, plan: WellnessPlan) -> dict[str, Any]:
    """Return one element of `worker.record_wellness(p_items)`."""
    if job.subject_id is None:
        return {**job.lease(), "is_round": True, "judgement": None}
    return {**job.lease(), "judgement": plan.judgements.get(job.subject_id)}
