"""Is a model as honest about every group? Calibration by group, and no verdict on few.

Groups are for the audit alone; what makes them is never a feature.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LEAST_POSITIVES = 100
LARGEST_GAP = 0.05
Z = 1.96


@dataclass(frozen=True, slots=True)
class GroupReport:
    """gap: mean probability minus the share it happened to; [low, high] its 95 % interval.

    verdict: too_few (fewer than 100 it happened to), fair, or unfair when the whole interval lies
    beyond a gap of 0.05.
    """

    group: str
    count: int
    base_rate: float
    alert_rate: float
    gap: float
    low: float
    high: float
    verdict: str


def audit(
    groups: Sequence[str], outcomes: Floats, probabilities: Floats, threshold: float
) -> list[GroupReport]:
    """One report a group, by name; an alert is a probability of `threshold` or more."""
    named = np.array(groups, dtype=object)
    return [
        _report(group, outcomes[named == group], probabilities[named == group], threshold)
        for group in sorted(set(groups))
    ]


def _report(group: str, outcomes: Floats, probabilities: Floats, threshold: float) -> GroupReport:
    errors = probabilities - outcomes
    gap, half = float(np.mean(errors)), Z * float(np.std(errors)) / len(errors) ** 0.5
    return GroupReport(
        group=group,
        count=len(outcomes),
        base_rate=float(np.mean(outcomes)),
        alert_rate=float(np.mean(probabilities >= threshold)),
        gap=gap,
        low=gap - half,
        high=gap + half,
        verdict=_verdict(outcomes, gap - half, gap + half),
    )


def _verdict(outcomes: Floats, low: float, high: float) -> str:
    if float(np.sum(outcomes)) < LEAST_POSITIVES:
        return "too_few"
    return "unfair" if low > LARGEST_GAP or high < -LARGEST_GAP else "fair"
