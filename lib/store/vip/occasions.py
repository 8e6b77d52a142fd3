"""What the occasions worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.vip.models.occasions import OccasionContexts, OccasionPlan


class OccasionStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def occasion_contexts(self, subject_ids: Sequence[UUID]) -> OccasionContexts:
        """Return the clients that these visits, purchases and so on are about, as of now."""
        ...

    async def record_occasions(
        self, jobs: Sequence[Job], plans: Mapping[UUID, OccasionPlan]
    ) -> Mapping[int, JobResult]:
        """Carry out the plans, by subject, and finish the jobs, in one transaction.

        A job without a subject (the clock) asks for new plans of those whose last is old; one whose
        subject has no plan is finished as gone.
        """
        ...


def supabase_occasion_store(rpc: Rpc) -> OccasionStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseOccasionStore(rpc)


class _SupabaseOccasionStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def occasion_contexts(self, subject_ids: Sequence[UUID]) -> OccasionContexts:
        answer = await self._rpc.call("occasion_contexts", {"p_subject_ids": subject_ids})
        return OccasionContexts.model_validate(answer)

    async def record_occasions(
        self, jobs: Sequence[Job], plans: Mapping[UUID, OccasionPlan]
    ) -> Mapping[int, JobResult]:
        items = [occasion_record(job, plans) for job in jobs]
        answer = await self._rpc.call("record_occasions", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def occasion_record(job: Job, plans: Mapping[UUID, OccasionPlan]) -> dict[str, Any]:
    """Return one element of `worker.record_occasions(p_items)`."""
    plan = plans.get(job.subject_id) if job.subject_id else None
    return {**job.lease(), "subject_id": job.subject_id, "plans": [plan] if plan else []}
