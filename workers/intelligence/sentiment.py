"""Somebody asks how a text sounds -> the answer."""

import asyncio
from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.intelligence.sentiment import analyse
from lib.store.intelligence.sentiment import SentimentStore
from workers.runtime.worker import Worker


def sentiment(store: SentimentStore) -> Worker:
    """Return the worker that answers `request_sentiment_analysis`."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.sentiment_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        analyses = await asyncio.to_thread(analyse, contexts)
        return await store.record_sentiments(jobs, analyses)

    return Worker(name="intelligence.sentiment", handle=handle, batch_size=20)
