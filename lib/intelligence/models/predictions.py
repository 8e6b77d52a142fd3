"""What scoring and training read, and what they write.

Contexts come from `worker.scoring_contexts`, `worker.prediction_contexts`, `worker.training_rows`
and `worker.training_cases`; all instants are the database's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

PredictionType = Literal["churn", "lapse", "satisfaction", "upsell"]
CaseType = Literal["lapse", "satisfaction", "upsell"]
Part = Literal["visits", "membership"]
Evidence = Literal["none", "low", "medium", "high"]
Reason = Literal["insufficient_data", "no_history", "nothing_due", "objection", "switched_off"]
TYPES: tuple[PredictionType, ...] = ("churn", "lapse", "satisfaction", "upsell")
CASE_TYPES: tuple[CaseType, ...] = ("lapse", "satisfaction", "upsell")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Champion(_Frozen):
    """The model that speaks, or challenges. document is None on the rung insufficient."""

    id: UUID
    rung: str
    document: dict[str, Any] | None
    sha256: str | None
    horizon_days: int
    client_count: int
    is_measured: bool
    confirmed_at: datetime


class ScoredClient(_Frozen):
    """A client's numbers, in the order of the contexts' names; whether an alert of churn is on."""

    client_id: UUID
    features: tuple[float, ...]
    is_alert: bool
    subject_id: UUID | None = None
    moment: datetime | None = None


class ScoredCase(ScoredClient):
    """A membership that ends, a service nobody rated: its numbers, in the order of case_names."""

    prediction_type: PredictionType


class PredictionRequest(_Frozen):
    """Somebody waits for this."""

    request_id: UUID
    client_id: UUID
    prediction_type: PredictionType
    is_objected: bool


class ScoringContexts(_Frozen):
    """One snapshot. `next`: the client to go on after when there are more."""

    as_of: datetime
    names: tuple[str, ...]
    models: Mapping[PredictionType, Champion]
    settings: Mapping[str, Mapping[str, Any]]
    clients: tuple[ScoredClient, ...]
    cases: tuple[ScoredCase, ...] = ()
    case_names: Mapping[PredictionType, tuple[str, ...]] = {}
    challengers: Mapping[PredictionType, Champion] = {}
    requests: tuple[PredictionRequest, ...] = ()
    next: UUID | None = None

    def setting(self, prediction_type: PredictionType, name: str, default: float) -> float:
        """A threshold of this type, as set by the house."""
        kept = self.settings.get(f"prediction_models.{prediction_type}", {})
        return float(kept.get(name, default))

    def asked(self, prediction_type: PredictionType) -> Sequence[ScoredClient]:
        """Whom or what this type is predicted of."""
        if prediction_type in self.case_names:
            return [each for each in self.cases if each.prediction_type == prediction_type]
        return self.clients

    def names_of(self, prediction_type: PredictionType) -> tuple[str, ...]:
        """What the features of those are."""
        return self.case_names.get(prediction_type, self.names)

    def is_enabled(self, prediction_type: PredictionType) -> bool:
        """Whether the house wants this type predicted at all."""
        kept = self.settings.get(f"prediction_models.{prediction_type}", {})
        return bool(kept.get("enabled", True))


class TrainingRows(_Frozen):
    """Rows are (client, as of, outcome, features in the order of `names`, language, tier)."""

    names: tuple[str, ...]
    rows: tuple[tuple[UUID, datetime, int, tuple[float, ...], str, str], ...]
    next: UUID | None = None


class TrainingCases(_Frozen):
    """Rows are (client, as of, known at, outcome, features, language, tier)."""

    names: tuple[str, ...]
    rows: tuple[tuple[UUID, datetime, datetime, int, tuple[float, ...], str, str], ...]
    next: UUID | None = None


ShadowRow = tuple[UUID, float, float, int]
"""Client, the champion's probability, the challenger's, what happened (0 or 1)."""


# What is written are dataclasses: a hundred thousand of them are made and told as JSON each night.
@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFactor:
    """What moved an estimate, in log odds."""

    name: str
    value: float | None
    contribution: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One element of `worker.record_scores`. The factors and intercept sum to log_odds.

    part: of churn, which speaks where a membership nears its end; parts: what each part says.
    """

    client_id: UUID
    prediction_type: PredictionType
    model_id: UUID
    probability: float
    log_odds: float
    intercept: float
    confidence: float | None
    evidence: Evidence
    is_alert: bool
    features: tuple[float, ...]
    factors: tuple[WrittenFactor, ...]
    subject_id: UUID | None = None
    moment: datetime | None = None
    part: Part | None = None
    parts: Mapping[Part, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """One element of `worker.record_shadows`: what both would say of the same case."""

    model_id: UUID
    subject_id: UUID
    client_id: UUID
    champion_probability: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request gets no prediction: how much there is, and how much is needed."""

    reason: Reason
    have_count: int | None = None
    need_count: int | None = None
