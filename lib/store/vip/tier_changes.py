"""What ending tiers read and write; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.vip.models.tier_changes import TierChangeContexts, TierVerdict


class TierChangeStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def tier_change_contexts(self, period_ids: Sequence[UUID]) -> TierChangeContexts:
        """Return those of these periods that run and have an end."""
        ...

    async def record_tier_changes(
        self, jobs: Sequence[Job], verdicts: Mapping[UUID, TierVerdict]
    ) -> Mapping[int, JobResult]:
        """Warn, end tiers, set the next timers and finish the jobs, in one transaction.

        A job whose period has no verdict is finished as gone.
        """
        ...


def supabase_tier_change_store(rpc: Rpc) -> TierChangeStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseTierChangeStore(rpc)


class _SupabaseTierChangeStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def tier_change_contexts(self, period_ids: Sequence[UUID]) -> TierChangeContexts:
        answer = await self._rpc.call("tier_change_contexts", {"p_period_ids": period_ids})
        return TierChangeContexts.model_validate(answer)

    async def record_tier_changes(
        self, jobs: Sequence[Job], verdicts: Mapping[UUID, TierVerdict]
    ) -> Mapping[int, JobResult]:
        items = [tier_change_record(job, verdicts) for job in jobs]
        answer = await self._rpc.call("record_tier_changes", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def tier_change_record(job: Job, verdicts: Mapping[UUID, TierVerdict]) -> dict[str, Any]:
    """Return one element of `worker.record_tier_changes(p_items)`."""
    made = verdicts.get(job.subject_id) if job.subject_id else None
    return {
        **job.lease(),
        "period_id": job.subject_id if made else None,
        "verdict": made.verdict if made else None,
        "look_again_at": made.look_again_at if made else None,
    }
