"""What the rescue worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.orchestrator.models.rescue import RescueContexts, RescuePlan
from lib.store.rpc import Rpc


class RescueStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def rescue_contexts(self, subject_ids: Sequence[UUID]) -> RescueContexts:
        """Return the work that these tickets, agents and absences are about, as it is now."""
        ...

    async def record_rescue(self, jobs: Sequence[Job], plan: RescuePlan) -> Mapping[int, JobResult]:
        """Carry out the plan and finish the jobs, in one transaction.

        A job whose subject the plan does not mention is finished as gone.
        """
        ...


def supabase_rescue_store(rpc: Rpc) -> RescueStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseRescueStore(rpc)


class _SupabaseRescueStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def rescue_contexts(self, subject_ids: Sequence[UUID]) -> RescueContexts:
        answer = await self._rpc.call("rescue_contexts", {"p_subject_ids": subject_ids})
        return RescueContexts.model_validate(answer)

    async def record_rescue(self, jobs: Sequence[Job], plan: RescuePlan) -> Mapping[int, JobResult]:
        items = [rescue_record(job, plan) for job in jobs]
        answer = await self._rpc.call("record_rescue", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def rescue_record(job: Job, plan: RescuePlan) -> dict[str, Any]:
    """Return one element of `worker.record_rescue(p_items)`."""
    subject_id = job.subject_id
    return {
        **job.lease(),
        "event_id": job.event_id,
        "policy_version": plan.policy_version,
        "silent_staff_id": subject_id if subject_id in plan.silent_staff_ids else None,
        "decisions": plan.decisions.get(subject_id, ()) if subject_id else (),
    }
