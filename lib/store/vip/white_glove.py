"""What the white-glove worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.vip.models.white_glove import WhiteGloveContexts, WhiteGlovePlan


class WhiteGloveStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def white_glove_contexts(self, subject_ids: Sequence[UUID]) -> WhiteGloveContexts:
        """Return the services that these services, staff and absences are about, as of now."""
        ...

    async def record_white_glove(
        self, jobs: Sequence[Job], plan: WhiteGlovePlan
    ) -> Mapping[int, JobResult]:
        """Carry out the plan and finish the jobs, in one transaction.

        A job whose subject the plan does not mention is finished as gone.
        """
        ...


def supabase_white_glove_store(rpc: Rpc) -> WhiteGloveStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseWhiteGloveStore(rpc)


class _SupabaseWhiteGloveStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def white_glove_contexts(self, subject_ids: Sequence[UUID]) -> WhiteGloveContexts:
        answer = await self._rpc.call("white_glove_contexts", {"p_subject_ids": subject_ids})
        return WhiteGloveContexts.model_validate(answer)

    async def record_white_glove(
        self, jobs: Sequence[Job], plan: WhiteGlovePlan
    ) -> Mapping[int, JobResult]:
        items = [white_glove_record(job, plan) for job in jobs]
        answer = await self._rpc.call("record_white_glove", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def white_glove_record(job: Job, plan: WhiteGlovePlan) -> dict[str, Any]:
    """Return one element of `worker.record_white_glove(p_items)`."""
    plans = plan.services.get(job.subject_id, ()) if job.subject_id else ()
    return {**job.lease(), "plans": plans}
