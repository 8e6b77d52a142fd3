"""What the worker of standards reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.quality.models.standards import QualityCase, QualityCheck
from lib.store.rpc import Rpc


class QualityStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def quality_contexts(self, cycles: Sequence[tuple[UUID, int]]) -> list[QualityCase]:
        """Return those of the cycles (ticket, cycle) that ended and were not checked."""
        ...

    async def record_quality_checks(
        self, jobs: Sequence[Job], checks: Sequence[QualityCheck]
    ) -> Mapping[int, JobResult]:
        """Write the checks and finish the jobs, in one transaction.

        A job without a check is finished as gone.
        """
        ...


def supabase_quality_store(rpc: Rpc) -> QualityStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseQualityStore(rpc)


class _SupabaseQualityStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def quality_contexts(self, cycles: Sequence[tuple[UUID, int]]) -> list[QualityCase]:
        asked = [{"ticket_id": ticket_id, "cycle": cycle} for ticket_id, cycle in cycles]
        answer = await self._rpc.call("quality_contexts", {"p_cycles": asked})
        return [QualityCase.model_validate(case) for case in answer]

    async def record_quality_checks(
        self, jobs: Sequence[Job], checks: Sequence[QualityCheck]
    ) -> Mapping[int, JobResult]:
        items = [quality_record(job, checks) for job in jobs]
        answer = await self._rpc.call("record_quality_checks", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def cycle_of(job: Job) -> tuple[UUID, int] | None:
    """Return ticket and cycle that a job is about."""
    return (job.subject_id, int(job.payload.get("cycle", 1))) if job.subject_id else None


def quality_record(job: Job, checks: Sequence[QualityCheck]) -> dict[str, Any]:
    """Return one element of `worker.record_quality_checks(p_items)`."""
    made = [check for check in checks if (check.ticket_id, check.cycle) == cycle_of(job)]
    return {**job.lease(), "check": asdict(made[0]) if made else None}
