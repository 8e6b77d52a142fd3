"""When a failure is made good by whom: thresholds, owners with reasons, clocks."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from lib.vip.models.recovery import CasePlan
from lib.vip.recovery import RecoveryPolicy, decide, follow, judge_trigger
from lib.vip.recovery_owners import choose_manager, choose_owner
from tests.unit.vip.recovery_cases import (
    CASE,
    NOON,
    POLICY,
    a_case,
    a_failure,
    after,
    contexts_of,
    somebody,
)

TEAM = (
    somebody(1, "relationship_manager"),
    somebody(2, "dedicated_agent"),
    somebody(3, "deputy_agent"),
    somebody(4, "manager"),
)


def verdict(**facts: Any) -> str | None:
    made = judge_trigger(a_failure(**facts), POLICY)
    return made.verdict if made else None


@pytest.mark.parametrize(
    ("score", "expected"), [(1, "open"), (3, "open"), (4, None), (5, None), (None, None)]
)
def test_a_survey_of_three_or_less_opens_a_case(score: int | None, expected: str | None) -> None:
    assert verdict(score=score) == expected


def test_a_broken_promise_opens_a_case_for_vip_clients_alone() -> None:
    assert verdict(trigger="promise", score=None, is_vip=True) == "open"
    assert verdict(trigger="promise", score=None, is_vip=False) is None
    assert verdict(trigger="promise", score=None, is_vip=True, is_owed=False) is None


@pytest.mark.parametrize("trigger", ["sentiment", "service"])
def test_fallen_sentiment_and_failed_services_open_a_case_for_everybody(trigger: str) -> None:
    assert verdict(trigger=trigger, score=None) == "open"


def test_nobody_we_know_has_no_case() -> None:
    assert verdict(client_id=None) is None


@pytest.mark.parametrize(("score", "expected"), [(3, "not_recovered"), (4, "recovered")])
def test_a_second_survey_is_written_back_to_its_case(score: int, expected: str) -> None:
    case_id = uuid4()
    made = judge_trigger(a_failure(score=score, survey_kind="recovery", case_id=case_id), POLICY)
    assert made is not None
    assert (made.verdict, made.case_id) == (expected, case_id)


def test_a_second_survey_without_its_case_still_counts() -> None:
    assert verdict(score=1, survey_kind="recovery") == "open"


def plan(*candidates: Any, now: Any = NOON, **case: Any) -> CasePlan:
    return follow(a_case(*candidates, **case), now, POLICY)


@pytest.mark.parametrize("place", range(4))
def test_the_first_of_the_clients_people_who_is_at_work_owns_it(place: int) -> None:
    people = [
        person.model_copy(update={"is_online": number >= place})
        for number, person in enumerate(TEAM)
    ]
    made = plan(*people)
    assert (made.owner_id, made.owner_stage) == (TEAM[place].staff_id, TEAM[place].stage)
    excluded = [each["excluded"] for each in made.candidates]
    assert excluded == ["not_at_work"] * place + [None] + ["comes_later"] * (3 - place)
    assert made.look_again_at == after(seconds=POLICY.act_seconds)


def test_whoever_is_on_leave_is_passed_over_also_if_online() -> None:
    away = TEAM[0].model_copy(update={"is_on_leave": True})
    made = plan(away, *TEAM[1:])
    assert made.owner_id == TEAM[1].staff_id
    assert made.candidates[0]["excluded"] == "on_leave"


def test_among_managers_the_one_with_the_fewest_cases_is_asked() -> None:
    made = plan(somebody(5, case_count=2), somebody(6, case_count=1), somebody(7, case_count=1))
    assert made.owner_id == UUID(int=6)


def test_a_client_who_was_not_satisfied_gets_a_manager_first() -> None:
    assert plan(*TEAM, is_failed_recovery=True).owner_id == TEAM[3].staff_id


def test_with_nobody_at_work_a_case_waits_five_minutes_and_no_longer() -> None:
    asleep = [person.model_copy(update={"is_online": False}) for person in TEAM]
    waiting = plan(*asleep, now=after(seconds=299))
    assert (waiting.owner_id, waiting.tells) == (None, ())
    assert waiting.look_again_at == after(seconds=300)
    escalated = plan(*asleep, now=after(seconds=300))
    assert (escalated.owner_id, escalated.reason) == (TEAM[3].staff_id, "nobody_at_work")
    assert [tell.kind for tell in escalated.tells] == ["recovery_case_escalated"]
    assert escalated.told == ("unowned",)


def test_managers_hear_of_a_case_without_owner_once() -> None:
    on_leave = somebody(4, is_online=False, is_on_leave=True)
    first = plan(on_leave, now=after(seconds=300))
    assert (first.owner_id, len(first.tells)) == (None, 1)
    again = plan(on_leave, now=after(seconds=400), told=first.told)
    assert (again.tells, again.told) == ((), ("unowned",))


def test_a_silent_owner_is_followed_by_the_next_who_was_not_asked() -> None:
    owned = {"owner_id": UUID(int=1), "assigned_at": NOON, "tried_ids": {UUID(int=1), UUID(int=2)}}
    assert plan(*TEAM, now=after(seconds=899), **owned).owner_id is None
    made = plan(*TEAM, now=after(seconds=900), **owned)
    assert (made.owner_id, made.tells) == (UUID(int=3), ())


def test_when_nobody_else_can_be_asked_managers_hear_of_the_silence_once() -> None:
    owned = {"owner_id": UUID(int=4), "assigned_at": NOON, "tried_ids": {UUID(int=4)}}
    made = plan(TEAM[3], now=after(seconds=900), **owned)
    assert (made.owner_id, [tell.delay for tell in made.tells]) == (None, ["silence"])
    assert plan(TEAM[3], now=after(seconds=901), told=made.told, **owned).tells == ()


def test_an_owner_who_has_begun_is_left_alone() -> None:
    made = plan(
        *TEAM,
        now=after(hours=5),
        owner_id=UUID(int=2),
        assigned_at=NOON,
        taken_at=after(seconds=30),
        state="in_progress",
    )
    assert (made.owner_id, made.tells) == (None, ())
    assert made.look_again_at == after(seconds=POLICY.resolve_seconds)


def test_an_owner_who_cannot_stay_is_replaced_at_once() -> None:
    made = plan(
        *TEAM,
        now=after(hours=5),
        owner_id=UUID(int=1),
        assigned_at=NOON,
        taken_at=NOON,
        state="in_progress",
        can_owner_stay=False,
        tried_ids={UUID(int=1)},
    )
    assert (made.owner_id, made.reason, made.tells) == (UUID(int=2), "at_work", ())


def test_a_missed_callback_is_told_to_owner_and_managers_once() -> None:
    owned: dict[str, Any] = {
        "owner_id": UUID(int=2),
        "assigned_at": NOON,
        "taken_at": NOON,
        "state": "in_progress",
        "callback_due_at": after(hours=1),
    }
    early = plan(*TEAM, now=after(minutes=59), **owned)
    assert (early.tells, early.look_again_at) == ((), after(hours=1))
    made = plan(*TEAM, now=after(hours=1), **owned)
    assert [(tell.kind, tell.recipient_ids) for tell in made.tells] == [
        ("recovery_callback_missed", (UUID(int=2), UUID(int=4)))
    ]
    assert plan(*TEAM, now=after(hours=2), told=made.told, **owned).tells == ()
    assert plan(*TEAM, now=after(hours=2), called_back_at=NOON, **owned).tells == ()


def test_a_case_open_for_two_days_is_told_to_managers() -> None:
    owned = {"owner_id": UUID(int=2), "assigned_at": NOON, "taken_at": NOON, "state": "in_progress"}
    made = plan(*TEAM, now=after(days=2), **owned)
    assert [tell.kind for tell in made.tells] == ["recovery_case_overdue"]


def test_a_resolved_case_is_closed_when_the_client_says_nothing() -> None:
    resolved = {"state": "resolved", "resolved_at": after(hours=1)}
    waiting = plan(now=after(hours=2), **resolved)
    assert (waiting.is_closed, waiting.look_again_at) == (False, after(days=14, hours=1))
    assert plan(now=after(days=14, hours=1), **resolved).is_closed


def test_all_of_a_batch_is_decided_each_under_its_own_subject() -> None:
    staff = UUID(int=1)
    failure, fine = a_failure(7), a_failure(8, score=5)
    made = decide(
        contexts_of(failure, fine, a_case(*TEAM, subject_ids=frozenset({CASE, staff}))), POLICY
    )
    assert set(made.triggers) == {7}
    assert {subject: len(plans) for subject, plans in made.cases.items()} == {staff: 1}


def test_choices_tell_why_not_the_others() -> None:
    asleep = a_case(*(person.model_copy(update={"is_online": False}) for person in TEAM))
    assert choose_owner(asleep).owner is None
    chosen = choose_manager(asleep)
    assert [each["excluded"] for each in chosen.considered] == ["not_at_work"] * 3 + [None]


@pytest.mark.parametrize("wrong", [{"act_seconds": 0}, {"low_score": 6}, {"owner_seconds": -1}])
def test_a_policy_without_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="times are positive"):
        RecoveryPolicy(**wrong)
