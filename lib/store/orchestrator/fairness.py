"""What the fairness worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from lib.events import Job, JobResult
from lib.orchestrator.models.fairness import FairnessContexts, FairnessVerdict
from lib.store.rpc import Rpc


class FairnessStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def fairness_contexts(self) -> FairnessContexts:
        """Return every desk's present week; in its first hour also the one that just ended."""
        ...

    async def record_fairness(
        self, jobs: Sequence[Job], verdicts: Sequence[FairnessVerdict]
    ) -> Mapping[int, JobResult]:
        """Raise, keep and end alarms as the verdicts say and finish the jobs, together."""
        ...


def supabase_fairness_store(rpc: Rpc) -> FairnessStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseFairnessStore(rpc)


class _SupabaseFairnessStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def fairness_contexts(self) -> FairnessContexts:
        return FairnessContexts.model_validate(await self._rpc.call("fairness_contexts", {}))

    async def record_fairness(
        self, jobs: Sequence[Job], verdicts: Sequence[FairnessVerdict]
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [job.lease() for job in jobs],
            "p_verdicts": [_written(verdict) for verdict in verdicts],
        }
        answer = await self._rpc.call("record_fairness", params)
        return {item["job_id"]: item["status"] for item in answer}


def _written(verdict: FairnessVerdict) -> dict[str, Any]:
    """Return the verdict as JSON can carry it: exact numbers travel as text."""
    return {
        **asdict(verdict),
        "value": str(verdict.value),
        "limit_value": str(verdict.limit_value),
    }
