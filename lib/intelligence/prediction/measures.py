"""How good probabilities were, once it is known what happened. Outcomes are 0 or 1."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10
DRAWS = 200
FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class Goodness:
    """Measured on n outcomes. auc is None when all outcomes are the same, ece below 200 of them."""

    count: int
    positives: int
    brier: float
    base_brier: float
    auc: float | None
    ece: float | None
    mean_probability: float
    base_rate: float


def measure(outcomes: Floats, probabilities: Floats) -> Goodness:
    """Everything the registry keeps about n probabilities; ValueError without outcomes."""
    if len(outcomes) == 0 or len(outcomes) != len(probabilities):
        raise ValueError("as many outcomes as probabilities, and at least one")
    base_rate = float(np.mean(outcomes))
    return Goodness(
        count=len(outcomes),
        positives=int(np.sum(outcomes)),
        brier=brier(outcomes, probabilities),
        base_brier=base_rate * (1 - base_rate),
        auc=auc(outcomes, probabilities),
        ece=calibration_error(outcomes, probabilities) if len(outcomes) >= 20 * BINS else None,
        mean_probability=float(np.mean(probabilities)),
        base_rate=base_rate,
    )


def brier(outcomes: Floats, probabilities: Floats) -> float:
    """Mean squared difference, 0 best."""
    return float(np.mean((probabilities - outcomes) ** 2))


def auc(outcomes: Floats, probabilities: Floats) -> float | None:
    """P(a random 1 has a higher probability than a random 0), ties half; None without both."""
    positives = float(np.sum(outcomes))
    negatives = len(outcomes) - positives
    if not positives or not negatives:
        return None
    _, place, ties = np.unique(probabilities, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    above = float(np.sum(ranks[outcomes == 1])) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def calibration_error(outcomes: Floats, probabilities: Floats, bins: int = BINS) -> float:
    """Expected calibration error over bins of as equal a size as ties allow, 0 best."""
    order = np.argsort(probabilities, kind="stable")
    parts = np.array_split(order, bins)
    gaps = [
        len(part) * abs(float(np.mean(probabilities[part]) - np.mean(outcomes[part])))
        for part in parts
        if len(part)
    ]
    return sum(gaps) / len(outcomes)


def chance_calibration_error(probabilities: Floats, seed: int = 0) -> float:
    """What a perfectly calibrated model of these n probabilities exceeds once in twenty times."""
    draw = np.random.default_rng(seed)
    errors = [
        calibration_error(
            (draw.random(len(probabilities)) < probabilities).astype(np.float64), probabilities
        )
        for _ in range(DRAWS)
    ]
    return float(np.quantile(errors, 0.95))


def logit(probabilities: Floats) -> Floats:
    """Log odds, of probabilities kept a millionth away from 0 and 1."""
    kept = np.clip(probabilities, FLOOR, 1 - FLOOR)
    return np.log(kept) - np.log1p(-kept)
