"""What the journeys worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Protocol

from lib.events import Job, JobResult
from lib.orchestrator.models.journeys import JourneyContexts, JourneyDecision
from lib.store.rpc import Rpc


class JourneyStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def journey_contexts(self, jobs: Sequence[Job]) -> JourneyContexts:
        """Return the clients these jobs are about, each once, in one snapshot."""
        ...

    async def record_journeys(
        self, jobs: Sequence[Job], decisions: Sequence[JourneyDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        """Measure the journeys, write their insights and finish the jobs, in one transaction.

        A job whose client is gone is finished as gone; one whose journey was written meanwhile is
        stale.
        """
        ...


def supabase_journey_store(rpc: Rpc) -> JourneyStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseJourneyStore(rpc)


class _SupabaseJourneyStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def journey_contexts(self, jobs: Sequence[Job]) -> JourneyContexts:
        items = [
            {
                "job_id": job.id,
                "kind": job.kind,
                "subject_id": job.subject_id,
                "payload": job.payload,
            }
            for job in jobs
        ]
        answer = await self._rpc.call("journey_contexts", {"p_items": items})
        return JourneyContexts.model_validate(answer)

    async def record_journeys(
        self, jobs: Sequence[Job], decisions: Sequence[JourneyDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [job.lease() for job in jobs],
            "p_journeys": [asdict(decision) for decision in decisions],
            "p_policy_version": policy_version,
        }
        answer = await self._rpc.call("record_journeys", params)
        return {item["job_id"]: item["status"] for item in answer}
