"""May a challenger speak instead of the champion? Only when it is surely better, not on average.

A better mean on a hundred clients promotes a worse model about three times in ten; the lower end
of the paired difference nearly never does, at the price of adopting small gains late.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lib.intelligence.prediction.measures import (
    auc,
    calibration_error,
    chance_calibration_error,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class GatePolicy:
    """What a promotion asks for. z is the one-sided 95 % quantile of the normal distribution."""

    version: str = "gate-1"
    min_outcomes: int = 200
    min_rare: int = 30
    z: float = 1.645
    max_calibration_error: float = 0.05
    max_auc_loss: float = 0.01


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is one of too_few_outcomes, too_few_rare, not_surely_better, badly_calibrated,
    ranks_worse, surely_better. gain is the mean Brier difference (positive: challenger better),
    bound its lower one-sided 95 % end; both None without enough outcomes.
    """

    reason: str
    count: int
    gain: float | None = None
    bound: float | None = None

    @property
    def is_promoted(self) -> bool:
        """Whether the challenger speaks from now on."""
        return self.reason == "surely_better"


def judge(
    outcomes: Floats,
    champion: Floats,
    challenger: Floats,
    policy: GatePolicy,
    clusters: NDArray[np.int64] | None = None,
) -> Verdict:
    """Both models' probabilities for the same n newest matured outcomes, paired.

    clusters: n whole numbers, the same for rows of one client; None: each row is another client.
    """
    count = len(outcomes)
    rare = int(min(np.sum(outcomes), count - np.sum(outcomes)))
    # A few clients cannot witness how much clients differ: their spread would look like none.
    witnesses = count if clusters is None else len(np.unique(clusters))
    if count < policy.min_outcomes or witnesses < policy.min_rare:
        return Verdict("too_few_outcomes", count)
    if rare < policy.min_rare:
        return Verdict("too_few_rare", count)
    differences = (champion - outcomes) ** 2 - (challenger - outcomes) ** 2
    gain, bound = float(np.mean(differences)), lower_bound(differences, policy.z, clusters)
    return Verdict(_reason(outcomes, champion, challenger, bound, policy), count, gain, bound)


def lower_bound(differences: Floats, z: float, clusters: NDArray[np.int64] | None = None) -> float:
    """Mean minus z standard errors; rows of one cluster count as one observation of their sum."""
    count, mean = len(differences), float(np.mean(differences))
    residuals: Floats = differences - mean
    if clusters is not None:
        _, index = np.unique(clusters, return_inverse=True)
        residuals = np.bincount(index, weights=residuals).astype(np.float64)
    error = float(np.sqrt(np.sum(residuals**2))) / count
    return mean - z * error


def _reason(
    outcomes: Floats, champion: Floats, challenger: Floats, bound: float, policy: GatePolicy
) -> str:
    if bound <= 0:
        return "not_surely_better"
    # On few outcomes even the truth misses its bins by more than the limit.
    allowed = max(policy.max_calibration_error, chance_calibration_error(challenger))
    if calibration_error(outcomes, challenger) > allowed:
        return "badly_calibrated"
    before, after = auc(outcomes, champion), auc(outcomes, challenger)
    if before is not None and after is not None and after < before - policy.max_auc_loss:
        return "ranks_worse"
    return "surely_better"
