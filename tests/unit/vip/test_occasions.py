"""What a client's facts lead to: tables of facts and moments; planning twice changes nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from lib.vip.models.occasions import KnownOccasion, OccasionCase, OccasionRule, Operation
from lib.vip.occasion_texts import greeting
from lib.vip.occasions import decide, plan
from tests.unit.vip.occasion_cases import (
    CLIENT,
    NOON,
    VISIT,
    a_case,
    a_known,
    a_membership,
    a_purchase,
    a_rule,
    a_visit,
    contexts_of,
)

OTHER = UUID(int=77)


def at(text: str) -> datetime:
    """An instant of UTC: 2026-11-20 09:00."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def done(case: OccasionCase, *rules: OccasionRule, now: datetime = NOON) -> list[Operation]:
    return list(decide(case, rules, now))


def dues(case: OccasionCase, rule: OccasionRule, now: datetime = NOON) -> list[datetime]:
    """The moments that are planned."""
    return [one["due_at"] for one in done(case, rule, now=now) if one["op"] == "plan"]


@pytest.mark.parametrize(
    ("hours", "due"),
    [(24, "2026-11-21 09:00"), (48, "2026-11-22 09:00"), (72, "2026-11-23 09:00")],
)
def test_after_a_treatment_somebody_asks_when_the_treatment_says(hours: int, due: str) -> None:
    case = a_case(visits=[a_visit(at("2026-11-20 09:00"), check_after_hours=hours)])
    assert dues(case, a_rule("post_treatment_check")) == [at(due)]


@pytest.mark.parametrize(
    "visit",
    [
        {"check_after_hours": None},
        {"status": "booked"},
        {"status": "missed"},
    ],
)
def test_nobody_asks_after_what_did_not_happen_or_needs_no_check(visit: dict[str, Any]) -> None:
    case = a_case(visits=[a_visit(at("2026-11-20 09:00"), **visit)])
    assert done(case, a_rule("post_treatment_check")) == []


@pytest.mark.parametrize(
    ("offset", "due"),
    [
        (-720, "2027-05-01 08:00"),
        (-336, "2027-05-17 08:00"),
        (-72, "2027-05-28 08:00"),
    ],
)
def test_a_membership_is_talked_of_30_14_and_3_days_before_its_end(offset: int, due: str) -> None:
    case = a_case(memberships=[a_membership("2027-05-31")])
    assert dues(case, a_rule("membership_renewal", offset)) == [at(due)]


def test_a_product_is_offered_a_week_before_it_is_used_up() -> None:
    case = a_case(purchases=[a_purchase(at("2026-11-01 12:00"))])
    assert dues(case, a_rule("refill", -168)) == [at("2026-12-24 09:00")]


def test_what_was_bought_again_is_offered_once_and_later() -> None:
    bought = [
        a_purchase(at("2026-11-01 12:00")),
        a_purchase(at("2026-11-10 12:00"), id=OTHER, quantity=2),
        a_purchase(at("2026-11-05 12:00"), id=UUID(int=78), product_id="oil"),
    ]
    planned = done(a_case(purchases=bought), a_rule("refill"))
    assert {(one["subject_id"], one["due_at"].date().isoformat()) for one in planned} == {
        (OTHER, "2027-04-30"),
        (UUID(int=78), "2027-01-04"),
    }


def sessions(*days: str, **changes: Any) -> list[Any]:
    return [
        a_visit(at(f"{day} 09:00"), id=UUID(int=200 + number), **changes)
        for number, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (["2026-11-01"], ["2026-12-13 09:00"]),
        (["2026-09-20", "2026-11-01"], ["2026-12-13 09:00"]),
        (["2026-04-01", "2026-11-01"], ["2026-12-13 09:00"]),  # a new course
        (
            ["2026-04-05", "2026-05-17", "2026-06-28", "2026-08-09", "2026-09-20", "2026-11-01"],
            [],  # six of six
        ),
    ],
)
def test_the_next_step_of_a_course_is_due_after_its_gap(days: list[str], due: list[str]) -> None:
    case = a_case(visits=sessions(*days))
    assert dues(case, a_rule("course_step")) == [at(one) for one in due]


def test_a_course_whose_next_step_is_booked_needs_no_word() -> None:
    booked = a_visit(at("2026-12-15 09:00"), id=OTHER, status="booked")
    case = a_case(visits=[*sessions("2026-11-01"), booked])
    assert done(case, a_rule("course_step")) == []


def test_treatments_without_a_course_have_no_next_step() -> None:
    case = a_case(visits=sessions("2026-11-01", course_sessions=None, course_gap_days=None))
    assert done(case, a_rule("course_step")) == []


def test_a_missed_visit_is_asked_after_the_day_after() -> None:
    missed = a_visit(at("2026-11-20 09:00"), status="missed")
    assert dues(a_case(visits=[missed]), a_rule("missed_visit", 20)) == [at("2026-11-21 05:00")]


@pytest.mark.parametrize("status", ["booked", "completed"])
def test_a_missed_visit_that_was_made_up_for_is_not(status: str) -> None:
    visits = [
        a_visit(at("2026-11-20 09:00"), status="missed"),
        a_visit(at("2026-11-20 10:00"), id=OTHER, status=status),
    ]
    assert done(a_case(visits=visits), a_rule("missed_visit", 20)) == []


@pytest.mark.parametrize(
    ("born", "now", "due", "year"),
    [
        ("1984-12-04", "2026-11-20 11:00", "2026-12-04 09:00", 2026),
        ("1984-11-20", "2026-11-20 11:00", "2026-11-20 09:00", 2026),  # today, and still worth it
        ("1984-11-17", "2026-11-20 11:00", "2027-11-17 09:00", 2027),  # three days ago is over
        ("1984-02-29", "2026-11-20 11:00", "2027-02-28 09:00", 2027),
        ("1984-02-29", "2027-11-20 11:00", "2028-02-29 09:00", 2028),
        ("1984-01-01", "2026-12-31 23:30", "2027-01-01 09:00", 2027),
    ],
)
def test_a_birthday_is_planned_once_for_its_year(born: str, now: str, due: str, year: int) -> None:
    planned = done(a_case(birth_on=born), a_rule("birthday"), now=at(now))
    assert (planned[0]["due_at"], planned[0]["occurrence"]) == (at(due), year)
    assert all(one["due_at"] > at(due) for one in planned[1:])


def test_the_name_day_a_client_chose_outranks_custom() -> None:
    barbara = {"birth_on": "1984-11-01", "name_days": [[9, 20], [12, 4]]}
    assert dues(a_case(**barbara), a_rule("name_day"))[0] == at("2026-12-04 09:00")
    chosen = a_case(**barbara, chosen_name_day=[9, 20])
    assert dues(chosen, a_rule("name_day"))[0] == at("2027-09-20 08:00")


def test_without_a_birthday_a_name_with_many_days_has_none() -> None:
    assert done(a_case(name_days=[[9, 20], [12, 4]]), a_rule("name_day")) == []


def test_the_first_visit_is_remembered_from_the_year_after_it() -> None:
    rule = a_rule("first_visit_anniversary")
    assert dues(a_case(first_visit_at=at("2020-11-21 09:00")), rule)[0] == at("2026-11-21 09:00")
    this_year = a_case(first_visit_at=at("2026-11-20 09:00"))
    assert dues(this_year, rule) == [at("2027-11-20 09:00")]


def test_history_told_years_later_leads_to_nothing() -> None:
    case = a_case(
        visits=[a_visit(at("2026-01-10 09:00")), a_visit(at("2026-01-12 09:00"), status="missed")],
        purchases=[a_purchase(at("2025-06-01 09:00"))],
        memberships=[a_membership("2026-01-31")],
    )
    rules = [
        a_rule(occasion)
        for occasion in ("post_treatment_check", "missed_visit", "refill", "membership_renewal")
    ]
    assert done(case, *rules) == []


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        ({"is_gone": True}, {}),
        ({}, {"is_active": False}),
        ({"boost": 3}, {"minimum_boost": 5}),
    ],
)
def test_a_rule_that_is_off_or_not_for_this_client_leads_to_nothing(
    case: dict[str, Any], rule: dict[str, Any]
) -> None:
    client = a_case(birth_on="1984-12-04", **case)
    assert done(client, a_rule("birthday", **rule)) == []


# What goes on -------------------------------------------------------------------------------


def a_planned_check(**changes: Any) -> KnownOccasion:
    plain = {"subject_id": VISIT, "due_at": NOON, "expires_at": NOON + timedelta(hours=48)}
    return a_known("post_treatment_check", **{**plain, **changes})


def a_check(
    known: Sequence[KnownOccasion], due_at: datetime = NOON, **changes: Any
) -> OccasionCase:
    """A client who is to be asked at `due_at`."""
    visit = a_visit(due_at - timedelta(hours=48))
    return a_case(**{"visits": [visit], "occasions": known, **changes})


@pytest.mark.parametrize(
    ("is_vip", "rule", "action"),
    [
        (False, {}, "message"),
        (True, {}, "task"),
        (True, {"vip_action": "message"}, "message"),
        (False, {"action": "task"}, "task"),
    ],
)
def test_what_has_come_is_done_as_the_rule_says(
    *, is_vip: bool, rule: dict[str, Any], action: str
) -> None:
    case = a_check([a_planned_check()], is_vip=is_vip, gender="female")
    (fired,) = done(case, a_rule("post_treatment_check", **rule))
    assert (fired["op"], fired["action"], fired["purpose"]) == ("fire", action, "marketing")
    assert fired["body"] == "Szanowna Pani, Depilacja laserowa "


def test_what_is_planned_already_is_not_planned_again() -> None:
    due_at = NOON + timedelta(days=1)
    known = a_planned_check(due_at=due_at, expires_at=due_at + timedelta(hours=48))
    assert done(a_check([known], due_at), a_rule("post_treatment_check")) == []


def test_what_moved_is_planned_for_its_new_moment() -> None:
    due_at = NOON + timedelta(days=1)
    (moved,) = done(a_check([a_planned_check()], due_at), a_rule("post_treatment_check"))
    assert (moved["op"], moved["due_at"]) == ("plan", due_at)


def test_what_nobody_did_in_time_is_left_and_told_why() -> None:
    long_ago = NOON - timedelta(days=3)
    (left,) = done(a_check([a_planned_check()], long_ago), a_rule("post_treatment_check"))
    assert (left["op"], left["reason"]) == ("skip", "too_late")


def test_a_rule_without_an_action_says_so() -> None:
    rule = a_rule("post_treatment_check", action="none")
    (left,) = done(a_check([a_planned_check()]), rule)
    assert (left["op"], left["reason"]) == ("skip", "rule_is_silent")


@pytest.mark.parametrize(
    ("state", "is_waiting", "ops"),
    [
        ("planned", False, ["cancel"]),
        ("fired", True, ["cancel"]),  # nobody has received it yet
        ("fired", False, []),
        ("skipped", False, []),
        ("cancelled", False, []),
    ],
)
def test_what_lost_its_reason_is_called_off_while_nobody_has_it(
    *, state: str, is_waiting: bool, ops: list[str]
) -> None:
    case = a_case(occasions=[a_planned_check(state=state, is_waiting=is_waiting)])
    operations = done(case, a_rule("post_treatment_check"))
    assert [one["op"] for one in operations] == ops


@pytest.mark.parametrize(
    ("state", "ops"), [("cancelled", ["plan"]), ("fired", []), ("skipped", [])]
)
def test_only_what_was_called_off_may_come_back(state: str, ops: list[str]) -> None:
    case = a_check([a_planned_check(state=state)], NOON + timedelta(days=1))
    assert [one["op"] for one in done(case, a_rule("post_treatment_check"))] == ops


def test_each_client_is_planned_once_whatever_led_to_them() -> None:
    case = a_case(birth_on="1984-12-04", subject_ids={OTHER, CLIENT})
    plans = plan(contexts_of(case, rules=(a_rule("birthday"),)))
    assert list(plans) == [CLIENT]
    assert plans[CLIENT].fingerprint == "print"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gender": "female"}, "Szanowna Pani"),
        ({"gender": "male", "given_name": "Adam"}, "Szanowny Panie"),
        ({"given_name": "Anna"}, "Dzień dobry"),  # nobody guesses from a name
        ({"locale": "en-GB"}, "Good day"),
        ({"locale": "en", "gender": "female", "family_name": "Nowak"}, "Dear Ms Nowak"),
        ({"locale": "en", "form_of_address": "first_name", "given_name": "Eva"}, "Dear Eva"),
    ],
)
def test_clients_are_greeted_as_they_said(changes: dict[str, Any], words: str) -> None:
    assert greeting(a_case(**changes)) == words
