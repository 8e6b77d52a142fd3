"""The policy of routing: points for measures, and what a policy may not say."""

import pytest

from lib.orchestrator.policy import RoutingPolicy, Weight

POLICY = RoutingPolicy()


def test_points_grow_in_whole_steps_up_to_a_limit() -> None:
    assert POLICY.judge("idle", 59) == 0
    assert POLICY.judge("idle", 60) == 1
    assert POLICY.judge("idle", 1_000_000) == 30


def test_each_part_is_judged_by_its_own_weight() -> None:
    assert POLICY.judge("skill_level", 3) == 30
    assert POLICY.judge("language_level", 3) == 18
    assert POLICY.judge("spare_capacity", 70) == 70


def test_a_policy_must_weigh_each_part() -> None:
    with pytest.raises(ValueError, match="each part"):
        RoutingPolicy(weights={"dedicated": Weight(1)})


def test_a_policy_may_not_let_anything_outweigh_the_dedicated_agent() -> None:
    with pytest.raises(ValueError, match="dedicated"):
        RoutingPolicy(weights={**POLICY.weights, "idle": Weight(points=1, at_most=5_000)})


def test_a_policy_keeps_at_least_the_chosen_candidate() -> None:
    with pytest.raises(ValueError, match="at least one"):
        RoutingPolicy(candidates_kept=0)
