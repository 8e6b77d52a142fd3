"""How evenly work is shared: the measures, the limits, and what must hold of any numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.orchestrator.fairness import FairnessPolicy, gini, judge, to_places
from lib.orchestrator.models.fairness import (
    AgentShare,
    DeskWeek,
    FairnessContexts,
    FairnessLimit,
    FairnessVerdict,
    Measure,
    Outcome,
)

DESK = UUID(int=1)
MONDAY = date(2026, 11, 16)
DAY = 8 * 3600
LOADS = st.lists(st.integers(0, 10_000), min_size=1, max_size=40)
SHARES = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(1, 604_800)), min_size=1, max_size=40
)

# The Gini coefficient ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loads", "expected"),
    [
        ([7, 7, 7, 7], Fraction(0)),
        ([0, 0, 0], Fraction(0)),
        ([], Fraction(0)),
        ([1, 3], Fraction(1, 4)),
        ([0, 0, 0, 12], Fraction(3, 4)),
        ([1, 2, 3, 4, 5], Fraction(4, 15)),
    ],
)
def test_the_gini_of_known_loads(loads: list[int], expected: Fraction) -> None:
    assert gini(loads) == expected


def test_twice_the_load_in_twice_the_time_is_even() -> None:
    assert gini([10, 20, 5], [DAY, 2 * DAY, DAY // 2]) == 0
    assert gini([10, 20, 5]) > Fraction(1, 5)


@given(st.integers(1, 10_000), st.integers(1, 40))
def test_equal_loads_are_even(load: int, agents: int) -> None:
    assert gini([load] * agents) == 0


@given(SHARES)
def test_it_is_at_least_zero_and_below_one(shares: list[tuple[int, int]]) -> None:
    loads, weights = zip(*shares, strict=True)
    assert 0 <= gini(loads) < 1
    assert 0 <= gini(loads, weights) < 1


@given(SHARES, st.integers(1, 1000), st.integers(1, 1000))
def test_neither_units_nor_hours_are_a_matter_of_scale(
    shares: list[tuple[int, int]], of_load: int, of_time: int
) -> None:
    loads, weights = zip(*shares, strict=True)
    larger = [load * of_load for load in loads], [weight * of_time for weight in weights]
    assert gini(*larger) == gini(loads, weights)


@given(SHARES, st.randoms(use_true_random=False))
def test_the_order_of_agents_does_not_matter(shares: list[tuple[int, int]], chance: Any) -> None:
    mixed = list(shares)
    chance.shuffle(mixed)
    assert gini(*zip(*mixed, strict=True)) == gini(*zip(*shares, strict=True))


@given(LOADS)
def test_without_weights_everybody_counts_alike(loads: list[int]) -> None:
    assert gini(loads) == gini(loads, [DAY] * len(loads))


@given(SHARES)
def test_splitting_somebody_in_two_halves_changes_nothing(shares: list[tuple[int, int]]) -> None:
    loads, weights = zip(*[(2 * load, 2 * weight) for load, weight in shares], strict=True)
    halves = [load // 2 for load in loads for _ in range(2)]
    half_weights = [weight // 2 for weight in weights for _ in range(2)]
    assert gini(halves, half_weights) == gini(loads, weights)


@given(st.lists(st.integers(1, 100), min_size=2, max_size=20))
def test_taking_from_the_busiest_for_the_idlest_is_never_less_fair(loads: list[int]) -> None:
    busiest, idlest = loads.index(max(loads)), loads.index(min(loads))
    after = list(loads)
    step = (loads[busiest] - loads[idlest]) // 2
    after[busiest] -= step
    after[idlest] += step
    assert gini(after) <= gini(loads)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 3), "0.3333"),
        (Fraction(2, 3), "0.6667"),
        (Fraction(1, 20_000), "0.0001"),
        (Fraction(0), "0"),
    ],
)
def test_four_places_are_kept_and_a_half_goes_up(value: Fraction, expected: str) -> None:
    assert to_places(value) == Decimal(expected)


# The verdicts ------------------------------------------------------------------------------------


def an_agent(number: int, load: int, *, vip: int = 0, seconds: int = DAY) -> AgentShare:
    return AgentShare(
        agent_id=UUID(int=100 + number),
        seconds_present=seconds,
        load_units=load,
        vip_load_units=vip,
    )


def a_limit(kind: Measure, above: str, below: str, **changes: Any) -> FairnessLimit:
    plain = {"min_agents": 3, "min_assignments": 20, "is_alarming": False}
    return FairnessLimit(
        kind=kind, raise_above=Decimal(above), clear_below=Decimal(below), **plain | changes
    )


def verdict_of(agents: list[AgentShare], limit: FairnessLimit, **changes: Any) -> FairnessVerdict:
    plain = {"assignment_count": 40, "vip_assignment_count": 40, "wait_p95_seconds": 30}
    desk = DeskWeek(
        desk_id=DESK, week_on=MONDAY, agents=tuple(agents), limits=(limit,), **plain | changes
    )
    contexts = FairnessContexts(read_at=datetime(2026, 11, 20, tzinfo=UTC), desks=(desk,))
    [verdict] = judge(contexts, FairnessPolicy())
    return verdict


LOAD = a_limit("load_gini_per_hour", "0.35", "0.30")


def test_one_who_carries_almost_everything_is_alarming() -> None:
    verdict = verdict_of([an_agent(1, 90), an_agent(2, 5), an_agent(3, 5)], LOAD)
    assert verdict == FairnessVerdict(
        desk_id=DESK,
        week_on=MONDAY,
        kind="load_gini_per_hour",
        outcome="alarming",
        value=Decimal("0.5667"),
        limit_value=Decimal("0.35"),
        agent_count=3,
        assignment_count=40,
        policy_version="fairness-1",
    )


def test_a_balanced_desk_is_left_alone() -> None:
    verdict = verdict_of([an_agent(n, 30 + n) for n in range(5)], LOAD)
    assert (verdict.outcome, verdict.value) == ("within", Decimal("0.025"))


def test_half_a_post_with_half_the_work_is_fair() -> None:
    agents = [an_agent(1, 40), an_agent(2, 40), an_agent(3, 20, seconds=DAY // 2)]
    assert verdict_of(agents, LOAD).value == 0


def test_a_moment_of_presence_counts_as_a_minute() -> None:
    agents = [an_agent(n, 10, seconds=seconds) for n, seconds in enumerate((0, 1, 60))]
    assert verdict_of(agents, LOAD).value == 0


@pytest.mark.parametrize(
    ("value", "when_silent", "when_open"),
    [
        ("0.36", "alarming", "alarming"),
        ("0.35", "within", "alarming"),
        ("0.30", "within", "alarming"),
        ("0.29", "within", "within"),
    ],
)
def test_an_alarm_rings_above_its_limit_and_ends_below_a_lower_one(
    value: str, when_silent: Outcome, when_open: Outcome
) -> None:
    for is_alarming, expected in ((False, when_silent), (True, when_open)):
        limit = a_limit("load_gini_per_hour", "0.35", "0.30", is_alarming=is_alarming)
        assert FairnessPolicy().judge(limit, Decimal(value), 3, 20) == expected


def test_too_few_people_or_assignments_are_no_ground_for_a_verdict() -> None:
    skewed = [an_agent(1, 90), an_agent(2, 0)]
    assert verdict_of(skewed, LOAD).outcome == "insufficient"
    enough = [*skewed, an_agent(3, 0)]
    assert verdict_of(enough, LOAD, assignment_count=19).outcome == "insufficient"
    assert verdict_of(enough, LOAD, assignment_count=20).outcome == "alarming"


def test_the_spread_of_vip_work_counts_vip_assignments_alone() -> None:
    limit = a_limit("vip_share_spread", "0.60", "0.50")
    agents = [an_agent(1, 30, vip=30), an_agent(2, 30, vip=10), an_agent(3, 30, vip=0)]
    assert verdict_of(agents, limit).value == Decimal("0.75")
    assert verdict_of(agents, limit).outcome == "alarming"
    assert verdict_of(agents, limit, vip_assignment_count=5).outcome == "insufficient"
    assert verdict_of([an_agent(n, 9) for n in range(4)], limit).outcome == "within"


def test_long_waits_are_judged_in_seconds() -> None:
    limit = a_limit("wait_p95_seconds", "14400", "10800", min_agents=1)
    assert verdict_of([an_agent(1, 9)], limit, wait_p95_seconds=14_401).outcome == "alarming"
    assert verdict_of([an_agent(1, 9)], limit, wait_p95_seconds=None).outcome == "within"
