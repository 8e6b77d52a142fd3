"""What visits tell: a rhythm that falls, what is liked best, a course left unfinished."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.orchestrator.habits import HabitPolicy, find_habits, usual_gap_days
from lib.orchestrator.models.journeys import Insight, VisitFact
from tests.unit.orchestrator.journey_facts import NOW, a_visit

MONTHLY = (170, 142, 114, 86)


def found(visits: Sequence[VisitFact]) -> dict[str, Insight]:
    return {insight.kind: insight for insight in find_habits(visits, NOW, HabitPolicy())}


@pytest.mark.parametrize(
    ("last", "priority"), [(28, None), (50, None), (51, 2), (84, 2), (85, 1), (300, 1)]
)
def test_a_rhythm_falls_against_the_clients_own_cadence(last: int, priority: int | None) -> None:
    visits = [a_visit(last + days) for days in (112, 84, 56, 28, 0)]
    insight = found(visits).get("rhythm_falling")
    assert (insight and insight.priority) == priority


def test_a_falling_rhythm_says_since_when_and_what_was_usual() -> None:
    insight = found([a_visit(days) for days in (*MONTHLY, 63)])["rhythm_falling"]
    assert insight.sentence_pl.startswith("Ostatnia wizyta: 63 dni temu, zwykle co 28 dni")
    assert insight.sentence_en.startswith("The last visit was 63 days ago, usually one comes every")
    assert insight.reason["numbers"] == {"days_since": 63, "usual_gap_days": 28, "visits": 5}


def test_who_has_booked_again_has_not_fallen_out_of_rhythm() -> None:
    assert "rhythm_falling" not in found([a_visit(days) for days in (*MONTHLY, 63, -3)])


def test_four_visits_make_no_rhythm_and_no_favourite() -> None:
    assert found([a_visit(days, provider="Marta") for days in MONTHLY]) == {}


def test_what_is_chosen_at_least_every_second_time_is_a_favourite() -> None:
    visits = [
        a_visit(days, treatment, provider=provider)
        for days, treatment, provider in (
            (10, "massage_deep", "Marta"),
            (20, "massage_deep", "Marta"),
            (30, "massage_deep", "Olena"),
            (40, "hydro_peel", "Marta"),
            (50, "hydro_peel", None),
            (400, "hydro_peel", "Olena"),
        )
    ]
    insights = found(visits)
    assert insights["favourite_treatment"].reason["numbers"]["value"] == "massage_deep"
    assert insights["favourite_treatment"].sentence_pl == (
        "Najczęściej wybiera: Masaż głęboki (3 z 5 wizyt w roku)."
    )
    # Summer time ended 28 days ago: by the clock in Warsaw three of them were at eight.
    assert insights["favourite_hour"].sentence_en == (
        "Prefers the hour of: 20:00 (3 of 5 visits in a year)."
    )
    assert "favourite_provider" not in insights  # of four visits only is it known


def test_of_two_that_are_chosen_alike_neither_is_the_favourite() -> None:
    visits = [a_visit(days, "massage_deep") for days in (10, 20, 30)]
    visits += [a_visit(days, "hydro_peel") for days in (40, 50, 60)]
    assert "favourite_treatment" not in found(visits)


@pytest.mark.parametrize(
    ("days", "is_said"),
    [
        ((30,), False),  # in time
        ((32,), True),
        ((126,), True),
        ((127,), False),  # given up
        ((95, 74, 53, 32), False),  # complete
        ((116, 95, 74, 53, 32), True),  # the second course
        ((32, -2), False),  # the next is booked
    ],
)
def test_a_course_of_four_every_three_weeks_is_unfinished(
    days: tuple[int, ...], *, is_said: bool
) -> None:
    visits = [a_visit(day, "hydro_peel", course=(4, 21)) for day in days]
    assert ("course_unfinished" in found(visits)) is is_said


def test_sessions_long_before_belong_to_a_course_given_up() -> None:
    visits = [a_visit(day, "hydro_peel", course=(4, 21)) for day in (300, 279, 258, 40)]
    insight = found(visits)["course_unfinished"]
    assert insight.reason["numbers"] == {"sessions": 1, "of": 4, "days_since": 40}
    assert insight.topic == "hydro_peel"


@given(st.lists(st.integers(min_value=0, max_value=900), max_size=40))
def test_whatever_the_visits_the_order_they_come_in_does_not_matter(days: list[int]) -> None:
    visits = [a_visit(day) for day in days]
    assert found(visits) == found(visits[::-1])
    gap = usual_gap_days(sorted(visits, key=lambda visit: visit.starts_at))
    assert gap is None or gap >= 1
