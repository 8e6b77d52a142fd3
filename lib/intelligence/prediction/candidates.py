"""Who may stand for a rung, and what they learn from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lib.intelligence.prediction.bgnbd import Rhythm, fit_bgnbd
from lib.intelligence.prediction.gate import GatePolicy
from lib.intelligence.prediction.linear import fit_linear
from lib.intelligence.prediction.model import (
    RHYTHM,
    Absence,
    BaseRate,
    Model,
    Prior,
    recalibrate,
)
from lib.intelligence.prediction.steps import fit_steps

Floats = NDArray[np.float64]
Rung = Literal["insufficient", "prior", "recalibrated", "logistic", "boosting"]
Candidate = Literal["base_rate", "prior", "recalibrated", "logistic", "boosting"]
Window = Literal["all", "newest"]
RUNGS: tuple[Rung, ...] = ("insufficient", "prior", "recalibrated", "logistic", "boosting")
ORDER: tuple[Candidate, ...] = ("base_rate", "prior", "recalibrated", "logistic", "boosting")
WINDOWS: tuple[Window, ...] = ("all", "newest")
Option = tuple[Candidate, Window]


@dataclass(frozen=True, kw_only=True)
class LadderPolicy:
    """Least numbers of clients, cases or outcomes for each rung; how far ahead is predicted."""

    version: str = "ladder-1"
    horizon_days: int = 90
    active_days: int = 180
    alert_threshold: float = 0.7
    min_clients: int = 100
    min_cases: int = 20
    min_base_rate: int = 50
    min_recalibrated: int = 50
    min_logistic: int = 100
    min_boosting: int = 5000
    min_rare: int = 15
    gate: GatePolicy = field(default_factory=GatePolicy)

    @property
    def least(self) -> dict[str, int]:
        """The least number of outcomes to learn from, by candidate."""
        return {
            "base_rate": self.min_base_rate,
            "recalibrated": self.min_recalibrated,
            "logistic": self.min_logistic,
            "boosting": self.min_boosting,
        }


def fit_prior(now: pl.DataFrame, policy: LadderPolicy) -> Absence | None:
    """The rhythm of everybody of today's snapshot; None below the least number of clients.

    now: one row a client with the columns repeats, recency_days, silence_days.
    """
    values = matrix(now, RHYTHM)
    if len(values) < policy.min_clients or not np.any(values[:, 0] > 0):
        return None
    repeats, recency, silence = values.T
    fitted = fit_bgnbd(Rhythm(repeats, recency, recency + silence))
    middle = np.median(values, axis=0)
    return Absence(fitted, policy.horizon_days, (middle[0], middle[1], middle[2]))


def find_candidates(
    prior: Prior,
    rows: pl.DataFrame,
    names: Sequence[str],
    policy: LadderPolicy,
    windows: Sequence[Window] = WINDOWS,
) -> dict[Option, Model]:
    """Everybody who has enough to learn from, in the order of the ladder."""
    found: dict[Option, Model] = {}
    for candidate in ORDER:
        for window in windows if candidate in {"logistic", "boosting"} else WINDOWS[:1]:
            model = learn(candidate, prior, within(rows, window), names, policy)
            if model is not None:
                found[candidate, window] = model
    return found


def learn(
    candidate: Candidate,
    prior: Prior,
    rows: pl.DataFrame,
    names: Sequence[str],
    policy: LadderPolicy,
) -> Model | None:
    """The model of this candidate; None while there is too little to learn from."""
    if candidate == "prior":
        return prior
    outcomes = outcomes_of(rows)
    rare = min(outcomes.sum(), len(outcomes) - outcomes.sum())
    if len(outcomes) < policy.least[candidate] or rare < policy.min_rare:
        return None
    ways: dict[Candidate, Callable[[], Model]] = {
        "base_rate": lambda: BaseRate(float(outcomes.mean())),
        "recalibrated": lambda: recalibrate(prior, matrix(rows, prior.names), outcomes),
        "logistic": lambda: fit_linear(names, matrix(rows, names), outcomes),
        "boosting": lambda: fit_steps(names, matrix(rows, names), outcomes),
    }
    return ways[candidate]()


def within(rows: pl.DataFrame, window: Window) -> pl.DataFrame:
    """All snapshots' rows, or the newest one's."""
    if window == "all":
        return rows
    return rows.filter(pl.col("as_of") == pl.col("as_of").max())


def matrix(frame: pl.DataFrame, names: Sequence[str]) -> Floats:
    """n x f numbers of these columns."""
    if not names:
        return np.zeros((frame.height, 0))
    return frame.select(pl.col(name).cast(pl.Float64) for name in names).to_numpy()


def outcomes_of(rows: pl.DataFrame) -> Floats:
    """n numbers, 0 or 1."""
    return rows["outcome"].cast(pl.Float64).to_numpy()
