"""Each night -> everybody who agrees to it is scored by the models that speak."""

from collections.abc import Mapping, Sequence

import structlog

from lib.events import Job, JobResult
from lib.intelligence.models.predictions import ScoringContexts
from lib.intelligence.prediction.scoring import ScoringPolicy, score
from lib.intelligence.prediction.shadow import score_shadows
from lib.store.intelligence.predictions import PredictionStore
from workers.runtime.worker import Worker

_PAGE = 1000
_log = structlog.get_logger()


def scoring(store: PredictionStore, policy: ScoringPolicy) -> Worker:
    """Return the worker that keeps predictions fresh. Done twice it writes nothing twice."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        await score_everybody(store, policy)
        return {job.id: "recorded" for job in jobs}

    return Worker(
        name="intelligence.scoring",
        handle=handle,
        batch_size=1,
        concurrency=1,
        records=False,
        timeout_seconds=3600,
    )


async def score_everybody(store: PredictionStore, policy: ScoringPolicy) -> int:
    """Score all clients page by page; the number of predictions that changed."""
    ended = await store.end_stale_predictions()
    contexts = await store.scoring_contexts(None, _PAGE)
    scored, written = 0, 0
    while True:
        written += await _record(store, contexts, policy)
        scored += len(contexts.clients)
        if contexts.next is None:
            break
        contexts = await store.scoring_contexts(contexts.next, _PAGE)
    _log.info("intelligence.scoring.recorded", clients=scored, predictions=written, ended=ended)
    return written


async def _record(store: PredictionStore, contexts: ScoringContexts, policy: ScoringPolicy) -> int:
    predictions, shadows = score(contexts, policy), score_shadows(contexts)
    if shadows:
        await store.record_shadows(contexts.as_of, shadows)
    return await store.record_scores(contexts.as_of, predictions) if predictions else 0
