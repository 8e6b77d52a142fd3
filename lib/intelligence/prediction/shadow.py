"""A challenger scores beside the champion, unseen; what came of it decides, once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lib.intelligence.models.predictions import (
    TYPES,
    PredictionType,
    ScoringContexts,
    Shadow,
    ShadowRow,
)
from lib.intelligence.prediction.gate import GatePolicy, Verdict, judge
from lib.intelligence.prediction.measures import Goodness, measure
from lib.intelligence.prediction.scoring import load, matrix_of

WAITING = frozenset({"too_few_outcomes", "too_few_rare"})


@dataclass(frozen=True, slots=True)
class Settled:
    """The verdict on a challenger, and how good it was."""

    goodness: Goodness
    verdict: Verdict


def score_shadows(contexts: ScoringContexts) -> list[Shadow]:
    """What each challenger would say, beside the champion, of everything it is asked about."""
    return [
        shadow
        for prediction_type in TYPES
        if prediction_type in contexts.challengers and contexts.is_enabled(prediction_type)
        for shadow in _score(contexts, prediction_type)
    ]


def settle(rows: Sequence[ShadowRow], policy: GatePolicy) -> Settled | None:
    """The gate on what came after both had scored; None while that is too little to judge by.

    It is judged once: to try again each month would let chance in.
    """
    if not rows:
        return None
    clients, champion, challenger, outcomes = zip(*rows, strict=True)
    said, happened = np.array(challenger), np.array(outcomes, dtype=np.float64)
    _, clusters = np.unique([str(client) for client in clients], return_inverse=True)
    verdict = judge(happened, np.array(champion), said, policy, clusters.astype(np.int64))
    return None if verdict.reason in WAITING else Settled(measure(happened, said), verdict)


def _score(contexts: ScoringContexts, prediction_type: PredictionType) -> list[Shadow]:
    champion = contexts.models.get(prediction_type)
    challenger = contexts.challengers[prediction_type]
    spoken = load(champion) if champion else None
    unheard = load(challenger)
    asked = contexts.asked(prediction_type)
    if spoken is None or unheard is None or not asked:
        return []
    names = contexts.names_of(prediction_type)
    pairs = zip(
        asked,
        spoken.probability(matrix_of(asked, names, spoken.names)).tolist(),
        unheard.probability(matrix_of(asked, names, unheard.names)).tolist(),
        strict=True,
    )
    return [
        Shadow(
            model_id=challenger.id,
            subject_id=each.subject_id or each.client_id,
            client_id=each.client_id,
            champion_probability=said,
            probability=unsaid,
        )
        for each, said, unsaid in pairs
    ]
