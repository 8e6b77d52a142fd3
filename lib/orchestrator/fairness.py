"""Is the work of a desk shared evenly? Measures and a verdict for each; no clock, exact numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from lib.orchestrator.models.fairness import (
    AgentShare,
    DeskWeek,
    FairnessContexts,
    FairnessLimit,
    FairnessVerdict,
    Measure,
    Outcome,
)

_PLACES = 10_000


@dataclass(frozen=True, kw_only=True)
class FairnessPolicy:
    """How limits are applied; the limits themselves are rows (public.fairness_limits)."""

    version: str = "fairness-1"
    least_seconds: int = 60
    """Whoever was there for less counts as there for this long: nobody carries anything in no time
    at all. private.list_desk_measures agrees."""

    def judge(self, limit: FairnessLimit, value: Decimal, agents: int, assignments: int) -> Outcome:
        """Return what to say of a value; an open alarm stays until the value falls below."""
        if agents < limit.min_agents or assignments < limit.min_assignments:
            return "insufficient"
        if value > limit.raise_above:
            return "alarming"
        return "alarming" if limit.is_alarming and value >= limit.clear_below else "within"


def judge(contexts: FairnessContexts, policy: FairnessPolicy) -> list[FairnessVerdict]:
    """Return one verdict for each desk, week and limit."""
    return [_verdict(desk, limit, policy) for desk in contexts.desks for limit in desk.limits]


def gini(loads: Sequence[int], weights: Sequence[int] | None = None) -> Fraction:
    """Return how unevenly `loads` are shared: 0 even (or no load), towards 1 all to one.

    Loads are judged by their weight (for instance seconds of presence): twice the load in twice the
    time is even. Weights are positive. Exact, so that neither order nor unit changes a digit.
    """
    shares = list(zip(loads, weights or [1] * len(loads), strict=True))
    whole = sum(loads) * sum(weight for _, weight in shares)
    if not whole:
        return Fraction(0)
    return Fraction(sum(abs(a * v - b * w) for (a, w), (b, v) in combinations(shares, 2)), whole)


def to_places(value: Fraction) -> Decimal:
    """Return the value to four places, half up, as SQL's round does."""
    return Decimal(int(value * _PLACES + Fraction(1, 2))) / _PLACES


def _verdict(desk: DeskWeek, limit: FairnessLimit, policy: FairnessPolicy) -> FairnessVerdict:
    value = _measured(limit.kind, desk, policy)
    is_vip = limit.kind == "vip_share_spread"
    assignments = desk.vip_assignment_count if is_vip else desk.assignment_count
    return FairnessVerdict(
        desk_id=desk.desk_id,
        week_on=desk.week_on,
        kind=limit.kind,
        outcome=policy.judge(limit, value, len(desk.agents), assignments),
        value=value,
        limit_value=limit.raise_above,
        agent_count=len(desk.agents),
        assignment_count=assignments,
        policy_version=policy.version,
    )


def _measured(kind: Measure, desk: DeskWeek, policy: FairnessPolicy) -> Decimal:
    if kind == "wait_p95_seconds":
        return Decimal(desk.wait_p95_seconds or 0)
    if kind == "vip_share_spread":
        return to_places(_vip_share_spread(desk.agents))
    loads = [agent.load_units for agent in desk.agents]
    weights = [max(agent.seconds_present, policy.least_seconds) for agent in desk.agents]
    return to_places(gini(loads, weights))


def _vip_share_spread(agents: Sequence[AgentShare]) -> Fraction:
    """Return the largest less the smallest share of the desk's VIP load."""
    loads = [agent.vip_load_units for agent in agents]
    return Fraction(max(loads) - min(loads), sum(loads)) if any(loads) else Fraction(0)
