"""What the house's own history teaches: one decision for each type of prediction. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from lib.intelligence.models.predictions import Champion, PredictionType
from lib.intelligence.prediction.candidates import RUNGS, LadderPolicy, Rung, matrix, within
from lib.intelligence.prediction.document import digest, write_model
from lib.intelligence.prediction.drift import compare
from lib.intelligence.prediction.ladder import Climb, Trial, climb
from lib.intelligence.prediction.model import Model, Shrunken

WARSAW = ZoneInfo("Europe/Warsaw")


@dataclass(frozen=True, kw_only=True)
class TrainingPolicy:
    """How often a model learns afresh, from how many months, and what the shares are shrunk by."""

    version: str = "training-1"
    every_days: int = 28
    months: int = 12
    min_cases: int = 20
    rating_weight: float = 5.0
    offer_weight: float = 10.0
    ladder: LadderPolicy = field(default_factory=LadderPolicy)

    def is_due(self, champion: Champion | None, now: datetime) -> bool:
        """Nobody speaks, or it is four weeks since the ladder was last climbed."""
        if champion is None or champion.document is None:
            return True
        return now - champion.confirmed_at >= timedelta(days=self.every_days)


@dataclass(frozen=True, slots=True)
class Learnt:
    """One model to keep, with its trials: the arguments of `worker.record_model`."""

    model: dict[str, Any]
    trials: list[dict[str, Any]]


def moments(now: datetime, policy: TrainingPolicy) -> list[datetime]:
    """The first instants of the last months, in Warsaw, whose horizon has passed; newest first."""
    latest = (now - timedelta(days=policy.ladder.horizon_days)).astimezone(WARSAW)
    year, month = latest.year, latest.month
    found = []
    for _ in range(policy.months):
        found.append(datetime(year, month, 1, tzinfo=WARSAW).astimezone(UTC))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def learn_churn(
    now: pl.DataFrame,
    matured: pl.DataFrame,
    names: Sequence[str],
    champion: Champion | None,
    policy: TrainingPolicy,
) -> Learnt:
    """Climb the ladder from where the champion stands. Frames as in `climb`."""
    current: Rung = next((rung for rung in RUNGS if champion and champion.rung == rung), "prior")
    climbed = climb(now, matured, names, policy.ladder, current)
    metrics = {
        **(asdict(climbed.goodness) if climbed.goodness else {}),
        "fairness": [asdict(report) for report in climbed.fairness],
        "drift": find_drift(now, matured, names),
    }
    return _learnt("churn", climbed.rung, climbed.model, policy, climbed, metrics)


def find_drift(
    now: pl.DataFrame, matured: pl.DataFrame, names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Features whose values today are not those of the newest snapshot learnt from, with why."""
    newest = within(matured, "newest")
    if newest.is_empty() or now.is_empty():
        return {}
    then, today = matrix(newest, names), matrix(now, names)
    found = {name: compare(then[:, at], today[:, at]) for at, name in enumerate(names)}
    return {name: asdict(drift) for name, drift in found.items() if drift.is_alarming}


def learn_share(
    prediction_type: PredictionType, now: pl.DataFrame, policy: TrainingPolicy
) -> Learnt:
    """Satisfaction (P(a low rating)) or upsell (P(an offer is accepted)) from everybody's year."""
    happened, cases = (
        ("low_ratings_365", "ratings_365")
        if prediction_type == "satisfaction"
        else ("accepted_365", "offers_365")
    )
    weight = policy.rating_weight if prediction_type == "satisfaction" else policy.offer_weight
    total = int(now[cases].sum())
    climbed = Climb("insufficient", None, clients=total)
    if total < policy.min_cases:
        return _learnt(prediction_type, "insufficient", None, policy, climbed, {})
    # Half a case more on either side: a house without a single complaint is not beyond complaint.
    share = (float(now[happened].sum()) + 0.5) / (total + 1)
    model = Shrunken((happened, cases), share, weight)
    return _learnt(prediction_type, "prior", model, policy, climbed, {})


def _learnt(
    prediction_type: PredictionType,
    rung: Rung,
    model: Model | None,
    policy: TrainingPolicy,
    climbed: Climb,
    metrics: dict[str, Any],
) -> Learnt:
    document = None if model is None else write_model(model)
    row = {
        "prediction_type": prediction_type,
        "rung": rung,
        "learnt_window": climbed.window,
        "document": document,
        "sha256": None if document is None else digest(document),
        "horizon_days": policy.ladder.horizon_days,
        "policy_version": f"{policy.version}/{policy.ladder.version}",
        "client_count": climbed.clients,
        "learnt_count": climbed.learnt_from,
        "judged_count": climbed.judged_on,
        "metrics": metrics,
    }
    return Learnt(row, [_trial(trial) for trial in climbed.trials])


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "candidate": trial.candidate,
        "learnt_window": trial.window,
        "challenged": trial.challenged,
        "outcome_count": trial.goodness.count,
        "brier": trial.goodness.brier,
        "base_brier": trial.goodness.base_brier,
        "auc": trial.goodness.auc,
        "calibration_error": trial.goodness.ece,
        "gain": trial.verdict.gain,
        "bound": trial.verdict.bound,
        "verdict": trial.verdict.reason,
    }
