"""Scores of many clients at once: probability, what moved it, and whether it is an alert. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lib.errors import PermanentError
from lib.intelligence.models.predictions import (
    TYPES,
    Champion,
    Evidence,
    Part,
    Prediction,
    PredictionRequest,
    PredictionType,
    Refusal,
    ScoredClient,
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

    version: str = "scoring-2"
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
        """Clients, memberships, ratings or answered offers before anything is said."""
        return self.min_clients if prediction_type == "churn" else self.min_cases


def score(contexts: ScoringContexts, policy: ScoringPolicy) -> list[Prediction]:
    """Every type that is enabled and has a model, for everybody and every case of the contexts."""
    made: dict[PredictionType, list[Prediction]] = {}
    for each in TYPES:
        champion = contexts.models.get(each)
        is_spoken = champion is not None and contexts.is_enabled(each)
        made[each] = _score_type(contexts, each, champion, policy) if champion and is_spoken else []
    if contexts.is_enabled("churn"):
        made["churn"] = _join(made["churn"], made["lapse"], contexts, policy)
    return [prediction for each in TYPES for prediction in made[each]]


def answer(contexts: ScoringContexts, policy: ScoringPolicy) -> Mapping[UUID, Prediction | Refusal]:
    """What each request gets, by its id: a prediction, or why there is none."""
    made = {(each.client_id, each.prediction_type): each for each in score(contexts, policy)}
    return {
        request.request_id: made.get((request.client_id, request.prediction_type))
        or _refuse(contexts, request, policy)
        for request in contexts.requests
    }


def load(champion: Champion) -> Model | None:
    """The model of this row; None where it says nothing. PermanentError if it was tampered with."""
    if champion.document is None:
        return None
    if digest(champion.document) != champion.sha256:
        raise PermanentError(f"model {champion.id} is not what was kept")
    return read_model(champion.document)


def matrix_of(asked: Sequence[ScoredClient], names: Sequence[str], wanted: Sequence[str]) -> Floats:
    """n x f numbers of the wanted features."""
    places = [names.index(name) for name in wanted]
    return np.array([each.features for each in asked])[:, places]


def _score_type(
    contexts: ScoringContexts,
    prediction_type: PredictionType,
    champion: Champion,
    policy: ScoringPolicy,
) -> list[Prediction]:
    asked, model = contexts.asked(prediction_type), load(champion)
    if model is None or not asked:
        return []
    features = matrix_of(asked, contexts.names_of(prediction_type), model.names)
    probabilities = model.probability(features)
    threshold = contexts.setting("churn", "threshold", policy.churn_threshold)
    visits, intercept = _count_visits(contexts), model.intercept
    rows = zip(
        asked, probabilities.tolist(), logit(probabilities).tolist(), explain(model, features),
        strict=True,
    )  # fmt: skip
    return [
        Prediction(
            client_id=each.client_id,
            prediction_type=prediction_type,
            model_id=champion.id,
            probability=probability,
            log_odds=log_odds,
            intercept=intercept,
            confidence=max(probability, 1 - probability) if champion.is_measured else None,
            evidence=policy.evidence_of(visits.get(each.client_id, 0)),
            is_alert=prediction_type == "churn"
            and policy.is_alert(probability, threshold, is_on=each.is_alert),
            features=each.features,
            factors=tuple(
                WrittenFactor(name=part.name, value=part.value, contribution=part.contribution)
                for part in factors
            ),
            subject_id=each.subject_id,
            moment=each.moment,
        )
        for each, probability, log_odds, factors in rows
    ]


def _count_visits(contexts: ScoringContexts) -> Mapping[UUID, float]:
    place = contexts.names.index("repeats")
    return {each.client_id: each.features[place] + 1 for each in contexts.clients}


def _join(
    visits: Sequence[Prediction],
    lapses: Sequence[Prediction],
    contexts: ScoringContexts,
    policy: ScoringPolicy,
) -> list[Prediction]:
    """Churn of a client whose membership nears its end: the likelier of both ways speaks."""
    threshold = contexts.setting("churn", "threshold", policy.churn_threshold)
    alerts = {each.client_id for each in contexts.asked("lapse") if each.is_alert}
    found = {each.client_id: each for each in visits}
    for lapse in lapses:
        stays_away = found.get(lapse.client_id)
        if stays_away and stays_away.probability >= lapse.probability:
            parts = _parts(stays_away, lapse)
            found[lapse.client_id] = replace(stays_away, part="visits", parts=parts)
            continue
        is_on = lapse.client_id in alerts
        found[lapse.client_id] = replace(
            lapse,
            prediction_type="churn",
            is_alert=policy.is_alert(lapse.probability, threshold, is_on=is_on),
            part="membership",
            parts=_parts(stays_away, lapse),
        )
    return list(found.values())


def _parts(stays_away: Prediction | None, lapse: Prediction) -> dict[Part, float]:
    parts: dict[Part, float] = {"membership": lapse.probability}
    return {"visits": stays_away.probability, **parts} if stays_away else parts


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
    is_of_cases = request.prediction_type in contexts.case_names
    return Refusal(reason="nothing_due" if is_of_cases else "no_history")
