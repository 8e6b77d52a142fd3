"""What the recommendations worker reads and writes; methods are named as the SQL functions."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.store.rpc import Rpc
from lib.vip.models.recommendations import RecommendationContexts, RecommendationPlan


class RecommendationStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def recommendation_contexts(self, subject_ids: Sequence[UUID]) -> RecommendationContexts:
        """Return the VIP clients that these subjects are of, and the catalogue, as of now."""
        ...

    async def record_recommendations(
        self, jobs: Sequence[Job], plan: RecommendationPlan
    ) -> Mapping[int, JobResult]:
        """Write offers and endings and finish the jobs, in one transaction.

        A job whose subject the plan does not mention is finished as gone.
        """
        ...


def supabase_recommendation_store(rpc: Rpc) -> RecommendationStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseRecommendationStore(rpc)


class _SupabaseRecommendationStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def recommendation_contexts(self, subject_ids: Sequence[UUID]) -> RecommendationContexts:
        answer = await self._rpc.call("recommendation_contexts", {"p_subject_ids": subject_ids})
        return RecommendationContexts.model_validate(answer)

    async def record_recommendations(
        self, jobs: Sequence[Job], plan: RecommendationPlan
    ) -> Mapping[int, JobResult]:
        items = [recommendation_record(job, plan) for job in jobs]
        answer = await self._rpc.call("record_recommendations", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def recommendation_record(job: Job, plan: RecommendationPlan) -> dict[str, Any]:
    """Return one element of `worker.record_recommendations(p_items)`."""
    judgement = plan.judgements.get(job.subject_id) if job.subject_id else None
    return {**job.lease(), "judgement": judgement}
