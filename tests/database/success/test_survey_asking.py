"""Who is asked about what, when, by which way, and to whom the answer will be credited."""

from typing import Any, LiteralString

import psycopg
import pytest

from tests.database.success.surveyor import (
    Surveyed,
    age,
    deliver,
    events_of,
    resolve,
    rule,
    run_surveys,
    run_timers,
    state_of,
    survey_of,
    surveys_where,
)
from tests.factories import a_message, a_staff_member
from tests.factories_house import a_visit
from tests.support.acting import refused
from tests.support.calling import call


@pytest.fixture
def house(db: psycopg.Connection) -> Surveyed:
    return Surveyed(db)


FROZEN = ("agent_id", "desk_id", "tier", "language", "channel", "rule_version", "happened_at")


def test_a_solved_ticket_is_asked_about_through_the_gate(
    db: psycopg.Connection, house: Surveyed
) -> None:
    ticket_id = house.solved()
    run_surveys(db)
    survey = survey_of(db, ticket_id)
    assert (survey["state"], survey["manner"], survey["policy_version"]) == (
        "queued",
        "link",
        "surveys-1",
    )
    assert survey["questions"] == ["csat", "reasons", "effort", "nps", "comment"]
    row = db.execute(
        "select purpose, kind, details from public.outreach where id = %s", [survey["outreach_id"]]
    ).fetchone()
    assert row is not None
    purpose, kind, details = row
    assert (purpose, kind, details["survey_id"]) == ("feedback", "survey", survey["id"])
    assert details["subject"] == "Prośba o opinię"
    deliver(db, survey)
    run_surveys(db)
    assert survey_of(db, ticket_id)["sent_at"]
    assert events_of(db, survey["id"]) == ["survey.sent"]


def test_whom_it_is_credited_to_is_settled_as_the_service_ends(
    db: psycopg.Connection, house: Surveyed
) -> None:
    ticket_id = house.ticket(channel="email", language="en")
    resolve(db, ticket_id)
    before = survey_of(db, ticket_id)
    assert [before[name] for name in FROZEN[:5]] == [
        str(house.agent),
        str(house.desk_id),
        *("vip_gold", "en", "email"),
    ]
    # An automation takes it away, somebody else has it, the client rises, the rule changes.
    db.execute(
        "update public.support_tickets set assignee_id = %s, tier = 'vip_platinum', language = 'uk'"
        " where id = %s",
        [house.colleague, ticket_id],
    )
    rule(db, cooldown_seconds=1)
    run_surveys(db)
    after = survey_of(db, ticket_id)
    assert [after[name] for name in FROZEN] == [before[name] for name in FROZEN]
    changes: tuple[tuple[LiteralString, Any], ...] = (
        ("agent_id", house.colleague),
        ("language", "uk"),
        ("happened_at", "2026-01-01"),
    )
    for column, value in changes:
        with refused(db, "PT409", "attribution_is_frozen"):
            db.execute(
                f"update public.surveys set {column} = %s where id = %s", [value, after["id"]]
            )


@pytest.mark.parametrize("who", ["agent", "colleague"])
def test_a_ticket_closed_without_an_agent_is_credited_to_who_served(
    db: psycopg.Connection, house: Surveyed, who: str
) -> None:
    ticket_id = house.ticket(assignee_id=house.agent if who == "agent" else None)
    if who == "colleague":
        a_message(db, ticket_id, house.colleague, author_kind="agent")
    db.execute(
        "update public.support_tickets set status = 'closed', assignee_id = null,"
        " assigned_at = null, resolved_at = now(), closed_at = now() where id = %s",
        [ticket_id],
    )
    assert survey_of(db, ticket_id)["agent_id"] == str(getattr(house, who))


def test_the_delay_is_opening_time(db: psycopg.Connection, house: Surveyed) -> None:
    rule(db, calendar_id="00000000-0000-4000-8000-0000000000c1", delay_seconds=11 * 3600)
    ticket_id = house.solved(0)
    run_surveys(db)
    row = db.execute(
        "select survey.state, survey.ask_at = timer.due_at, private.working_seconds_between("
        "  '00000000-0000-4000-8000-0000000000c1', happened_at, ask_at)"
        " from public.surveys survey join private.timers timer on timer.subject_id = survey.id"
        " where ticket_id = %s and timer.kind = 'survey.delay_reached'",
        [ticket_id],
    ).fetchone()
    assert row == ("waiting", True, 11 * 3600)


def test_its_moment_comes_by_a_timer(db: psycopg.Connection, house: Surveyed) -> None:
    rule(db, delay_seconds=7200)
    ticket_id = house.solved()
    run_surveys(db)
    assert state_of(db, ticket_id) == ("waiting", None)
    rule(db, delay_seconds=60)
    age(db, survey_of(db, ticket_id)["id"], 1)
    run_timers(db)
    assert state_of(db, ticket_id) == ("queued", None)


def test_a_ticket_that_is_reopened_before_is_not_asked_about_until_it_is_over(
    db: psycopg.Connection, house: Surveyed
) -> None:
    ticket_id = house.solved()
    run_surveys(db)
    outreach_id = survey_of(db, ticket_id)["outreach_id"]
    call(db, house.client, "reopen_ticket(%s, 'Jednak nie')", ticket_id)
    run_surveys(db)
    assert state_of(db, ticket_id) == ("skipped", "reopened")
    row = db.execute("select state from public.outreach where id = %s", [outreach_id]).fetchone()
    assert row == ("cancelled",)
    db.execute(
        "update public.support_tickets set status = 'assigned', assignee_id = %s,"
        " assigned_at = now(), reopened_at = opened_at where id = %s",
        [house.colleague, ticket_id],
    )
    resolve(db, ticket_id)
    run_surveys(db)
    assert state_of(db, ticket_id, 2) == ("queued", None)
    assert survey_of(db, ticket_id, 2)["agent_id"] == str(house.colleague)
    assert survey_of(db, ticket_id, 1)["agent_id"] == str(house.agent)


def test_a_merge_calls_it_off_and_its_undoing_takes_it_up_again(
    db: psycopg.Connection, house: Surveyed
) -> None:
    ticket_id, kept_id = house.solved(), house.ticket()
    run_surveys(db)
    survey_id = survey_of(db, ticket_id)["id"]
    call(db, house.manager, "merge_tickets(%s, %s, 2, 'Ta sama sprawa')", ticket_id, kept_id)
    run_surveys(db)
    assert state_of(db, ticket_id) == ("skipped", "merged")
    call(db, house.manager, "undo_ticket_merge(%s, 'Jednak dwie')", ticket_id)
    run_surveys(db)
    assert survey_of(db, ticket_id)["id"] == survey_id
    assert state_of(db, ticket_id) == ("queued", None)
    row = db.execute(
        "select count(*) filter (where state = 'queued'), count(*) from public.outreach"
        " where client_id = %s",
        [house.client],
    ).fetchone()
    assert row == (1, 2), "a message called back is not sent again, another one goes"


def test_a_ticket_that_is_merged_while_open_is_not_a_service_that_ended(
    db: psycopg.Connection, house: Surveyed
) -> None:
    ticket_id, kept_id = house.ticket(), house.ticket()
    call(db, house.manager, "merge_tickets(%s, %s, 1, 'Ta sama sprawa')", ticket_id, kept_id)
    run_surveys(db)
    assert surveys_where(db, "ticket_id = %s", ticket_id) == []


def test_nobody_is_asked_twice_within_the_cool_down(
    db: psycopg.Connection, house: Surveyed
) -> None:
    first, second = house.solved(), house.solved()
    results = [result for _, result in run_surveys(db)]
    assert sorted(results) == ["recorded", "stale"], "in one batch too the second sees the first"
    run_surveys(db)
    results = sorted(state_of(db, ticket_id) for ticket_id in (first, second))
    assert results == [("queued", None), ("skipped", "cool_down")]


def test_what_the_gate_suppresses_does_not_count_as_asked(
    db: psycopg.Connection, house: Surveyed
) -> None:
    first = house.solved()
    run_surveys(db)
    deliver(db, survey_of(db, first), "suppressed")
    run_surveys(db)
    assert state_of(db, first) == ("skipped", "no_consent")
    second = house.solved()
    run_surveys(db)
    assert state_of(db, second) == ("queued", None)


@pytest.mark.parametrize(
    ("reason", "category", "share"),
    [("excluded_category", "spam", 1), ("not_sampled", "general", 0)],
)
def test_spam_and_what_was_not_drawn_are_not_asked_about(
    db: psycopg.Connection, house: Surveyed, reason: str, category: str, share: float
) -> None:
    rule(db, sample_share=share)
    ticket_id = house.solved(category=category)
    run_surveys(db)
    assert state_of(db, ticket_id) == ("skipped", reason)


def test_colleagues_are_not_asked(db: psycopg.Connection, house: Surveyed) -> None:
    house.client = a_staff_member(db, "agent", desk_id=house.desk_id)
    db.execute("update public.profiles set tier = 'vip_gold' where id = %s", [house.client])
    ticket_id = house.solved()
    run_surveys(db)
    assert state_of(db, ticket_id) == ("skipped", "internal")


def test_a_platinum_client_who_agrees_is_called_by_a_manager(db: psycopg.Connection) -> None:
    house = Surveyed(db, "vip_platinum")
    house.agree("phone")
    ticket_id = house.solved()
    run_surveys(db)
    survey = survey_of(db, ticket_id)
    assert (survey["state"], survey["manner"]) == ("sent", "phone")
    row = db.execute(
        "select owner_id, kind, state from public.outreach_tasks where id = %s", [survey["task_id"]]
    ).fetchone()
    assert row == (house.manager, "survey_call", "open")
    assert survey["outreach_id"] is None


def test_a_platinum_client_who_does_not_gets_a_link(db: psycopg.Connection) -> None:
    house = Surveyed(db, "vip_platinum")
    ticket_id = house.solved()
    run_surveys(db)
    assert survey_of(db, ticket_id)["manner"] == "link"


def test_a_completed_visit_of_a_vip_is_asked_about_and_of_nobody_else(
    db: psycopg.Connection, house: Surveyed
) -> None:
    rule(db, "treatment", calendar_id="00000000-0000-4000-8000-0000000000c2", delay_seconds=60)
    visit_id = a_visit(db, house.client)
    [survey] = surveys_where(db, "visit_id = %s", visit_id)
    assert (survey["kind"], survey["agent_id"], survey["tier"]) == ("treatment", None, "vip_gold")
    assert events_of(db, survey["id"]) == ["survey.created"]
    run_surveys(db)
    assert surveys_where(db, "visit_id = %s", visit_id)[0]["state"] == "waiting"
    db.execute("update public.profiles set tier = 'standard' where id = %s", [house.client])
    assert surveys_where(db, "visit_id = %s", a_visit(db, house.client)) == []


def test_nobody_answers_and_it_expires_at_its_moment(
    db: psycopg.Connection, house: Surveyed
) -> None:
    survey = house.sent()
    run_timers(db)
    assert survey_of(db, survey["ticket_id"])["state"] == "sent"
    age(db, survey["id"], 15)
    run_timers(db)
    assert survey_of(db, survey["ticket_id"])["state"] == "expired"
    assert events_of(db, survey["id"]) == ["survey.sent", "survey.expiry_reached", "survey.expired"]


CREATE = "select private.create_survey(%s, %s, %s, %s, %s)"


def create(db: psycopg.Connection, *values: Any) -> Any:
    row = db.execute(CREATE, values).fetchone()
    assert row is not None
    return row[0]


def test_a_recovery_is_asked_about_once_whatever_was_asked_before(
    db: psycopg.Connection, house: Surveyed
) -> None:
    survey = house.sent()
    case_id = survey["id"]  # any id: the case is another owner's
    first = create(db, "recovery", house.client, survey["ticket_id"], 1, case_id)
    assert first is not None
    assert create(db, "recovery", house.client, survey["ticket_id"], 1, case_id) == first
    [recovery] = surveys_where(db, "id = %s", first)
    assert recovery["agent_id"] == survey["agent_id"]
    rule(db, "recovery", calendar_id="00000000-0000-4000-8000-0000000000c2", delay_seconds=0)
    run_surveys(db)
    assert surveys_where(db, "id = %s", first)[0]["state"] == "queued"
    assert surveys_where(db, "id = %s", first)[0]["questions"] == ["csat", "comment"]


def test_a_survey_is_not_made_for_whoever_may_not_be_asked(
    db: psycopg.Connection, house: Surveyed
) -> None:
    survey = house.sent()
    ticket_id = survey["ticket_id"]
    assert create(db, "cycle", house.client, ticket_id, 1, None) is not None, "it is there"
    other = Surveyed(db)
    assert create(db, "recovery", other.client, ticket_id, 1, other.client) is None, "not theirs"
    assert create(db, "recovery", house.agent, None, None, house.agent) is None, "a colleague"
    assert create(db, "treatment", house.client, None, None, house.client) is None, "cool-down"
    assert create(db, "recovery", house.desk_id, None, None, house.desk_id) is None, "nobody"
    rule(db, "recovery", is_active=False)
    assert create(db, "recovery", house.client, None, None, house.client) is None, "rule off"
