"""What the personalisation worker reads and writes; methods are named as the SQL functions."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.intelligence.models.personalization import LearntProfile, PersonalizationContexts
from lib.store.rpc import Rpc


class PersonalizationStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def personalization_contexts(
        self, subject_ids: Sequence[UUID]
    ) -> PersonalizationContexts:
        """Return what the clients of these subjects chose, of those who agreed to a profile."""
        ...

    async def record_preferences(
        self, jobs: Sequence[Job], profiles: Mapping[UUID, LearntProfile]
    ) -> Mapping[int, JobResult]:
        """Write the profiles, by the jobs' subjects, and finish the jobs; one without is gone."""
        ...


def supabase_personalization_store(rpc: Rpc) -> PersonalizationStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabasePersonalizationStore(rpc)


class _SupabasePersonalizationStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def personalization_contexts(
        self, subject_ids: Sequence[UUID]
    ) -> PersonalizationContexts:
        params = {"p_subject_ids": subject_ids}
        answer = await self._rpc.call("personalization_contexts", params)
        return PersonalizationContexts.model_validate(answer)

    async def record_preferences(
        self, jobs: Sequence[Job], profiles: Mapping[UUID, LearntProfile]
    ) -> Mapping[int, JobResult]:
        items = [
            {**job.lease(), "profile": profiles.get(job.subject_id) if job.subject_id else None}
            for job in jobs
        ]
        answer = await self._rpc.call("record_preferences", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}
