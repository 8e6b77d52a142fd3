"""What the recovery worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.vip.models.recovery import RecoveryContexts, RecoveryPlan


class RecoveryStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def recovery_contexts(self, jobs: Sequence[Job]) -> RecoveryContexts:
        """Return what these jobs are about, as of now: possible failures, and cases."""
        ...

    async def record_recovery(
        self, jobs: Sequence[Job], plan: RecoveryPlan
    ) -> Mapping[int, JobResult]:
        """Carry out the plan and finish the jobs, in one transaction.

        A job that the plan says nothing about is finished as gone.
        """
        ...


def supabase_recovery_store(rpc: Rpc) -> RecoveryStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseRecoveryStore(rpc)


class _SupabaseRecoveryStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def recovery_contexts(self, jobs: Sequence[Job]) -> RecoveryContexts:
        items = [
            {
                "job_id": job.id,
                "kind": job.kind,
                "subject_id": job.subject_id,
                "payload": job.payload,
            }
            for job in jobs
        ]
        answer = await self._rpc.call("recovery_contexts", {"p_items": items})
        return RecoveryContexts.model_validate(answer)

    async def record_recovery(
        self, jobs: Sequence[Job], plan: RecoveryPlan
    ) -> Mapping[int, JobResult]:
        items = [recovery_record(job, plan) for job in jobs]
        answer = await self._rpc.call("record_recovery", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def recovery_record(job: Job, plan: RecoveryPlan) -> dict[str, Any]:
    """Return one element of `worker.record_recovery(p_items)`."""
    return {
        **job.lease(),
        "trigger": plan.triggers.get(job.id),
        "plans": plan.cases.get(job.subject_id, ()) if job.subject_id else (),
    }
