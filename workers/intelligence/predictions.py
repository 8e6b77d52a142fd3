"""Somebody asks for a prediction -> it is computed now, or it is said why there is none."""

from collections.abc import Mapping, Sequence

from lib.events import Job, JobResult
from lib.intelligence.prediction.scoring import ScoringPolicy, answer
from lib.store.intelligence.predictions import PredictionStore
from workers.runtime.worker import Worker


def predictions(store: PredictionStore, policy: ScoringPolicy) -> Worker:
    """Return the worker that answers request_prediction."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.prediction_contexts(
            [job.subject_id for job in jobs if job.subject_id]
        )
        return await store.record_predictions(jobs, answer(contexts, policy), contexts.as_of)

    return Worker(name="intelligence.predictions", handle=handle, batch_size=50)
