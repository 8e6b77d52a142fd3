"""Scores of many clients at once: probability, what moved it, and whether it is an alert. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lib.errors import PermanentError
from lib.intelligence.models.predictions import (
    TYPES,
    Champion,
    Evidence,
    Prediction,
    PredictionRequest,
    PredictionType,
    Refusal,
    ScoringContexts,
    WrittenFactor,
)
from lib.intelligence.prediction.document import digest, read_model
from lib.intelligence.prediction.factors import explain
from lib.intelligence.prediction.measures import logit
from lib.intelligence.prediction.model import Model

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ScoringPolicy:
    """An alert begins at the house's threshold and ends `relief` below it, so it never flaps."""

    version: str = "scoring-1"
    churn_threshold: float = 0.7
    relief: float = 0.1
    evidence: tuple[tuple[int, Evidence], ...] = ((10, "high"), (5, "medium"), (2, "low"))
    min_clients: int = 100
    min_cases: int = 20

    def is_alert(self, probability: float, threshold: float, *, is_on: bool) -> bool:
        """Whether the client stands out, given whether they did before."""
        return probability >= (threshold - self.relief if is_on else threshold)

    def evidence_of(self, visits: float) -> Evidence:
        """How much of a history so many days of visits are."""
        return next((word for least, word in self.evidence if visits >= least), "none")

    def needed(self, prediction_type: PredictionType) -> int:
        """Clients, ratings or answered offers before anything is said."""
        return self.min_clients if prediction_type == "churn" else self.min_cases


def score(contexts: ScoringContexts, policy: ScoringPolicy) -> list[Prediction]:
    """Every type that is enabled and has a model, for every client of the contexts."""
    predictions: list[Prediction] = []
    for prediction_type in TYPES:
        champion = contexts.models.get(prediction_type)
        if champion is not None and contexts.is_enabled(prediction_type):
            predictions += _score_type(contexts, prediction_type, champion, policy)
    return predictions


def answer(contexts: ScoringContexts, policy: ScoringPolicy) -> Mapping[UUID, Prediction | Refusal]:
    """What each request gets, by its id: a prediction, or why there is none."""
    made = {(each.client_id, each.prediction_type): each for each in score(contexts, policy)}
    return {
        request.request_id: made.get((request.client_id, request.prediction_type))
        or _refuse(contexts, request, policy)
        for request in contexts.requests
    }


def load(champion: Champion) -> Model | None:
    """The champion's model; None where it says nothing. PermanentError if it was tampered with."""
    if champion.document is None:
        return None
    if digest(champion.document) != champion.sha256:
        raise PermanentError(f"model {champion.id} is not what was kept")
    return read_model(champion.document)


def _score_type(
    contexts: ScoringContexts,
    prediction_type: PredictionType,
    champion: Champion,
    policy: ScoringPolicy,
) -> list[Prediction]:
    model = load(champion)
    if model is None or not contexts.clients:
        return []
    places = [contexts.names.index(name) for name in model.names]
    everything = np.array([client.features for client in contexts.clients])
    features = everything[:, places]
    probabilities = model.probability(features)
    threshold = contexts.setting("churn", "threshold", policy.churn_threshold)
    visits = everything[:, contexts.names.index("repeats")] + 1
    rows = zip(
        contexts.clients, probabilities.tolist(), logit(probabilities).tolist(),
        explain(model, features), visits.tolist(),
        strict=True,
    )  # fmt: skip
    return [
        Prediction(
            client_id=client.client_id,
            prediction_type=prediction_type,
            model_id=champion.id,
            probability=probability,
            log_odds=log_odds,
            intercept=model.intercept,
            confidence=max(probability, 1 - probability) if champion.is_measured else None,
            evidence=policy.evidence_of(seen),
            is_alert=prediction_type == "churn"
            and policy.is_alert(probability, threshold, is_on=client.is_alert),
            features=client.features,
            factors=tuple(
                WrittenFactor(name=each.name, value=each.value, contribution=each.contribution)
                for each in factors
            ),
        )
        for client, probability, log_odds, factors, seen in rows
    ]


def _refuse(
    contexts: ScoringContexts, request: PredictionRequest, policy: ScoringPolicy
) -> Refusal:
    champion = contexts.models.get(request.prediction_type)
    if request.is_objected:
        return Refusal(reason="objection")
    if not contexts.is_enabled(request.prediction_type):
        return Refusal(reason="switched_off")
    if champion is None or champion.document is None:
        have = champion.client_count if champion else 0
        need = policy.needed(request.prediction_type)
        return Refusal(reason="insufficient_data", have_count=have, need_count=need)
    return Refusal(reason="no_history")
