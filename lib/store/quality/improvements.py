"""What the worker of corrective actions reads and writes, named as the SQL functions are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.quality.models.improvements import ImprovementContext, ImprovementPlan
from lib.store.rpc import Rpc


class ImprovementStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def improvement_contexts(self, subject_ids: Sequence[UUID]) -> list[ImprovementContext]:
        """Return what is watched at the desks of these audits, or at these desks."""
        ...

    async def record_improvements(
        self, jobs: Sequence[Job], plans: Sequence[ImprovementPlan]
    ) -> Mapping[int, JobResult]:
        """Write what changes and finish the jobs, in one transaction.

        A job without a plan is finished as gone.
        """
        ...


def supabase_improvement_store(rpc: Rpc) -> ImprovementStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseImprovementStore(rpc)


class _SupabaseImprovementStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def improvement_contexts(self, subject_ids: Sequence[UUID]) -> list[ImprovementContext]:
        answer = await self._rpc.call("improvement_contexts", {"p_subject_ids": subject_ids})
        return [ImprovementContext.model_validate(context) for context in answer]

    async def record_improvements(
        self, jobs: Sequence[Job], plans: Sequence[ImprovementPlan]
    ) -> Mapping[int, JobResult]:
        items = [improvement_record(job, plans) for job in jobs]
        answer = await self._rpc.call("record_improvements", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def improvement_record(job: Job, plans: Sequence[ImprovementPlan]) -> dict[str, Any]:
    """Return one element of `worker.record_improvements(p_items)`."""
    made = [plan for plan in plans if plan.subject_id == job.subject_id]
    return {**job.lease(), "plan": asdict(made[0]) if made else None}
