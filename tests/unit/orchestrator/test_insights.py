"""What is said of a client, from when on, with what behind it; and when nothing is said."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from lib.orchestrator.insights import InsightPolicy, find_insights, hours_pl
from lib.orchestrator.models.journeys import Insight, JourneyContext, MembershipFact
from tests.unit.orchestrator.journey_facts import (
    NOW,
    a_broken_promise,
    a_context,
    a_product,
    a_visit,
    a_wish,
)

TODAY = date(2026, 11, 22)


def found(context: JourneyContext) -> dict[str, Insight]:
    return {insight.kind: insight for insight in find_insights(context, NOW, InsightPolicy())}


def a_membership(days_left: int) -> MembershipFact:
    return MembershipFact(
        id=UUID(int=3),
        plan_id="fitness_annual",
        name_pl="Fitness, rok",
        name_en="Fitness, a year",
        ends_on=TODAY + timedelta(days=days_left),
    )


def test_of_a_client_of_whom_nothing_is_known_nothing_is_said() -> None:
    assert find_insights(a_context(), NOW, InsightPolicy()) == []


@pytest.mark.parametrize(
    ("tier", "hours", "is_said"),
    [
        ("standard", 23.9, False),
        ("standard", 24, True),
        ("vip_gold", 3.9, False),
        ("vip_gold", 4, True),
    ],
)
def test_a_wish_that_waits_is_told_sooner_of_a_vip(
    tier: str, hours: float, *, is_said: bool
) -> None:
    insights = found(a_context(tier, unanswered=[a_wish(hours)]))
    assert ("wish_unanswered" in insights) is is_said


def test_a_wish_is_told_with_its_number_in_both_languages() -> None:
    insight = found(a_context(unanswered=[a_wish(26)]))["wish_unanswered"]
    assert insight.priority == 1
    assert insight.sentence_pl == "Zgłoszenie 1042 czeka na odpowiedź: 26 godzin."
    assert insight.sentence_en == "Ticket 1042 has waited for an answer for 26 hours."
    assert insight.reason["evidence"] == [{"table": "support_tickets", "id": str(UUID(int=1042))}]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (1, "1 godzina"),
        (2, "2 godziny"),
        (5, "5 godzin"),
        (12, "12 godzin"),
        (24, "24 godziny"),
        (111, "111 godzin"),
    ],
)
def test_hours_are_counted_in_polish(hours: int, words: str) -> None:
    assert hours_pl(hours) == words


@pytest.mark.parametrize(
    ("tier", "broken", "is_said"),
    [("standard", 1, False), ("standard", 2, True), ("vip_gold", 1, True), ("vip_gold", 0, False)],
)
def test_late_answers_are_told_sooner_of_a_vip(tier: str, broken: int, *, is_said: bool) -> None:
    promises = [a_broken_promise(number) for number in range(1, broken + 1)]
    insights = found(a_context(tier, broken=promises))
    assert ("waits_longer_than_promised" in insights) is is_said


def test_late_answers_are_told_with_the_longest_wait() -> None:
    promises = [a_broken_promise(1, waited_seconds=None), a_broken_promise(2, waited_seconds=700)]
    insight = found(a_context(broken=promises))["waits_longer_than_promised"]
    assert insight.reason["numbers"] == {"broken": 2, "worst_wait_seconds": 700}


@pytest.mark.parametrize(
    ("days", "priority"), [(-1, None), (0, 1), (7, 1), (8, 2), (30, 2), (31, None)]
)
def test_a_membership_that_ends_is_told_in_its_last_month(days: int, priority: int | None) -> None:
    insight = found(a_context(memberships=[a_membership(days)])).get("membership_ending")
    assert (insight and insight.priority) == priority


@pytest.mark.parametrize(
    ("days_ago", "quantity", "is_said"),
    [(49, 1, False), (50, 1, True), (90, 1, True), (91, 1, False), (60, 2, False), (115, 2, True)],
)
def test_a_product_is_told_when_it_is_about_to_run_out(
    days_ago: int, quantity: int, *, is_said: bool
) -> None:
    insights = found(a_context(products=[a_product(days_ago, quantity=quantity)]))
    assert ("product_running_out" in insights) is is_said


def test_the_most_pressing_comes_first_and_names_rows_of_the_client_alone() -> None:
    visits = [a_visit(days) for days in (200, 190, 180, 170, 160)]
    context = a_context(visits=visits, products=[a_product(55)], unanswered=[a_wish(30)], broken=[])
    insights = find_insights(context, NOW, InsightPolicy())
    assert [insight.priority for insight in insights] == sorted(i.priority for i in insights)
    known = {str(visit.id) for visit in visits} | {str(UUID(int=7)), str(UUID(int=1042))}
    assert {row["id"] for insight in insights for row in evidence(insight.reason)} <= known


def evidence(reason: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    rows: Sequence[Mapping[str, str]] = reason["evidence"]
    return rows
