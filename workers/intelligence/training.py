"""Each night, when four weeks have passed -> which model may speak, proven on what happened."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from lib.events import Job, JobResult
from lib.intelligence.models.predictions import (
    CASE_TYPES,
    TYPES,
    CaseType,
    ScoringContexts,
    TrainingCases,
    TrainingRows,
)
from lib.intelligence.prediction.cases import CASES
from lib.intelligence.prediction.frames import frame_of_cases, frame_of_now, frame_of_past
from lib.intelligence.prediction.training import (
    Learnt,
    TrainingPolicy,
    learn_cases,
    learn_churn,
    moments,
    settle_challenger,
)
from lib.store.intelligence.predictions import PredictionStore
from workers.runtime.worker import Worker

_PAGE = 1000
_log = structlog.get_logger()


def training(store: PredictionStore, policy: TrainingPolicy) -> Worker:
    """Return the worker that climbs the ladders; the first time as soon as there is enough."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        first = await store.scoring_contexts(None, 1)
        if any(policy.is_due(first.models.get(each), first.as_of) for each in TYPES):
            await settle_challengers(store, first, policy)
            for learnt in await learn_everything(store, policy):
                await keep(store, learnt)
        return {job.id: "recorded" for job in jobs}

    return Worker(
        name="intelligence.training",
        handle=handle,
        batch_size=1,
        concurrency=1,
        records=False,
        timeout_seconds=3600,
    )


async def settle_challengers(
    store: PredictionStore,
    contexts: ScoringContexts,
    policy: TrainingPolicy,
    *,
    is_kept: bool = True,
) -> list[str]:
    """Judge those who scored in shadow, where enough came of it; a sentence about each.

    is_kept: whether the verdict is written, or only told.
    """
    told = []
    for prediction_type, challenger in contexts.challengers.items():
        rows = await store.shadow_outcomes(challenger.id)
        champion = contexts.models.get(prediction_type)
        settled = settle_challenger(champion, challenger, rows, policy.ladder.gate)
        if settled is None:
            told.append(f"{prediction_type}: {challenger.rung} in shadow, {len(rows)} outcomes")
            continue
        trial, metrics = settled
        if is_kept:
            await store.settle_challenger(challenger.id, trial, metrics)
        verdict = trial["verdict"].replace("_", " ")
        told.append(f"{prediction_type}: {challenger.rung} in shadow, {verdict}")
    return told


async def keep(store: PredictionStore, learnt: Learnt) -> None:
    """Write who speaks from now on, and who challenges."""
    kept = await store.record_model(learnt.model, learnt.trials)
    if learnt.challenger:
        await store.record_challenger(learnt.challenger)
    _log.info(
        "intelligence.training.recorded",
        prediction=kept["prediction_type"],
        rung=kept["rung"],
        version=kept["version"],
        challenger=learnt.challenger["rung"] if learnt.challenger else None,
    )


async def learn_everything(store: PredictionStore, policy: TrainingPolicy) -> list[Learnt]:
    """Read the house's history once and decide for each type; nothing is written."""
    pages = await _read_now(store)
    past = await _read_past(store, pages[0], policy)
    # Fitting takes seconds: the loop goes on beating meanwhile.
    churn = await asyncio.to_thread(
        learn_churn,
        frame_of_now(pages),
        frame_of_past(past),
        past[0].names,
        pages[0].models.get("churn"),
        policy,
    )
    return [churn, *[await _learn_cases(store, each, pages[0], policy) for each in CASE_TYPES]]


async def _learn_cases(
    store: PredictionStore, prediction_type: CaseType, now: ScoringContexts, policy: TrainingPolicy
) -> Learnt:
    pages = await _read_cases(store, prediction_type, now, policy)
    champion = now.models.get(prediction_type)
    return await asyncio.to_thread(
        learn_cases, prediction_type, frame_of_cases(pages), pages[0].names, champion, policy
    )


async def _read_cases(
    store: PredictionStore, prediction_type: CaseType, now: ScoringContexts, policy: TrainingPolicy
) -> list[TrainingCases]:
    asked = moments(now.as_of, policy, CASES[prediction_type].horizon_days)
    since = now.as_of - timedelta(days=policy.case_days)
    pages = [await store.training_cases(prediction_type, asked, since, None, _PAGE)]
    while (after := pages[-1].next) is not None:
        pages.append(await store.training_cases(prediction_type, asked, since, after, _PAGE))
    return pages


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
