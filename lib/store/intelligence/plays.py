"""What the plays' worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from lib.events import Job, JobResult
from lib.intelligence.models.plays import PlayContexts, PlayDecision
from lib.store.rpc import Rpc


class PlayStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def play_contexts(self, jobs: Sequence[Job]) -> PlayContexts:
        """Return what these jobs are about, as of now; nothing for clients who are gone."""
        ...

    async def record_plays(
        self, jobs: Sequence[Job], decisions: Mapping[int, PlayDecision]
    ) -> Mapping[int, JobResult]:
        """Carry out the decisions, by job id, and finish the jobs; one without is gone."""
        ...


def supabase_play_store(rpc: Rpc) -> PlayStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabasePlayStore(rpc)


class _SupabasePlayStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def play_contexts(self, jobs: Sequence[Job]) -> PlayContexts:
        items = [{"job_id": job.id, "kind": job.kind, "subject_id": job.subject_id} for job in jobs]
        answer = await self._rpc.call("play_contexts", {"p_items": items})
        return PlayContexts.model_validate(answer)

    async def record_plays(
        self, jobs: Sequence[Job], decisions: Mapping[int, PlayDecision]
    ) -> Mapping[int, JobResult]:
        items = [{**job.lease(), "decision": decisions.get(job.id)} for job in jobs]
        answer = await self._rpc.call("record_plays", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}
