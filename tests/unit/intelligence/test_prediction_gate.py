"""The gate: what is worse nearly never passes, what is surely better does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lib.intelligence.prediction.gate import GatePolicy, judge, lower_bound
from lib.intelligence.prediction.measures import auc, brier, calibration_error, measure

Floats = NDArray[np.float64]
POLICY = GatePolicy()


def drawn(count: int, seed: int) -> tuple[Floats, Floats]:
    """True chances and what happened."""
    draw = np.random.default_rng(seed)
    chances = draw.beta(2, 2, count)
    return chances, (draw.random(count) < chances).astype(np.float64)


def blurred(chances: Floats, strength: float, seed: int) -> Floats:
    """The true chances drawn towards somebody else's: a worse model."""
    other = np.random.default_rng(seed + 10_000).permutation(chances)
    return (1 - strength) * chances + strength * other


@pytest.mark.parametrize("strength", [0.1, 0.2, 0.4])
def test_a_worse_model_is_promoted_at_most_once_in_twenty_times(strength: float) -> None:
    promoted, better_on_average = 0, 0
    for seed in range(400):
        chances, outcomes = drawn(300, seed)
        verdict = judge(outcomes, chances, blurred(chances, strength, seed), POLICY)
        promoted += verdict.is_promoted
        better_on_average += bool(verdict.gain and verdict.gain > 0)
    assert promoted <= 0.05 * 400
    assert promoted <= better_on_average


def test_a_surely_better_model_is_promoted() -> None:
    chances, outcomes = drawn(2000, 1)
    verdict = judge(outcomes, np.full(2000, outcomes.mean()), chances, POLICY)
    assert verdict.is_promoted
    assert verdict.bound
    assert verdict.gain
    assert 0 < verdict.bound < verdict.gain


def test_the_same_model_is_not_better_than_itself() -> None:
    chances, outcomes = drawn(2000, 2)
    assert judge(outcomes, chances, chances, POLICY).reason == "not_surely_better"


def test_nobody_is_judged_on_few() -> None:
    chances, outcomes = drawn(199, 3)
    assert judge(outcomes, chances, chances, POLICY).reason == "too_few_outcomes"
    rare = np.zeros(400)
    rare[:29] = 1
    assert judge(rare, np.full(400, 0.1), np.full(400, 0.1), POLICY).reason == "too_few_rare"


def test_better_but_badly_calibrated_does_not_pass() -> None:
    chances, outcomes = drawn(3000, 4)
    timid = 0.5 + (chances - 0.5) * 0.3
    assert calibration_error(outcomes, timid) > POLICY.max_calibration_error
    assert judge(outcomes, 1 - chances, timid, POLICY).reason == "badly_calibrated"


def test_on_few_outcomes_chance_alone_is_no_reason_against_a_better_model() -> None:
    promoted = 0
    for seed in range(15):
        chances, outcomes = drawn(300, seed)
        promoted += judge(outcomes, 1 - chances, chances, POLICY).is_promoted
    assert calibration_error(outcomes, chances) > POLICY.max_calibration_error
    assert promoted >= 0.85 * 15


def test_better_by_level_alone_does_not_pass_when_it_ranks_worse() -> None:
    chances, outcomes = drawn(3000, 5)
    loud = np.clip(0.5 + (chances - 0.5) * 3, 0.001, 0.999)
    verdict = judge(outcomes, loud, np.full(3000, outcomes.mean()), POLICY)
    assert verdict.reason in {"ranks_worse", "not_surely_better"}


def test_many_rows_of_one_client_are_one_witness() -> None:
    differences = np.repeat(np.random.default_rng(6).normal(0.02, 0.2, 100), 20)
    clients = np.repeat(np.arange(100), 20)
    assert lower_bound(differences, 1.645, clients) < lower_bound(differences, 1.645)
    assert lower_bound(differences[::20], 1.645) == pytest.approx(
        lower_bound(differences, 1.645, clients), abs=1e-3
    )


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=60))
def test_measures_stay_in_their_range(rows: list[tuple[bool, float]]) -> None:
    outcomes = np.array([float(happened) for happened, _ in rows])
    said = np.array([chance for _, chance in rows])
    found = measure(outcomes, said)
    assert 0 <= found.brier <= 1
    assert 0 <= calibration_error(outcomes, said) <= 1
    assert (found.auc is None) == (found.positives in {0, found.count})
    if found.auc is not None:
        pairs = [(a > b) + (a == b) / 2 for a in said[outcomes == 1] for b in said[outcomes == 0]]
        assert found.auc == pytest.approx(np.mean(pairs))


def test_the_truth_is_calibrated_and_a_shift_is_not() -> None:
    chances, outcomes = drawn(20_000, 8)
    assert calibration_error(outcomes, chances) < 0.015
    assert calibration_error(outcomes, np.clip(chances + 0.1, 0, 1)) > 0.08
    assert brier(outcomes, chances) < brier(outcomes, np.full(20_000, outcomes.mean()))
    assert auc(outcomes, -chances) == pytest.approx(1 - (auc(outcomes, chances) or 0))
