"""Which groups of tickets differ from all others by more than chance?

Each group is compared with everybody else by Welch's test on means whose errors are those of
clients (what one client says ten times is one opinion). Over all comparisons looked at, Benjamini
and Hochberg's procedure keeps the expected share of false findings below `false_share`; a
difference too small to matter is not told however sure it is, and a small group not looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

from scipy.special import stdtr, stdtrit

from lib.analytics.advice import advise
from lib.analytics.models.insights import (
    Comparison,
    Direction,
    Finding,
    InsightContexts,
    InsightRun,
    Sums,
    Unit,
)

_UNITS: dict[str, Unit] = {"percent": "percentage_points", "seconds": "percent_change"}


@dataclass(frozen=True, kw_only=True)
class InsightPolicy:
    """When a difference is told."""

    version: str = "insights-1"
    smallest_clients: int = 30
    """Each side of a comparison has so many at least."""
    false_share: float = 0.05
    smallest_effect: float = 0.1
    """In standard deviations."""

    def compares(self, one: Comparison) -> bool:
        """Say whether both sides are large enough, and not all the same."""
        sides = (one.in_group, one.in_rest)
        return all(side.clients >= self.smallest_clients for side in sides) and _error(one) > 0

    def tells(self, effect_size: float, q_value: float) -> bool:
        """Say whether it is beyond chance, and large enough to matter."""
        return q_value <= self.false_share and abs(effect_size) >= self.smallest_effect


def discover(
    contexts: InsightContexts, policy: InsightPolicy
) -> tuple[InsightRun, Sequence[Finding]]:
    """Return what was looked at, and the differences worth telling; often none."""
    from scipy.stats import false_discovery_control  # a second of every replica's start

    compared = [one for one in contexts.comparisons if policy.compares(one)]
    chances = _chances(compared)
    adjusted = false_discovery_control(chances) if compared else chances
    findings = [
        _describe(one, chance, float(q_value))
        for one, chance, q_value in zip(compared, chances, adjusted, strict=True)
        if policy.tells(_effect_size(one), float(q_value))
    ]
    run = InsightRun(
        since_at=contexts.since_at,
        until_at=contexts.until_at,
        comparison_count=len(compared),
        left_out_count=len(contexts.comparisons) - len(compared),
        policy_version=policy.version,
    )
    return run, findings


def _mean(side: Sums) -> float:
    return side.s / side.n


def _variance(side: Sums) -> float:
    """Return the squared error of the mean: a ratio of sums over clients, linearised."""
    mean = _mean(side)
    residual = max(side.ss - 2 * mean * side.sn + mean * mean * side.nn, 0.0)
    return side.clients / (side.clients - 1) * residual / side.n**2


def _error(one: Comparison) -> float:
    return sqrt(_variance(one.in_group) + _variance(one.in_rest))


def _difference(one: Comparison) -> float:
    return _mean(one.in_group) - _mean(one.in_rest)


def _freedom(one: Comparison) -> float:
    """Return Welch's degrees of freedom."""
    parts = [(_variance(side), side.clients - 1) for side in (one.in_group, one.in_rest)]
    return float(sum(v for v, _ in parts) ** 2 / sum(v * v / clients for v, clients in parts))


def _chances(compared: Sequence[Comparison]) -> list[float]:
    """Return of each how likely so large a difference is where there is none."""
    distances = [abs(_difference(one)) / _error(one) for one in compared]
    tails = stdtr([_freedom(one) for one in compared], [-distance for distance in distances])
    return [float(2 * tail) for tail in tails]


def _effect_size(one: Comparison) -> float:
    n = one.in_group.n + one.in_rest.n
    mean = (one.in_group.s + one.in_rest.s) / n
    variance = (one.in_group.q + one.in_rest.q - n * mean * mean) / (n - 1)
    return _difference(one) / sqrt(variance) if variance > 0 else 0.0


def _describe(one: Comparison, chance: float, q_value: float) -> Finding:
    unit = _UNITS.get(one.unit, "points")
    margin = _error(one) * float(stdtrit(_freedom(one), 0.975))
    low, middle, high = (_told(_difference(one) + shift, unit) for shift in (-margin, 0.0, margin))
    group_mean, rest_mean = (_told_mean(side, unit) for side in (one.in_group, one.in_rest))
    direction = _direction(one)
    pl, en = advise(one.metric, direction, one.dimension, one.label, group_mean, rest_mean)
    return Finding(
        metric=one.metric,
        dimension=one.dimension,
        group_value=one.group_value,
        direction=direction,
        unit=unit,
        group_mean=group_mean,
        rest_mean=rest_mean,
        difference=middle,
        interval_low=low,
        interval_high=high,
        effect_size=round(_effect_size(one), 4),
        p_value=chance,
        q_value=max(q_value, chance),
        group_count=round(one.in_group.n),
        rest_count=round(one.in_rest.n),
        group_client_count=round(one.in_group.clients),
        recommendation_pl=pl,
        recommendation_en=en,
    )


def _direction(one: Comparison) -> Direction:
    return "better" if (_difference(one) > 0) == (one.better == "higher") else "worse"


def _told(difference: float, unit: Unit) -> float:
    """Return a difference of logarithms as a change in percent, any other as it is."""
    return round(100 * (exp(difference) - 1) if unit == "percent_change" else difference, 4)


def _told_mean(side: Sums, unit: Unit) -> float:
    return round(exp(_mean(side)) if unit == "percent_change" else _mean(side), 4)
