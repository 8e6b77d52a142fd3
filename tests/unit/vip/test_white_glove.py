"""How services go on: one table of situations, and what must hold in every one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.vip.models.white_glove import ServiceCase, Step
from lib.vip.white_glove import WhiteGlovePolicy, advance
from tests.unit.vip.white_glove_cases import (
    CLIENT,
    CONCIERGE,
    DEDICATED,
    DEPUTY,
    MANAGER,
    NOON,
    PARTNERS,
    POLICY,
    RELATION,
    SERVICE,
    SPARE,
    STAFF,
    Outcome,
    a_case,
    a_notice,
    a_partner_step,
    a_question,
    a_request,
    a_step,
    contexts_of,
    somebody,
)

HOUR = timedelta(hours=1)
DAY = (NOON, NOON + timedelta(days=1))


# Forward ------------------------------------------------------------------------------------


def test_a_new_service_is_qualified_planned_and_begun_at_once() -> None:
    made = Outcome(
        a_case(
            a_step("call", owner_id=None, due_at=None, due_seconds=7200),
            a_notice(depends_on_keys=("call",), due_at=None, due_seconds=0),
            status="requested",
            assigned_agent_id=None,
        )
    )
    assert made.turns == ["qualified", "planned", "confirmed"]
    assert made.saga.agent_id == DEDICATED
    assert made.owners == {"call": DEDICATED, "letter": None}
    assert made.states == {"call": "ready", "letter": "waiting"}
    assert made.told("white_glove_step_ready") == [DEDICATED]
    assert made.looks_again_in == 7200


def test_who_is_not_entitled_any_more_gets_no_service() -> None:
    made = Outcome(a_case(a_step("call"), status="requested", is_entitled=False))
    assert made.turns == ["cancelled"]
    assert made.states == {"call": "skipped"}
    assert made.told("white_glove_cancelled") == [CLIENT, DEDICATED]


@pytest.mark.parametrize("status", ["planned", "confirmed", "in_progress", "waiting_client"])
def test_a_lower_tier_changes_nothing_once_it_is_planned(status: str) -> None:
    assert (
        "cancelled" not in Outcome(a_case(a_step("call"), status=status, is_entitled=False)).turns
    )


def test_what_nobody_must_do_is_done_in_one_go() -> None:
    made = Outcome(
        a_case(
            a_notice("first"),
            a_notice("second", depends_on_keys=("first",)),
            a_notice("third", depends_on_keys=("second",), phase="verify"),
        )
    )
    assert set(made.states.values()) == {"done"}
    assert made.turns == ["in_progress", "delivered", "verified", "closed"]
    assert made.looks_again_in is None


def test_a_notice_waits_until_it_is_due() -> None:
    made = Outcome(a_case(a_notice(due_at=NOON + HOUR), a_step("call", state="ready")))
    assert made.states["letter"] == "ready"
    assert made.told("white_glove_notice") == []
    assert made.looks_again_in == 3600


def test_nobody_is_reminded_of_what_is_over() -> None:
    made = Outcome(
        a_case(
            a_notice(due_at=NOON + HOUR, state="ready"),
            a_step("call", state="done", executed_rank=1),
            status="in_progress",
        )
    )
    assert made.saga.step("letter").result == "too_late"
    assert made.turns[0] == "delivered"


def test_without_consent_nothing_is_sent() -> None:
    made = Outcome(a_case(a_notice(has_consent=False), a_step("call")))
    assert made.saga.step("letter").result == "no_consent"
    assert made.told("white_glove_notice") == []


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ((a_question(phase="prepare"),), "waiting_client"),
        ((a_partner_step(phase="prepare"),), "waiting_partner"),
        ((a_question(phase="prepare"), a_partner_step(phase="prepare")), "waiting_client"),
        ((a_question(phase="prepare"), a_step("call", phase="prepare")), None),
    ],
)
def test_a_planned_service_says_whom_it_waits_for(
    steps: tuple[Step, ...], status: str | None
) -> None:
    assert Outcome(a_case(*steps, status="planned")).turns == ([status] if status else [])


def test_the_client_is_asked_once() -> None:
    first = Outcome(a_case(a_question(phase="prepare"), status="planned"))
    assert first.told("white_glove_confirmation_asked") == [CLIENT]
    again = Outcome(a_case(*first.saga.steps, status="waiting_client"))
    assert again.plan.operations == ()


def test_a_client_who_says_nothing_after_it_was_delivered_is_content() -> None:
    late = a_question(phase="verify", state="in_progress", due_at=NOON)
    made = Outcome(a_case(a_step("call", state="done", executed_rank=1), late, status="delivered"))
    assert made.turns == ["verified", "closed"]
    early = a_case(late.model_copy(update={"phase": "prepare"}), status="waiting_client")
    assert Outcome(early).states == {"question": "in_progress"}


# Partners -----------------------------------------------------------------------------------


def test_partners_are_asked_one_after_the_other_the_best_first() -> None:
    first = Outcome(a_case(a_partner_step()))
    assert first.asked == [PARTNERS[0]]
    assert first.looks_again_in == 600
    declined = a_partner_step(state="ready", requests=(a_request(0, "declined"),))
    assert Outcome(a_case(declined)).asked == [PARTNERS[1]]


def test_a_silent_partner_is_not_waited_for() -> None:
    silent = a_partner_step(state="in_progress", requests=(a_request(0, "asked", 0),))
    made = Outcome(a_case(silent, status="in_progress"))
    assert made.settled == ["timed_out"]
    assert made.asked == [PARTNERS[1]]
    patient = a_partner_step(state="in_progress", requests=(a_request(0, "asked", 1),))
    assert Outcome(a_case(patient, status="in_progress")).asked == []


ALL_DECLINED = (a_request(0, "declined"), a_request(1, "timed_out"))


@pytest.mark.parametrize(
    ("on_failure", "turns", "car"),
    [
        ("skip", ["in_progress", "delivered", "verified", "closed"], "skipped"),
        ("hold", ["recovery"], "failed"),
        ("compensate", ["recovery", "cancelled"], "failed"),
    ],
)
def test_when_no_partner_is_left_the_playbook_decides(
    on_failure: str, turns: list[str], car: str
) -> None:
    step = a_partner_step(state="ready", requests=ALL_DECLINED, on_failure=on_failure)
    made = Outcome(a_case(step))
    assert made.turns == turns
    assert made.states["car"] == car
    assert made.saga.step("car").result == "partners_exhausted"
    assert (MANAGER in made.told("white_glove_recovery")) == (on_failure != "skip")


# Failure ------------------------------------------------------------------------------------


def test_a_failed_task_is_repeated_until_its_attempts_are_used_up() -> None:
    again = Outcome(a_case(a_step("call", state="failed", attempt=1, max_attempts=2)))
    assert (again.states["call"], again.saga.step("call").attempt) == ("ready", 2)
    spent = Outcome(a_case(a_step("call", state="failed", attempt=2, max_attempts=2)))
    assert spent.turns == ["recovery"]


def test_what_is_held_stays_until_somebody_decides() -> None:
    held = a_case(a_step("call", state="failed", attempt=1), a_step("tour"), status="recovery")
    assert Outcome(held).plan.operations == ()
    resumed = a_case(a_step("call", state="ready"), a_step("tour"), status="recovery")
    assert Outcome(resumed).turns == ["in_progress"]


# Back ---------------------------------------------------------------------------------------


def done(key: str, rank: int, undo: str, **changes: Any) -> Step:
    return a_step(key, state="done", executed_rank=rank, undo_kind=undo, **changes)


def test_cancelling_undoes_in_reverse_order_of_completion() -> None:
    steps = (done("a", 2, "notify"), done("b", 1, "notify"), done("c", 3, "notify"), a_step("d"))
    made = Outcome(a_case(*steps, status="cancelled"))
    assert [key for key, state in made.moves if state == "compensated"] == ["c", "a", "b"]
    assert made.states["d"] == "skipped"
    assert made.told("white_glove_undone") == [CLIENT] * 3


def test_a_person_who_must_undo_something_is_waited_for() -> None:
    steps = (done("a", 1, "notify"), done("b", 2, "task"), done("c", 3, "notify"))
    made = Outcome(a_case(*steps, status="cancelled"))
    assert made.states == {"a": "done", "b": "compensating", "c": "compensated"}
    assert made.told("white_glove_undo_asked") == [DEDICATED]
    assert made.looks_again_in == POLICY.undo_seconds
    waiting = Outcome(a_case(*made.saga.steps, status="cancelled"))
    assert waiting.plan.operations == ()
    undone = [
        step.model_copy(update={"state": "compensated"}) if step.key == "b" else step
        for step in made.saga.steps
    ]
    assert set(Outcome(a_case(*undone, status="cancelled")).states.values()) == {"compensated"}


def test_partners_are_called_off_whether_they_had_agreed_or_not() -> None:
    agreed = a_partner_step(
        "car",
        state="done",
        executed_rank=1,
        undo_kind="partner",
        requests=(a_request(0, "accepted"),),
    )
    asked = a_partner_step("flowers", state="in_progress", requests=(a_request(1, "asked"),))
    made = Outcome(a_case(agreed, asked, status="cancelled"))
    assert made.settled == ["withdrawn", "withdrawn"]
    assert made.states == {"car": "compensated", "flowers": "skipped"}


# People -------------------------------------------------------------------------------------


def away(*people: UUID) -> tuple[Any, ...]:
    return tuple(
        person.model_copy(update={"leaves": (DAY,)}) if person.id in people else person
        for person in STAFF
    )


@pytest.mark.parametrize(
    ("absent", "owner"),
    [
        ((), DEDICATED),
        ((DEDICATED,), DEPUTY),
        ((DEDICATED, DEPUTY), RELATION),
        ((DEDICATED, DEPUTY, RELATION), CONCIERGE),
        ((DEDICATED, DEPUTY, RELATION, CONCIERGE), SPARE),
    ],
)
def test_leave_hands_steps_along_the_clients_chain(absent: tuple[UUID, ...], owner: UUID) -> None:
    made = Outcome(a_case(a_step("call", state="ready"), staff=away(*absent)))
    assert made.owners == {"call": owner}
    assert made.saga.agent_id == owner
    assert made.told("white_glove_step_given") == ([owner] if absent else [])


def test_where_nobody_is_left_the_managers_are_told_once() -> None:
    everybody = [person.id for person in STAFF]
    case = a_case(a_step("call", state="ready"), staff=away(*everybody))
    made = Outcome(case)
    assert made.owners == {"call": None}
    assert made.told("white_glove_step_given") == [MANAGER]
    again = case.model_copy(
        update={"steps": tuple(made.saga.steps), "assigned_agent_id": made.saga.agent_id}
    )
    assert Outcome(again).plan.operations == ()


def test_the_concierge_with_the_least_to_do_is_asked() -> None:
    other = somebody(UUID(int=50), "concierge")
    step = a_step("room", owner_role="concierge", owner_id=None)
    made = Outcome(a_case(step, staff=(*STAFF, other)), {CONCIERGE: 2, other.id: 1})
    assert made.owners == {"room": other.id}


def test_nobody_serves_themselves() -> None:
    case = a_case(a_step("call", owner_id=None), client_id=DEDICATED, assigned_agent_id=None)
    made = Outcome(case)
    assert made.saga.agent_id == DEPUTY
    assert made.owners == {"call": DEPUTY}


# Collisions ---------------------------------------------------------------------------------


def booked(number: int, begin: float = 24, **changes: Any) -> ServiceCase:
    starts_at = NOON + begin * HOUR
    return a_case(
        a_step("session", owner_id=None),
        **{
            "service_id": UUID(int=number),
            "subject_ids": {UUID(int=number)},
            "status": "requested",
            "assigned_agent_id": None,
            "scheduled_at": starts_at,
            "ends_at": starts_at + 2 * HOUR,
            **changes,
        },
    )


def agents_of(*cases: ServiceCase) -> list[tuple[UUID | None, list[UUID]]]:
    plans = advance(contexts_of(*cases), POLICY)
    return [
        (o["agent_id"], o["collides_with_ids"])
        for case in cases
        for plan in plans.services[case.service_id]
        for o in plan.operations
        if o["op"] == "assign"
    ]


def test_services_of_one_batch_spare_an_agent_who_has_just_been_given_one() -> None:
    assert agents_of(booked(1), booked(2, 25)) == [(DEDICATED, []), (DEPUTY, [])]
    assert agents_of(booked(1), booked(2, 26)) == [(DEDICATED, []), (DEDICATED, [])]


def test_where_all_are_engaged_the_collision_is_named() -> None:
    alone: dict[str, Any] = {"staff": (somebody(DEDICATED),), "team": (DEDICATED,)}
    assert agents_of(booked(1, **alone), booked(2, 25, **alone)) == [
        (DEDICATED, []),
        (DEDICATED, [UUID(int=1)]),
    ]


# Time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes_late", "level", "told", "next_look"),
    [
        (-1, 0, [], 60),
        (0, 1, [DEDICATED], 1800),
        (30, 2, [DEDICATED, MANAGER], None),
    ],
)
def test_an_overdue_step_is_told_its_owner_then_the_managers(
    minutes_late: int, level: int, told: list[UUID], next_look: float | None
) -> None:
    due_at = NOON - timedelta(minutes=minutes_late)
    made = Outcome(a_case(a_step("call", state="ready", due_at=due_at)))
    assert made.saga.step("call").overdue_level == level
    assert made.told("white_glove_step_overdue") == told
    assert made.looks_again_in == next_look
    assert Outcome(a_case(*made.saga.steps)).plan.operations == ()


def test_at_short_notice_everybody_has_a_quarter_of_an_hour() -> None:
    step = a_step("room", due_base="schedule", due_seconds=-7200, due_at=None, owner_id=None)
    case = a_case(step, status="requested", scheduled_at=NOON + HOUR, ends_at=NOON + 2 * HOUR)
    assert Outcome(case).saga.step("room").due_at == NOON + timedelta(minutes=15)


def test_a_policy_without_time_is_none() -> None:
    with pytest.raises(ValueError, match="positive"):
        WhiteGlovePolicy(undo_seconds=0)


# What always holds --------------------------------------------------------------------------

STATES = st.sampled_from(["waiting", "ready", "in_progress", "done", "failed", "skipped"])
KINDS = st.sampled_from([a_step, a_notice, a_question, a_partner_step])
STATUSES = [
    *("requested", "qualified", "planned", "waiting_client", "waiting_partner", "confirmed"),
    *("in_progress", "delivered", "recovery", "cancelled"),
]


@st.composite
def steps(draw: st.DrawFn) -> tuple[Step, ...]:
    made = []
    for number in range(draw(st.integers(1, 6))):
        state = draw(STATES)
        changes = {
            "id": UUID(int=5000 + number),
            "phase": draw(st.sampled_from(["prepare", "deliver", "verify"])),
            "state": state,
            "executed_rank": number + 1 if state == "done" else None,
            "depends_on_keys": tuple(f"s{n}" for n in range(number) if draw(st.booleans())),
            "on_failure": draw(st.sampled_from(["skip", "hold", "compensate"])),
            "max_attempts": draw(st.integers(1, 2)),
            "due_at": NOON + timedelta(minutes=draw(st.integers(-90, 90))),
        }
        made.append(draw(KINDS)(f"s{number}", **changes))
    return tuple(made)


@given(steps(), st.sampled_from(STATUSES))
def test_whatever_is_found_one_look_is_enough_and_no_step_is_done_twice(
    found: tuple[Step, ...], status: str
) -> None:
    made = Outcome(a_case(*found, status=status))
    executed = [key for key, state in made.moves if state == "done"]
    assert len(executed) == len(set(executed))
    before = {step.key for step in found if step.state == "done"}
    again = a_case(*made.saga.steps, status=made.saga.status, assigned_agent_id=made.saga.agent_id)
    second = Outcome(again)
    assert [m for m in second.moves if m[1] == "done" and m[0] in before | set(executed)] == []
    assert second.turns == []
    assert second.asked == []


def test_plans_stand_under_the_first_subject_that_led_there() -> None:
    absence = UUID(int=1)
    case = a_case(a_step("call"), subject_ids={absence, SERVICE})
    assert list(advance(contexts_of(case), POLICY).services) == [absence]
