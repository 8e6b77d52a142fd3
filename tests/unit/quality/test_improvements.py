"""The closing rule: what it promises of every set of samples, and how rarely it errs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.quality.improvements import improve, judge_action, judge_fault, tally, wilson
from lib.quality.models.improvements import (
    Fault,
    ImprovementContext,
    ImprovementSample,
    WatchedAction,
)

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
HUMAN = {"closing_count": 20, "target_percent": 80, "window_count": 60}


def a_sample(number: int, minutes: int = 0, *, is_pass: bool = True) -> ImprovementSample:
    return ImprovementSample(
        id=UUID(int=number), is_pass=is_pass, happened_at=NOON + timedelta(minutes=minutes)
    )


def some(passed: int, failed: int = 0) -> tuple[ImprovementSample, ...]:
    """So many, one a minute, the failed ones first."""
    return tuple(a_sample(n, n, is_pass=n >= failed) for n in range(passed + failed))


def an_action(samples: Sequence[ImprovementSample] = (), **details: Any) -> WatchedAction:
    made: dict[str, Any] = HUMAN | {
        "action_id": UUID(int=7),
        "state": "open",
        "opening_count": 8,
        "reopening_count": 8,
        "standard_percent": 90,
        "samples": tuple(samples),
    }
    return WatchedAction(**made | details)


def a_fault(samples: Sequence[ImprovementSample], **details: Any) -> Fault:
    made: dict[str, Any] = HUMAN | {
        "standard": "service.initiative",
        "scope": "desk",
        "agent_id": None,
        "channel": None,
        "audit_id": UUID(int=8),
        "due_days": 30,
        "opening_count": 8,
        "reopening_count": 8,
        "standard_percent": 90,
        "samples": tuple(samples),
    }
    return Fault(**made | details)


def closes(samples: Sequence[ImprovementSample], **details: Any) -> bool:
    return judge_action(an_action(samples, **details)) is not None


def reopens(samples: Sequence[ImprovementSample]) -> bool:
    return judge_action(an_action(samples, state="closed")) is not None


@pytest.mark.parametrize(
    ("passed", "failed", "is_closed"),
    [(19, 0, False), (20, 0, True), (23, 1, False), (24, 1, True), (54, 6, False)],
)
def test_enough_samples_surely_above_the_target_close_an_action(
    passed: int, failed: int, *, is_closed: bool
) -> None:
    assert closes(some(passed, failed)) is is_closed


def test_the_verdict_says_on_what_it_rests() -> None:
    samples = some(20)
    verdict = judge_action(an_action(samples))
    assert verdict is not None
    assert (verdict.kind, verdict.passed, verdict.count, verdict.target_percent) == (
        "close", 20, 20, 80,
    )  # fmt: skip
    assert set(verdict.sample_ids) == {sample.id for sample in samples}


@pytest.mark.parametrize(
    ("passed", "failed", "is_reopened"),
    [(0, 7, False), (3, 5, True), (4, 4, True), (5, 3, False), (0, 8, True), (30, 2, False)],
)
def test_a_sure_regression_opens_a_closed_one_again(
    passed: int, failed: int, *, is_reopened: bool
) -> None:
    assert reopens(some(passed, failed)) is is_reopened


def test_the_house_opens_an_action_where_audits_leave_no_doubt() -> None:
    assert judge_fault(a_fault(some(3, 4))) is None, "too few"
    assert judge_fault(a_fault(some(7, 1))) is None, "may be chance"
    opening = judge_fault(a_fault(some(4, 4)))
    assert opening is not None
    assert (opening.kind, opening.standard, opening.passed, opening.count) == (
        "open", "service.initiative", 4, 8,
    )  # fmt: skip
    assert len(opening.sample_ids) == 4, "the failed ones are the evidence"


def test_only_the_newest_count_so_that_an_old_fault_is_outlived() -> None:
    assert not closes(some(60, 10), window_count=70)
    assert closes(some(60, 10))


def test_what_changes_at_a_desk_is_one_plan_and_nothing_sure_is_an_empty_one() -> None:
    context = ImprovementContext(
        subject_id=UUID(int=1),
        desk_id=UUID(int=2),
        actions=(an_action(some(20)), an_action(some(5))),
        faults=(a_fault(some(0, 9)), a_fault(())),
        fingerprint="f",
    )
    [plan] = improve([context])
    assert [made.kind for made in plan.decisions] == ["close", "open"]
    assert (plan.subject_id, plan.desk_id, plan.fingerprint) == (UUID(int=1), UUID(int=2), "f")
    [plan] = improve([context.model_copy(update={"actions": (), "faults": ()})])
    assert plan.decisions == ()


samples_of_any_kind = st.lists(
    st.tuples(st.booleans(), st.integers(0, 12)), min_size=15, max_size=70
).map(
    lambda made: [a_sample(n, minutes, is_pass=passed) for n, (passed, minutes) in enumerate(made)]
)
mostly_passing = st.lists(
    st.tuples(st.integers(0, 14).map(bool), st.integers(0, 12)), min_size=18, max_size=70
).map(
    lambda made: [a_sample(n, minutes, is_pass=passed) for n, (passed, minutes) in enumerate(made)]
)


@given(mostly_passing, st.integers(0, 14))
def test_one_more_that_passed_never_takes_a_closing_back(
    samples: list[ImprovementSample], minutes: int
) -> None:
    more = [*samples, a_sample(1000, minutes)]
    assert closes(more) >= closes(samples)


@given(samples_of_any_kind, st.integers(0, 14))
def test_one_more_that_failed_never_takes_a_reopening_back(
    samples: list[ImprovementSample], minutes: int
) -> None:
    more = [*samples, a_sample(1000, minutes, is_pass=False)]
    assert reopens(more) >= reopens(samples)


@given(samples_of_any_kind, st.randoms(use_true_random=False))
def test_the_order_of_samples_that_ended_together_decides_nothing(
    samples: list[ImprovementSample], lot: Random
) -> None:
    numbers = list(range(len(samples)))
    lot.shuffle(numbers)
    # Other ids and another order: what counts is how many passed when.
    others = [
        ImprovementSample(id=UUID(int=n), is_pass=s.is_pass, happened_at=s.happened_at)
        for n, s in zip(numbers, samples, strict=True)
    ]
    lot.shuffle(others)
    first, second = tally(samples, 25), tally(others, 25)
    assert (first.passed, first.count) == (second.passed, second.count)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_interval_holds_the_share_and_narrows(passed: int, failed: int) -> None:
    count = passed + failed
    low, high = wilson(passed, count)
    assert 0 <= low <= high <= 1
    if count:
        assert low - 1e-12 <= passed / count <= high + 1e-12
        again_low, again_high = wilson(2 * passed, 2 * count)
        assert again_high - again_low < high - low


def share_closed(true_share: float, lives: int, looks: int) -> float:
    """Of so many actions, how many closed by the time so many samples had come, one by one."""
    lot = Random(f"{true_share}")
    closed = 0
    for _ in range(lives):
        newest: list[ImprovementSample] = []
        for number in range(looks):
            newest.append(a_sample(number, number, is_pass=lot.random() < true_share))
            if closes(newest[-60:]):
                closed += 1
                break
    return closed / lives


def test_the_rule_rarely_closes_a_fault_that_is_not_mended() -> None:
    # Looked at after every sample for eighty of them, which is when luck has most to say.
    assert share_closed(0.60, 150, 80) == 0
    assert share_closed(0.70, 150, 80) <= 0.02
    assert share_closed(0.97, 60, 80) >= 0.9, "what is mended does close"
