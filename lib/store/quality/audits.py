"""What the worker of audits reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.quality.models.audits import AuditContext, Plan
from lib.store.rpc import Rpc


class AuditStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def quality_audit_contexts(self, audit_ids: Sequence[UUID]) -> list[AuditContext]:
        """Return the audits that are to be drawn or scored."""
        ...

    async def record_quality_audits(
        self, jobs: Sequence[Job], plans: Sequence[Plan]
    ) -> Mapping[int, JobResult]:
        """Write draws and scores and finish the jobs, in one transaction.

        A job without a plan is finished as gone.
        """
        ...


def supabase_audit_store(rpc: Rpc) -> AuditStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseAuditStore(rpc)


class _SupabaseAuditStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def quality_audit_contexts(self, audit_ids: Sequence[UUID]) -> list[AuditContext]:
        answer = await self._rpc.call("quality_audit_contexts", {"p_audit_ids": audit_ids})
        return [AuditContext.model_validate(audit) for audit in answer]

    async def record_quality_audits(
        self, jobs: Sequence[Job], plans: Sequence[Plan]
    ) -> Mapping[int, JobResult]:
        items = [audit_record(job, plans) for job in jobs]
        answer = await self._rpc.call("record_quality_audits", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def audit_record(job: Job, plans: Sequence[Plan]) -> dict[str, Any]:
    """Return one element of `worker.record_quality_audits(p_items)`."""
    made = [plan for plan in plans if plan.audit_id == job.subject_id]
    return {**job.lease(), "plan": asdict(made[0]) if made else None}
