"""What the sentiment worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from lib.events import Job, JobResult
from lib.intelligence.models.sentiment import Analysis, SentimentContexts
from lib.store.rpc import Rpc


class SentimentStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def sentiment_contexts(self, analysis_ids: Sequence[UUID]) -> SentimentContexts:
        """Return the texts of these analyses that still wait for an answer."""
        ...

    async def record_sentiments(
        self, jobs: Sequence[Job], analyses: Mapping[str, Analysis]
    ) -> Mapping[int, JobResult]:
        """Write answers by analysis id and finish the jobs, in one transaction.

        A job whose analysis has no answer is finished as gone.
        """
        ...


def supabase_sentiment_store(rpc: Rpc) -> SentimentStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseSentimentStore(rpc)


class _SupabaseSentimentStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def sentiment_contexts(self, analysis_ids: Sequence[UUID]) -> SentimentContexts:
        answer = await self._rpc.call("sentiment_contexts", {"p_analysis_ids": analysis_ids})
        return SentimentContexts.model_validate(answer)

    async def record_sentiments(
        self, jobs: Sequence[Job], analyses: Mapping[str, Analysis]
    ) -> Mapping[int, JobResult]:
        items = [sentiment_record(job, analyses) for job in jobs]
        answer = await self._rpc.call("record_sentiments", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}


def sentiment_record(job: Job, analyses: Mapping[str, Analysis]) -> dict[str, Any]:
    """Return one element of `worker.record_sentiments(p_items)`."""
    return {**job.lease(), "analysis": analyses.get(str(job.subject_id))}
