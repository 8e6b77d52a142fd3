"""How wellness is judged: parts that sum, drivers that are monotone, falls that happen once."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.vip.drivers import DRIVERS
from lib.vip.models.wellness import Driver, Report, WellnessContext, WellnessReport
from lib.vip.wellness import WEIGHTS, WellnessPolicy, find_fall, find_risk, judge, measure, report
from tests.unit.vip.wellness_cases import (
    CLIENT,
    NOON,
    POLICY,
    SETTINGS,
    a_content_client,
    a_context,
    a_judgement,
    a_membership,
    a_promise,
    a_purchase,
    a_survey,
    a_trouble,
    a_visit,
    ago,
    contexts_of,
)


def look(context: WellnessContext) -> WellnessReport:
    found = report(context, SETTINGS, NOON, POLICY)
    assert found is not None
    return found


def driver(context: WellnessContext, name: str) -> Driver:
    return next(each for each in measure(context, NOON, POLICY) if each.driver == name)


def written(found: WellnessReport) -> Report:
    """The report as the next reading would hold it."""
    return Report(
        score=found.score,
        risk_status=found.risk_status,
        drivers=found.drivers,
        fell_below=found.fell_below,
        policy_version=found.policy_version,
    )


# Parts ------------------------------------------------------------------------------------------


def test_everything_good_is_a_hundred() -> None:
    found = look(a_content_client())
    assert (found.score, found.risk_status) == (100, "low")
    assert not any(each.is_neutral for each in found.drivers)


def test_what_is_not_known_is_neutral_and_said_so() -> None:
    found = look(a_context())
    unknown = {each.driver for each in found.drivers if each.is_neutral}
    # No complaint is known to be none: that much is always measured.
    assert unknown == set(DRIVERS) - {"troubles"}
    assert all(each.value is None for each in found.drivers if each.driver != "troubles")
    assert (found.score, found.risk_status, found.is_fall) == (73, "low", False)


@pytest.mark.parametrize(
    ("missing", "name"),
    [
        ("visits", "visit_rhythm"),
        ("promises", "promises"),
        ("judgements", "sentiment"),
        ("surveys", "surveys"),
        ("purchases", "spending"),
        ("memberships", "membership"),
    ],
)
def test_a_missing_fact_costs_less_than_a_bad_one_and_gives_less_than_a_good_one(
    missing: str, name: str
) -> None:
    neutral = driver(a_content_client(**{missing: ()}), name)
    good = driver(a_content_client(), name)
    assert neutral.is_neutral
    assert 0 < neutral.points < good.points == WEIGHTS[name]


visits = st.lists(
    st.builds(
        a_visit,
        st.floats(-30, 390),
        st.sampled_from(["completed", "missed", "cancelled_late", "booked"]),
    ),
    max_size=12,
)
contexts = st.builds(
    a_context,
    visits=visits,
    purchases=st.lists(st.builds(a_purchase, st.floats(0, 360), st.integers(0, 10**7)), max_size=8),
    memberships=st.lists(
        st.builds(a_membership, st.integers(-800, 800), st.sampled_from(["active", "lapsed"])),
        max_size=3,
    ),
    promises=st.lists(st.builds(a_promise, is_broken=st.booleans()), max_size=6),
    judgements=st.lists(st.builds(a_judgement, st.floats(-1, 1)), max_size=6),
    surveys=st.lists(st.builds(a_survey, st.integers(1, 5)), max_size=6),
    troubles=st.lists(
        st.builds(a_trouble, st.sampled_from(["complaint", "recovery"]), is_open=st.booleans()),
        max_size=6,
    ),
    best_recent_score=st.none() | st.integers(0, 100),
)


@given(contexts)
def test_the_parts_sum_to_the_score_and_each_is_within_its_weight(
    context: WellnessContext,
) -> None:
    found = look(context)
    assert found.score == sum(each.points for each in found.drivers)
    assert 0 <= found.score <= 100
    assert [each.driver for each in found.drivers] == list(DRIVERS)
    for each in found.drivers:
        assert 0 <= each.points <= each.max_points == WEIGHTS[each.driver]
        assert len(each.evidence_ids) <= 5


def test_every_part_names_its_evidence() -> None:
    bad = a_visit(3, "missed")
    found = driver(a_content_client(visits=(bad, a_visit(20), a_visit(40))), "cancellations")
    assert (found.value, found.reference, found.evidence_ids) == (0.33, 0.1, (bad.id,))


# Monotone ---------------------------------------------------------------------------------------

RHYTHM = [a_visit(14 * each + 200) for each in range(6)]
WORSE: dict[str, list[dict[str, Any]]] = {
    "visit_rhythm": [
        {"visits": (*RHYTHM, a_visit(days), a_visit(days + 14))} for days in range(0, 190, 5)
    ],
    "cancellations": [
        {"visits": (*(a_visit(5) for _ in range(8)), *(a_visit(5, "missed") for _ in range(n)))}
        for n in range(12)
    ],
    "promises": [
        {"promises": (*(a_promise() for _ in range(3)), *(a_promise(is_broken=True),) * n)}
        for n in range(6)
    ],
    "sentiment": [{"judgements": (a_judgement(1 - n / 10),) * 3} for n in range(21)],
    "surveys": [{"surveys": (a_survey(n),) * 2} for n in (5, 4, 3, 2, 1)],
    "troubles": [{"troubles": (a_trouble("recovery"),) * n} for n in range(5)],
    "spending": [
        {"purchases": (*(a_purchase(100 + 20 * m) for m in range(12)), a_purchase(5, amount))}
        for amount in range(200000, -1, -10000)
    ],
    "membership": [{"memberships": (a_membership(days),)} for days in range(60, -30, -3)],
}


@pytest.mark.parametrize("name", WORSE)
def test_worse_is_never_more_points(name: str) -> None:
    points = [driver(a_context(**changes), name).points for changes in WORSE[name]]
    assert all(before >= after for before, after in pairwise(points)), points
    assert points[0] == WEIGHTS[name]
    assert points[-1] == 0, "as bad as it gets gives nothing"


@given(contexts, st.floats(-1, 1))
def test_a_kinder_message_never_lowers_the_score(
    context: WellnessContext, sentiment: float
) -> None:
    low, high = (
        context.model_copy(update={"judgements": (*context.judgements, a_judgement(each))})
        for each in (sentiment, 1.0)
    )
    assert look(low).score <= look(high).score


def test_who_has_a_visit_booked_is_not_given_up() -> None:
    away = tuple(a_visit(14 * each + 120) for each in range(6))
    assert driver(a_context(visits=away), "visit_rhythm").points == 0
    booked = a_context(visits=(*away, a_visit(-3, "booked")))
    assert driver(booked, "visit_rhythm").points == 18


def test_a_renewed_membership_has_nothing_to_wait_for() -> None:
    ending = driver(a_context(memberships=(a_membership(2),)), "membership")
    renewed = driver(a_context(memberships=(a_membership(2, is_renewed=True),)), "membership")
    assert ending.points < renewed.points == WEIGHTS["membership"]


def test_a_membership_of_long_ago_says_nothing() -> None:
    assert driver(a_context(memberships=(a_membership(-500, "lapsed"),)), "membership").is_neutral


# Risk and falls ---------------------------------------------------------------------------------


@given(st.integers(0, 100), st.sampled_from(["unknown", "low", "medium", "high"]))
def test_a_risk_is_left_only_above_its_line(score: int, present: str) -> None:
    found = find_risk(present, SETTINGS, score)
    fresh = find_risk("unknown", SETTINGS, score)
    order = ["low", "medium", "high"]
    assert order.index(found) >= order.index(fresh)
    if found != fresh:
        line = SETTINGS.high_risk_below if found == "high" else SETTINGS.medium_risk_below
        assert line <= score < line + SETTINGS.hysteresis_points


SAD = {
    "surveys": (a_survey(1),) * 2,
    "judgements": (a_judgement(-1),) * 3,
    "troubles": (a_trouble(), a_trouble("recovery")),
    "promises": (a_promise(is_broken=True),) * 3,
}


def test_a_sharp_loss_is_a_fall_even_above_the_line_of_risk() -> None:
    found = look(a_content_client(**SAD, best_recent_score=100))
    assert found.score >= SETTINGS.high_risk_below
    assert (found.is_fall, found.fell_below) == (True, 86)


def test_a_fall_is_told_once_until_it_is_over() -> None:
    first = look(a_content_client(**SAD, best_recent_score=100))
    changed = SAD | {"surveys": (a_survey(2),) * 2, "troubles": ()}
    again = look(
        a_content_client(
            **changed, last=written(first), risk_status=first.risk_status, best_recent_score=100
        )
    )
    assert (again.is_fall, again.fell_below) == (False, 86)
    better = look(
        a_content_client(last=written(again), risk_status="medium", best_recent_score=100)
    )
    assert (better.is_fall, better.fell_below) == (False, None)
    second = look(
        a_content_client(
            **SAD, last=written(better), risk_status="low", best_recent_score=better.score
        )
    )
    assert second.is_fall


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_between_two_falls_the_client_was_well_above_the_line(scores: list[int]) -> None:
    line: int | None = None
    best = scores[0]
    for score in scores:
        last = Report(score=0, risk_status="low", drivers=(), fell_below=line, policy_version="any")
        context = a_context(last=last, best_recent_score=best)
        new_line, is_fall = find_fall(context, SETTINGS, score)
        if is_fall:
            assert line is None or score >= line + SETTINGS.hysteresis_points
            assert new_line is not None
            assert score < new_line
        best, line = max(best, score), new_line


def test_trends_are_against_what_was() -> None:
    found = look(a_context(score_30_days_ago=80, score_90_days_ago=60))
    assert (found.trend_30_points, found.trend_90_points) == (-7, 13)
    assert look(a_context()).trend_30_points is None


# News -------------------------------------------------------------------------------------------


def test_the_same_again_is_no_news() -> None:
    first = look(a_content_client())
    same = a_content_client(last=written(first), risk_status=first.risk_status)
    assert report(same, SETTINGS, NOON, POLICY) is None


def test_another_policy_or_a_changed_profile_is_news() -> None:
    first = look(a_content_client())
    same = a_content_client(last=written(first), risk_status=first.risk_status)
    assert report(same, SETTINGS, NOON, WellnessPolicy(version="wellness-2")) is not None
    by_hand = a_content_client(last=written(first), risk_status="high")
    assert report(by_hand, SETTINGS, NOON, POLICY) is not None


def test_each_client_is_judged_once_in_a_batch() -> None:
    context = a_context(subject_ids={UUID(int=7), UUID(int=3), CLIENT})
    plan = judge(contexts_of(context), POLICY)
    assert plan.judgements.keys() == {CLIENT}
    assert plan.judgements[CLIENT].read_at == NOON


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": WEIGHTS | {"surveys": 15}},
        {"weights": {"surveys": 100}},
        {"weights": WEIGHTS | {"surveys": -14, "troubles": 40}},
        {"neutral_share": 1.1},
    ],
)
def test_a_policy_that_cannot_judge_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"weight|share"):
        WellnessPolicy(**changes)


def test_days_are_counted_in_warsaw_whatever_the_hour() -> None:
    late = a_context(visits=tuple(a_visit(7 * each + 0.5) for each in range(4)))
    assert driver(late, "visit_rhythm").reference == 7.0
    assert ago(0) == NOON
