"""Recovery cases from the failure to the client's second answer, with the real worker."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.vip.recovery_desk import Desk, a_recovery_desk, plan_for, record
from tests.factories import a_client, a_ticket
from tests.support.calling import refusal, rows


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return a_recovery_desk(db)


# Opened -------------------------------------------------------------------------------------


def test_a_low_score_opens_a_case_owned_by_the_relationship_manager(desk: Desk) -> None:
    desk.survey(2)
    desk.run()
    case = desk.read(desk.case_ids()[0])
    assert (case["state"], case["trigger"]) == ("open", "survey")
    assert case["owner_id"] == str(desk.relationship_manager)
    assert desk.told(desk.relationship_manager) == ["recovery_case_given"]
    given = next(each for each in case["history"] if each["kind"] == "given")["details"]
    assert [who["excluded"] for who in given["candidates"]] == [None] + ["comes_later"] * 3
    assert given["policy_version"] == "recovery-1"


def test_a_good_score_opens_none(desk: Desk) -> None:
    desk.survey(4)
    desk.survey(None)
    desk.run()
    assert desk.case_ids() == []


def test_two_triggers_within_a_day_are_one_case(desk: Desk) -> None:
    ticket = a_ticket(desk.db, desk.client)
    survey = desk.survey(1)
    desk.run()
    desk.tell("sentiment.fell", ticket, client_id=str(desk.client), to="angry")
    desk.tell("survey.answered", survey, client_id=str(desk.client), csat=1, kind="cycle")
    desk.run()
    desk.as_(desk.agent, "open_recovery_case(%s, 'Dzwoniła wzburzona')", desk.client)
    desk.run()
    (case_id,) = desk.case_ids()
    case = desk.read(case_id)
    assert [each["trigger"] for each in case["triggers"]] == ["survey", "sentiment", "person"]
    assert case["triggers"][1]["ticket_id"] == str(ticket)
    assert desk.history(case_id).count("opened") == 1


def test_after_a_day_what_is_open_stays_one_and_what_was_closed_is_another(desk: Desk) -> None:
    case_id = desk.opened()
    desk.time_passes(days=1, hours=1)
    desk.opened()
    assert desk.case_ids() == [case_id]
    desk.resolve(case_id)
    desk.opened()
    assert len(desk.case_ids()) == 2


def test_what_goes_wrong_again_within_the_day_opens_the_resolved_case_again(desk: Desk) -> None:
    case_id = desk.opened()
    desk.resolve(case_id)
    assert desk.opened() == case_id
    case = desk.read(case_id)
    assert (case["state"], case["reopened_count"]) == ("open", 1)
    assert case["owner_id"] is not None


@pytest.mark.parametrize(("tier", "cases"), [("vip_gold", 1), ("premium", 0)])
def test_a_broken_promise_opens_a_case_for_vip_tiers_alone(
    db: psycopg.Connection, tier: str, cases: int
) -> None:
    desk = a_recovery_desk(db, tier)
    ticket = a_ticket(db, desk.client, waiting_seconds=3000)
    db.execute(
        "update public.ticket_promises set state = 'breached', breached_at = due_at"
        " where ticket_id = %s and kind = 'first_response'",
        [ticket],
    )
    desk.run()
    assert len(desk.case_ids()) == cases
    if cases:
        case = desk.read(desk.case_ids()[0])
        assert (case["trigger"], case["ticket_id"]) == ("promise", str(ticket))
        assert case["triggers"][0]["details"] == {"promise_kind": "first_response"}


def test_a_white_glove_service_in_recovery_opens_a_case(desk: Desk) -> None:
    service = UUID(
        desk.as_(desk.client, "activate_white_glove_service(%s, 'welcome')", desk.client)["id"]
    )
    for status in ("qualified", "recovery"):
        desk.db.execute(
            "update public.white_glove_services set status = %s where id = %s", [status, service]
        )
    desk.run()
    (trigger,) = desk.read(desk.case_ids()[0])["triggers"]
    assert (trigger["trigger"], trigger["subject_id"]) == ("service", str(service))
    assert trigger["details"] == {"service_type": "welcome"}


# Owned --------------------------------------------------------------------------------------


def test_the_first_of_the_team_who_is_at_work_is_asked(desk: Desk) -> None:
    desk.presence(desk.relationship_manager, "away")
    desk.db.execute(
        "insert into public.staff_absences (staff_id, starts_at, ends_at)"
        " values (%s, now() - interval '1 h', now() + interval '9 h')",
        [desk.agent],
    )
    case = desk.read(desk.opened())
    assert (case["owner_id"], case["owner_stage"]) == (str(desk.deputy), "deputy_agent")


def everybody_leaves(desk: Desk) -> None:
    for person in (desk.relationship_manager, desk.agent, desk.deputy, desk.manager):
        desk.presence(person, "offline")


def test_with_nobody_at_work_the_manager_owns_it_after_five_minutes(desk: Desk) -> None:
    everybody_leaves(desk)
    case_id = desk.opened()
    assert desk.read(case_id)["owner_id"] is None
    desk.time_passes(minutes=4, seconds=58)
    desk.run()
    assert desk.read(case_id)["owner_id"] is None
    desk.time_passes(seconds=3)
    desk.run()
    assert desk.read(case_id)["owner_id"] == str(desk.manager)
    assert sorted(desk.told(desk.manager)) == ["recovery_case_escalated", "recovery_case_given"]


def test_who_comes_to_work_first_gets_the_case_that_waits(desk: Desk) -> None:
    everybody_leaves(desk)
    case_id = desk.opened()
    desk.presence(desk.deputy, "online")
    desk.run()
    assert desk.read(case_id)["owner_id"] == str(desk.deputy)


def test_an_owner_who_does_nothing_is_followed_by_the_next(desk: Desk) -> None:
    case_id = desk.opened()
    desk.time_passes(minutes=16)
    desk.run()
    assert desk.read(case_id)["owner_id"] == str(desk.agent)
    desk.as_(desk.agent, "take_recovery_case(%s)", case_id)
    desk.time_passes(minutes=16)
    desk.run()
    case = desk.read(case_id)
    assert (case["owner_id"], case["state"]) == (str(desk.agent), "in_progress")
    assert desk.told(desk.manager) == []


def test_an_owner_who_leaves_the_house_is_replaced(desk: Desk) -> None:
    case_id = desk.opened()
    desk.as_(desk.relationship_manager, "take_recovery_case(%s)", case_id)
    desk.db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        [desk.relationship_manager],
    )
    desk.run()
    case = desk.read(case_id)
    assert (case["owner_id"], case["state"]) == (str(desk.agent), "open")


def test_an_owner_who_left_between_decision_and_write_gets_nothing(desk: Desk) -> None:
    desk.survey(1)
    first = desk.jobs()
    record(desk.db, first, plan_for(desk.db, first))
    jobs = desk.jobs()
    plan = plan_for(desk.db, jobs)
    desk.db.execute(
        "update public.staff_members set is_active = false, state = 'offline' where id = %s",
        [desk.relationship_manager],
    )
    (case_id,) = desk.case_ids()
    assert record(desk.db, jobs, plan)[case_id] == "stale"
    assert desk.read(case_id)["owner_id"] is None


def test_a_case_taken_between_decision_and_write_stays_theirs(desk: Desk) -> None:
    desk.survey(1)
    first = desk.jobs()
    record(desk.db, first, plan_for(desk.db, first))
    jobs = desk.jobs()
    plan = plan_for(desk.db, jobs)
    (case_id,) = desk.case_ids()
    desk.as_(desk.deputy, "take_recovery_case(%s)", case_id)
    assert record(desk.db, jobs, plan)[case_id] == "stale"
    assert desk.read(case_id)["owner_id"] == str(desk.deputy)


def test_a_colleague_does_not_take_what_somebody_has_begun_but_a_manager_does(desk: Desk) -> None:
    case_id = desk.opened()
    desk.as_(desk.agent, "take_recovery_case(%s)", case_id)
    assert refusal(desk.db, desk.deputy, "take_recovery_case(%s)", case_id)[1] == "case_taken"
    assert desk.as_(desk.manager, "take_recovery_case(%s)", case_id)["owner_id"] == str(
        desk.manager
    )
    given = desk.as_(
        desk.manager, "assign_recovery_case(%s, %s, 'Zna sprawę')", case_id, desk.colleague
    )
    assert (given["owner_id"], given["state"]) == (str(desk.colleague), "open")
    assert desk.told(desk.colleague) == ["recovery_case_given"]


# Called back --------------------------------------------------------------------------------


def test_a_promised_call_that_nobody_made_is_told_once(desk: Desk) -> None:
    case_id = desk.opened()
    owner = desk.relationship_manager
    desk.as_(owner, "promise_recovery_callback(%s, clock_timestamp() + interval '1 h')", case_id)
    desk.run()
    desk.time_passes(minutes=59)
    desk.run()
    assert "recovery_callback_missed" not in desk.told(owner)
    desk.time_passes(minutes=2)
    desk.run()
    desk.time_passes(minutes=2)
    desk.run()
    assert desk.told(owner).count("recovery_callback_missed") == 1
    assert desk.told(desk.manager) == ["recovery_callback_missed"]
    assert refusal(
        desk.db, owner, "resolve_recovery_case(%s, 'late_answer', 'Przeprosiny')", case_id
    )[1] == ("callback_pending")
    case = desk.as_(owner, "record_recovery_callback(%s, 'Przeprosiliśmy')", case_id)
    assert case["history"][-1]["details"] == {"was_in_time": False}


def test_a_call_made_in_time_is_told_to_nobody(desk: Desk) -> None:
    case_id = desk.opened()
    owner = desk.relationship_manager
    desk.as_(owner, "promise_recovery_callback(%s, clock_timestamp() + interval '1 h')", case_id)
    desk.as_(desk.deputy, "record_recovery_callback(%s)", case_id)
    desk.run()
    desk.time_passes(hours=2)
    desk.run()
    assert desk.told(desk.manager) == []


def test_what_is_not_resolved_in_two_days_is_told_to_managers_once(desk: Desk) -> None:
    case_id = desk.opened()
    desk.as_(desk.relationship_manager, "take_recovery_case(%s)", case_id)
    desk.run()
    for hours in (49, 1, 24):
        desk.time_passes(hours=hours)
        desk.run()
    assert desk.told(desk.manager) == ["recovery_case_overdue"]


# Gestures -----------------------------------------------------------------------------------


def gesture(desk: Desk, person: UUID, case_id: UUID, zloty: int) -> Any:
    answer = desk.as_(
        person, "add_recovery_gesture(%s, 'credit', %s, 'Voucher')", case_id, zloty * 100
    )
    return answer["gestures"][-1]


def test_a_budget_is_for_the_whole_case_and_above_it_somebody_else_approves(desk: Desk) -> None:
    case_id = desk.opened()
    assert gesture(desk, desk.agent, case_id, 200)["state"] == "granted"
    assert gesture(desk, desk.deputy, case_id, 100)["state"] == "granted"
    waiting = gesture(desk, desk.agent, case_id, 1)
    assert (waiting["state"], waiting["is_within_budget"]) == ("waiting", False)
    assert desk.read(case_id)["is_awaiting_approval"]
    assert desk.told(desk.manager) == ["recovery_approval_asked"]
    case = desk.as_(desk.manager, "approve_recovery_gesture(%s)", waiting["id"])
    assert (case["granted_minor"], case["is_awaiting_approval"]) == (30100, False)
    approval = case["gestures"][-1]["approval"]
    assert (approval["limit_minor"], approval["total_minor"]) == (100000, 30100)
    assert desk.told(desk.agent)[-1] == "recovery_gesture_decided"


def test_nobody_approves_their_own_gesture_nor_above_their_budget(desk: Desk) -> None:
    case_id = desk.opened()
    own = gesture(desk, desk.manager, case_id, 1001)
    assert own["state"] == "waiting"
    approve: LiteralString = "approve_recovery_gesture(%s)"
    assert refusal(desk.db, desk.manager, approve, own["id"])[1] == "own_gesture"
    assert refusal(desk.db, desk.agent, approve, own["id"])[1] == "budget_too_small"
    assert desk.told(desk.boss) == ["recovery_approval_asked"]
    refused = desk.as_(desk.boss, "refuse_recovery_gesture(%s, 'Za dużo')", own["id"])
    assert refused["gestures"][0]["state"] == "refused"
    assert refused["granted_minor"] == 0
    assert refusal(desk.db, desk.boss, approve, own["id"])[1] == "gesture_is_settled"


def test_not_even_the_console_grants_what_nobody_approved(desk: Desk) -> None:
    waiting = gesture(desk, desk.agent, desk.opened(), 400)
    for row in ("state = 'granted', settled_at = now()", "amount_minor = 1"):
        with pytest.raises(psycopg.ProgrammingError) as caught, desk.db.transaction():
            desk.db.execute(
                f"update public.recovery_gestures set {row} where id = %s".encode(),
                [waiting["id"]],
            )
        assert caught.value.diag.message_primary in ("approval_required", "gesture_is_fixed")


def test_a_case_whose_gesture_waits_is_not_resolved_until_it_is_withdrawn(desk: Desk) -> None:
    case_id = desk.opened()
    waiting = gesture(desk, desk.agent, case_id, 400)
    told = refusal(
        desk.db, desk.manager, "resolve_recovery_case(%s, 'late_answer', 'Tak')", case_id
    )
    assert told[1] == "approval_pending"
    withdraw: LiteralString = "withdraw_recovery_gesture(%s)"
    assert refusal(desk.db, desk.deputy, withdraw, waiting["id"])[1] == "not_your_gesture"
    desk.as_(desk.agent, withdraw, waiting["id"])
    assert desk.resolve(case_id)["state"] == "resolved"


# Resolved -----------------------------------------------------------------------------------


def asked(desk: Desk) -> UUID:
    """A resolved case whose client was asked once more; the survey."""
    case_id = desk.opened()
    desk.resolve(case_id)
    survey = uuid4()
    desk.db.execute(
        "update public.recovery_cases set survey_id = %s where id = %s", [survey, case_id]
    )
    return survey


def test_resolving_needs_a_cause_of_the_list_and_what_was_done(desk: Desk) -> None:
    case_id = desk.opened()
    for values, message in (
        ((None, "Masaż"), "cause_required"),
        (("pogoda", "Masaż"), "unknown_cause"),
        (("late_answer", " "), "resolution_required"),
    ):
        told = refusal(desk.db, desk.manager, "resolve_recovery_case(%s, %s, %s)", case_id, *values)
        assert told[1] == message
    case = desk.resolve(case_id, desk.relationship_manager)
    assert (case["state"], case["cause"]) == ("resolved", "late_answer")


def test_the_client_is_asked_once_more_through_surveys(desk: Desk) -> None:
    case_id = desk.opened()
    desk.resolve(case_id)
    row = desk.db.execute(
        "select survey.kind, survey.case_id from public.surveys survey"
        " join public.recovery_cases known on known.survey_id = survey.id where known.id = %s",
        [case_id],
    ).fetchone()
    assert row in (("recovery", case_id), None)


def test_a_satisfied_client_closes_the_case(desk: Desk) -> None:
    desk.survey(5, asked(desk), "recovery")
    desk.run()
    case = desk.read(desk.case_ids()[0])
    assert (case["state"], case["is_recovered"]) == ("closed", True)


def test_an_unsatisfied_client_opens_it_again_for_a_manager(desk: Desk) -> None:
    desk.survey(2, asked(desk), "recovery")
    desk.run()
    (case_id,) = desk.case_ids()
    case = desk.read(case_id)
    assert (case["state"], case["is_recovered"], case["owner_id"]) == (
        "open",
        False,
        str(desk.manager),
    )
    assert "not_recovered" in desk.history(case_id)


def test_silence_closes_a_resolved_case_after_two_weeks(desk: Desk) -> None:
    case_id = desk.opened()
    desk.resolve(case_id)
    desk.run()
    desk.time_passes(days=13)
    desk.run()
    assert desk.read(case_id)["state"] == "resolved"
    desk.time_passes(days=1, minutes=1)
    desk.run()
    case = desk.read(case_id)
    assert (case["state"], case["is_recovered"]) == ("closed", None)


def test_a_case_is_opened_again_and_closed_by_hand(desk: Desk) -> None:
    case_id = desk.opened()
    desk.resolve(case_id)
    desk.as_(desk.manager, "close_recovery_case(%s, 'Klientka dziękuje')", case_id)
    reopened = desk.as_(desk.agent, "reopen_recovery_case(%s, 'Jednak nie')", case_id)
    assert (reopened["state"], reopened["reopened_count"]) == ("open", 1)
    told = refusal(desk.db, desk.agent, "reopen_recovery_case(%s, 'Jeszcze raz')", case_id)
    assert told[1] == "recovery_case_is_open"


def test_the_figures_tell_how_well_we_make_good(desk: Desk) -> None:
    gesture(desk, desk.agent, desk.opened(), 50)
    desk.resolve(desk.case_ids()[0])
    survey = uuid4()
    desk.db.execute("update public.recovery_cases set survey_id = %s", [survey])
    desk.survey(5, survey, "recovery")
    desk.run()
    (figures,) = rows(
        desk.db,
        desk.manager,
        "select case_count, owned_in_time_count, resolved_count, recovered_count,"
        " recovered_share, granted_minor from public.recovery_kpis",
    )
    assert figures == (1, 1, 1, 1, 1, 5000)
    assert rows(desk.db, desk.client, "select * from public.recovery_kpis") == []


# Who is to be left alone --------------------------------------------------------------------


def has_complaint(db: psycopg.Connection, client: UUID, at: str = "0 s") -> bool:
    row = db.execute(
        "select private.has_recent_complaint(%s, clock_timestamp() + %s::interval)", [client, at]
    ).fetchone()
    assert row is not None
    return bool(row[0])


def test_a_complaint_counts_for_two_weeks(db: psycopg.Connection) -> None:
    client = a_client(db)
    a_ticket(db, client)
    assert not has_complaint(db, client)
    a_ticket(db, client, category="complaint")
    assert has_complaint(db, client)
    assert has_complaint(db, client, "13 days 23 h")
    assert not has_complaint(db, client, "14 days 1 s")
    assert not has_complaint(db, client, "-1 h")


def test_an_open_case_counts_until_it_is_resolved(desk: Desk) -> None:
    case_id = desk.opened()
    desk.time_passes(days=20)
    assert has_complaint(desk.db, desk.client)
    desk.resolve(case_id)
    assert not has_complaint(desk.db, desk.client)
    assert has_complaint(desk.db, desk.client, "-1 day")


def test_two_accounts_of_one_person_have_one_case_after_their_merge(desk: Desk) -> None:
    kept_case = desk.opened()
    row = desk.db.execute(
        "select desk_id from public.profiles where id = %s", [desk.client]
    ).fetchone()
    assert row is not None
    double = a_client(desk.db, desk_id=row[0])
    desk.tell("survey.answered", uuid4(), client_id=str(double), csat=1, kind="cycle")
    desk.run()
    desk.as_(desk.manager, "merge_clients(%s, %s, 'Ta sama osoba')", desk.client, double)
    case = desk.read(kept_case)
    assert (case["state"], len(case["triggers"])) == ("open", 2)
    gone = next(each for each in desk.case_ids() if each != kept_case)
    assert desk.read(gone)["merged_into_id"] == str(kept_case)
    desk.tell("survey.answered", uuid4(), client_id=str(double), csat=1, kind="cycle")
    desk.run()
    assert len(desk.read(kept_case)["triggers"]) == 3
