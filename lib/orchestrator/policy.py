"""The house's rules as data. Change a number, change the version: each stored decision names it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import get_args

from lib.orchestrator.models.routing import Part


@dataclass(frozen=True, slots=True)
class Weight:
    """Whole points for a measure: `points` for each full `per` of it, never more than `at_most`.

    Whole numbers, so that the parts sum to the score exactly.
    """

    points: int
    per: int = 1
    at_most: int = 1_000_000


_WEIGHTS: Mapping[Part, Weight] = MappingProxyType(
    {
        "dedicated": Weight(points=1_000, at_most=1_000),
        "relationship": Weight(points=200, at_most=200),
        "skill_level": Weight(points=10, at_most=50),
        "language_level": Weight(points=6, at_most=30),
        "spare_capacity": Weight(points=1, at_most=100),
        "idle": Weight(points=1, per=60, at_most=30),
    }
)


@dataclass(frozen=True, kw_only=True)
class RoutingPolicy:
    """What makes one eligible agent better than another.

    Measures: `dedicated` and `relationship` 0 or 1; `language_level` 1 to 5; `skill_level` also, of
    the weakest skill required (0: none is); `spare_capacity` in percent of the agent's units;
    `idle` in seconds since the last assignment. Ties go to whoever has waited longest.
    """

    version: str = "routing-1"
    weights: Mapping[Part, Weight] = field(default_factory=lambda: _WEIGHTS)
    candidates_kept: int = 5
    """Candidates stored with their parts; the others are stored as outscored."""

    def __post_init__(self) -> None:
        if set(self.weights) != set(get_args(Part)):
            raise ValueError("a routing policy weighs each part of the score, and no other")
        others = sum(w.at_most for part, w in self.weights.items() if part != "dedicated")
        if self.judge("dedicated", 1) <= others:
            raise ValueError("the dedicated agent comes first: their points must exceed all others")
        if self.candidates_kept < 1:
            raise ValueError("the chosen agent is a candidate: keep at least one")

    def judge(self, part: Part, measure: int) -> int:
        """Return the points a measure earns for one part of the score."""
        weight = self.weights[part]
        return min(weight.at_most, measure // weight.per * weight.points)
