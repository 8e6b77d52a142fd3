"""What the house's own history teaches: one decision for each type of prediction. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from lib.intelligence.models.predictions import CaseType, Champion, PredictionType, ShadowRow
from lib.intelligence.prediction.candidates import RUNGS, LadderPolicy, Rung, matrix, within
from lib.intelligence.prediction.cases import CASES, climb_cases
from lib.intelligence.prediction.climbs import Challenger, Climb, Trial
from lib.intelligence.prediction.document import digest, write_model
from lib.intelligence.prediction.drift import compare
from lib.intelligence.prediction.gate import GatePolicy, Verdict
from lib.intelligence.prediction.ladder import climb
from lib.intelligence.prediction.measures import Goodness
from lib.intelligence.prediction.model import Model
from lib.intelligence.prediction.shadow import settle

WARSAW = ZoneInfo("Europe/Warsaw")


@dataclass(frozen=True, kw_only=True)
class TrainingPolicy:
    """How often a model learns afresh, from how many months of visits and days of cases."""

    version: str = "training-2"
    every_days: int = 28
    months: int = 12
    case_days: int = 730
    ladder: LadderPolicy = field(default_factory=LadderPolicy)

    def is_due(self, champion: Champion | None, now: datetime) -> bool:
        """Nobody speaks, or it is four weeks since the ladder was last climbed."""
        if champion is None or champion.document is None:
            return True
        return now - champion.confirmed_at >= timedelta(days=self.every_days)

    def horizon_of(self, prediction_type: PredictionType) -> int:
        """Days until it is known what came."""
        if prediction_type == "churn":
            return self.ladder.horizon_days
        return CASES[prediction_type].horizon_days


@dataclass(frozen=True, slots=True)
class Learnt:
    """One model to keep, with its trials: the arguments of `worker.record_model`.

    challenger: who is to score in shadow from now on, the argument of `worker.record_challenger`.
    """

    model: dict[str, Any]
    trials: list[dict[str, Any]]
    challenger: dict[str, Any] | None = None


def moments(now: datetime, policy: TrainingPolicy, horizon_days: int = 90) -> list[datetime]:
    """The first instants of the last months, in Warsaw, whose horizon has passed; newest first."""
    latest = (now - timedelta(days=horizon_days)).astimezone(WARSAW)
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
    climbed = climb(now, matured, names, policy.ladder, rung_of(champion))
    metrics = {**_metrics(climbed), "drift": find_drift(now, matured, names)}
    return _learnt("churn", climbed, policy, metrics)


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


def learn_cases(
    prediction_type: CaseType,
    cases: pl.DataFrame,
    names: Sequence[str],
    champion: Champion | None,
    policy: TrainingPolicy,
) -> Learnt:
    """The same ladder for memberships, ratings and offers. Frame as in `climb_cases`."""
    kind = CASES[prediction_type]
    climbed = climb_cases(cases, kind, names, policy.ladder, rung_of(champion))
    return _learnt(prediction_type, climbed, policy, _metrics(climbed))


def rung_of(champion: Champion | None) -> Rung:
    """Where the champion stands; at the prior where there is none."""
    return next((rung for rung in RUNGS if champion and champion.rung == rung), "prior")


def settle_challenger(
    champion: Champion | None, challenger: Champion, rows: Sequence[ShadowRow], policy: GatePolicy
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Trial and metrics of a challenger whose outcomes are enough; None while they are not."""
    settled = settle(rows, policy)
    if settled is None:
        return None
    goodness, verdict = settled.goodness, settled.verdict
    head = {
        "candidate": challenger.rung,
        "learnt_window": "all",
        "challenged": rung_of(champion),
        "basis": "shadow",
    }
    return {**head, **_figures(goodness, verdict)}, asdict(goodness)


def _metrics(climbed: Climb) -> dict[str, Any]:
    return {
        **(asdict(climbed.goodness) if climbed.goodness else {}),
        "fairness": [asdict(report) for report in climbed.fairness],
    }


def _learnt(
    prediction_type: PredictionType, climbed: Climb, policy: TrainingPolicy, metrics: dict[str, Any]
) -> Learnt:
    head = {
        "prediction_type": prediction_type,
        "horizon_days": policy.horizon_of(prediction_type),
        "policy_version": f"{policy.version}/{policy.ladder.version}",
        "client_count": climbed.clients,
        "learnt_count": climbed.learnt_from,
        "judged_count": climbed.judged_on,
    }
    speaks = {"rung": climbed.rung, "learnt_window": climbed.window, "metrics": metrics}
    trials = [_trial(trial) for trial in climbed.trials]
    unheard = _unheard(climbed.challenger)
    return Learnt({**head, **speaks, **_written(climbed.model)}, trials, unheard and head | unheard)


def _unheard(challenger: Challenger | None) -> dict[str, Any] | None:
    if challenger is None:
        return None
    return {
        "rung": challenger.rung,
        "learnt_window": challenger.window,
        "metrics": asdict(challenger.goodness),
        **_written(challenger.model),
    }


def _written(model: Model | None) -> dict[str, Any]:
    document = None if model is None else write_model(model)
    return {"document": document, "sha256": None if document is None else digest(document)}


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "candidate": trial.candidate,
        "learnt_window": trial.window,
        "challenged": trial.challenged,
        "basis": "backtest",
        **_figures(trial.goodness, trial.verdict),
    }


def _figures(goodness: Goodness, verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome_count": goodness.count,
        "brier": goodness.brier,
        "base_brier": goodness.base_brier,
        "auc": goodness.auc,
        "calibration_error": goodness.ece,
        "gain": verdict.gain,
        "bound": verdict.bound,
        "verdict": verdict.reason,
    }
