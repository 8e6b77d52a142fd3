"""Each night, when four weeks have passed -> which model may speak, proven on what happened."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from lib.events import Job, JobResult
from lib.intelligence.models.predictions import TYPES, ScoringContexts, TrainingRows
from lib.intelligence.prediction.frames import frame_of_now, frame_of_past
from lib.intelligence.prediction.training import (
    Learnt,
    TrainingPolicy,
    learn_churn,
    learn_share,
    moments,
)
from lib.store.intelligence.predictions import PredictionStore
from workers.runtime.worker import Worker

_PAGE = 1000
_log = structlog.get_logger()


def training(store: PredictionStore, policy: TrainingPolicy) -> Worker:
    """Return the worker that climbs the ladder; the first time as soon as there is enough."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        first = await store.scoring_contexts(None, 1)
        if any(policy.is_due(first.models.get(each), first.as_of) for each in TYPES):
            for learnt in await learn_everything(store, policy):
                kept = await store.record_model(learnt.model, learnt.trials)
                _log.info(
                    "intelligence.training.recorded",
                    prediction=kept["prediction_type"],
                    rung=kept["rung"],
                    version=kept["version"],
                )
        return {job.id: "recorded" for job in jobs}

    return Worker(
        name="intelligence.training",
        handle=handle,
        batch_size=1,
        concurrency=1,
        records=False,
        timeout_seconds=3600,
    )


async def learn_everything(store: PredictionStore, policy: TrainingPolicy) -> list[Learnt]:
    """Read the house's history once and decide for each type; nothing is written."""
    pages = await _read_now(store)
    past = await _read_past(store, pages[0], policy)
    # Fitting takes seconds: the loop goes on beating meanwhile.
    now = frame_of_now(pages)
    churn = await asyncio.to_thread(
        learn_churn, now, frame_of_past(past), past[0].names, pages[0].models.get("churn"), policy
    )
    return [churn, *(learn_share(each, now, policy) for each in ("satisfaction", "upsell"))]


async def _read_now(store: PredictionStore) -> list[ScoringContexts]:
    pages = [await store.scoring_contexts(None, _PAGE)]
    while pages[-1].next is not None:
        pages.append(await store.scoring_contexts(pages[-1].next, _PAGE))
    return pages


async def _read_past(
    store: PredictionStore, now: ScoringContexts, policy: TrainingPolicy
) -> list[TrainingRows]:
    asked, horizon = moments(now.as_of, policy), policy.ladder.horizon_days
    pages = [await store.training_rows(asked, horizon, None, _PAGE)]
    while pages[-1].next is not None:
        pages.append(await store.training_rows(asked, horizon, pages[-1].next, _PAGE))
    return pages
