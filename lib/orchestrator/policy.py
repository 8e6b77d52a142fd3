"""The house's rules as data. Change a number, change the version: each stored decision names it.

Rules that admins change while the house is running (wait budgets, when skills relax, ramp and
pause after a lapsed offer) are rows of the database and arrive with the contexts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import get_args

from lib.orchestrator.models.routing import Part

CHAIN: tuple[Part, ...] = ("dedicated", "deputy", "relationship", "vip_pool")
"""What an earlier place in the client's chain earns, best first."""
LOSSES: tuple[Part, ...] = ("lacking", "overflow", "interruption")
"""Parts that take away."""


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
        "dedicated": Weight(points=2_000, at_most=2_000),
        "deputy": Weight(points=1_500, at_most=1_500),
        "relationship": Weight(points=1_000, at_most=1_000),
        "vip_pool": Weight(points=500, at_most=500),
        "continuity": Weight(points=250, at_most=250),
        "skill_level": Weight(points=10, at_most=50),
        "language_level": Weight(points=6, at_most=30),
        "spare_capacity": Weight(points=1, at_most=100),
        "idle": Weight(points=1, per=60, at_most=30),
        "lacking": Weight(points=-500),
        "overflow": Weight(points=-300),
        "interruption": Weight(points=-20),
    }
)


@dataclass(frozen=True, kw_only=True)
class RoutingPolicy:
    """What makes one eligible agent better than another.

    Measures: the places of the chain, `continuity` (had this ticket before) and `overflow` 0 or 1;
    `language_level` 1 to 5; `skill_level` also, of the weakest required skill that is there (0:
    none is); `lacking` in relaxed skills that are not; `spare_capacity` in percent of the agent's
    units; `idle` in seconds since the last assignment; `interruption` in units of work sent back.
    Ties go to whoever has waited longest.
    """

    version: str = "routing-2"
    weights: Mapping[Part, Weight] = field(default_factory=lambda: _WEIGHTS)
    candidates_kept: int = 3
    """Candidates stored with their parts; the others are stored as outscored."""

    def __post_init__(self) -> None:
        if set(self.weights) != set(get_args(Part)):
            raise ValueError("a routing policy weighs each part of the score, and no other")
        others = sum(w.at_most for part, w in self.weights.items() if part not in CHAIN + LOSSES)
        steps = [self.judge(part, 1) for part in CHAIN] + [0]
        if any(step <= after + others for step, after in pairwise(steps)):
            raise ValueError(
                "dedicated, deputy, ...: an earlier place must outweigh all that follows"
            )
        if any(self.judge(part, 1) >= 0 for part in LOSSES):
            raise ValueError("what makes somebody a lesser choice must cost points")
        if self.candidates_kept < 1:
            raise ValueError("the chosen agent is a candidate: keep at least one")

    def judge(self, part: Part, measure: int) -> int:
        """Return the points a measure earns for one part of the score."""
        weight = self.weights[part]
        return min(weight.at_most, measure // weight.per * weight.points)
