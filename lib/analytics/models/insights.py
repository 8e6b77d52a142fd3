"""What insights read and what they decide.

Contexts come from `worker.insight_contexts`; runs and findings go to `worker.record_insights`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

Direction = Literal["better", "worse"]
Unit = Literal["points", "percentage_points", "percent_change"]


class Sums(NamedTuple):
    """What means and their errors are made of; s and n of one client are correlated."""

    clients: float
    n: float
    """Observations."""
    s: float
    """Their sum."""
    q: float
    """The sum of their squares."""
    ss: float
    """Over clients, the sum of s * s."""
    sn: float
    """Over clients, the sum of s * n."""
    nn: float
    """Over clients, the sum of n * n."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Comparison(_Context):
    """A group of tickets against all others, by one metric."""

    metric: str
    better: Literal["higher", "lower"]
    unit: str
    """Of the metric; seconds come as their logarithm."""
    dimension: Literal["channel", "tier", "desk", "category", "language", "hours"]
    group_value: str
    label: str
    """The group's name for people."""
    in_group: Sums
    in_rest: Sums


class InsightContexts(_Context):
    """Everything there is to compare within one period."""

    read_at: datetime
    since_at: datetime
    until_at: datetime
    is_done: bool
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, kw_only=True)
class InsightRun:
    """One look: how much was compared, how much was too small for it."""

    since_at: datetime
    until_at: datetime
    comparison_count: int
    left_out_count: int
    policy_version: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A difference beyond chance; numbers in the metric's own unit, see `Unit`."""

    metric: str
    dimension: str
    group_value: str
    direction: Direction
    unit: Unit
    group_mean: float
    rest_mean: float
    difference: float
    interval_low: float
    interval_high: float
    effect_size: float
    p_value: float
    q_value: float
    group_count: int
    rest_count: int
    group_client_count: int
    recommendation_pl: str
    recommendation_en: str
