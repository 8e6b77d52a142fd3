"""Visits, purchases, memberships, recovery, each day -> what to offer a VIP client next."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.store.vip.recommendations import RecommendationStore
from lib.vip.recommendations import RecommendationPolicy, recommend
from workers.runtime.worker import Worker


def recommendations(store: RecommendationStore, policy: RecommendationPolicy) -> Worker:
    """Return the worker that keeps offers and the opportunity score."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.recommendation_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        return await store.record_recommendations(jobs, recommend(contexts, policy))

    return Worker(name="vip.recommendations", handle=handle, batch_size=50, concurrency=1)
