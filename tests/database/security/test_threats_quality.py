"""Numbered threats around quality: judging oneself, peeking, rewriting, foreign desks."""

from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from tests.database.quality.assessor import Assessed, answers_to, judge_all, one, submit
from tests.support.acting import acting_as
from tests.support.calling import call, refusal, rows

DOORS: tuple[LiteralString, ...] = ("get_quality_sample(%s)", "submit_review(%s, '[]')")
AUDIT_DOORS: tuple[LiteralString, ...] = (
    "get_quality_audit(%s)",
    "save_improvement_plan(%s, '[]')",
)
SEEN = SQL("select 1 from public.{}")
WRITING = (SQL("delete from public.{}"), SQL("insert into public.{} default values"))
TABLES = (
    "quality_standards", "quality_checks", "quality_check_results", "quality_audits",
    "quality_samples", "quality_reviews", "quality_findings", "quality_disputes",
    "quality_calibrations",
)  # fmt: skip


@pytest.fixture
def house(db: psycopg.Connection) -> Assessed:
    return Assessed(db)


def test_threat_640_nobody_judges_what_they_had_part_in(
    db: psycopg.Connection, house: Assessed
) -> None:
    [ticket_id, _] = house.checked(2)
    db.execute(
        "insert into public.ticket_messages (ticket_id, author_id, author_kind, is_internal, body)"
        " values (%s, %s, 'agent', true, 'Zajmę się tym')",
        [ticket_id, house.auditor],
    )
    house.audit()
    reviewer = one(
        db, "select reviewer_id from public.quality_samples where ticket_id = %s", ticket_id
    )
    assert reviewer == house.manager, "the only auditor wrote in it"
    sample_id = one(db, "select id from public.quality_samples where ticket_id = %s", ticket_id)
    told = refusal(db, house.manager, "assign_quality_sample(%s, %s)", sample_id, house.auditor)
    assert told[1] == "reviewer_not_eligible"
    db.execute(
        "update public.quality_samples set reviewer_id = %s where id = %s",
        [house.auditor, sample_id],
    )
    sheet = call(db, house.auditor, "get_quality_sample(%s)", sample_id)
    told = refusal(db, house.auditor, "submit_review(%s, %s)", sample_id, Jsonb(answers_to(sheet)))
    assert told[:2] == ("PT403", "own_work")


def test_threat_641_foreign_samples_are_neither_read_nor_judged(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(2)
    house.audit()
    [task, _] = call(db, house.auditor, "get_quality_tasks()")
    other = Assessed(db)
    for person in (house.agent, house.manager, house.executive, other.auditor, other.manager):
        for door in DOORS:
            told = refusal(db, person, door, task["sample_id"])
            assert told[:2] == ("PT404", "sample_not_found")


def test_threat_642_judge_and_judged_do_not_decide_and_nobody_disputes_for_another(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(2)
    house.audit()
    [review, _] = judge_all(db, house.auditor, service_initiative="no")
    statement = "dispute_review(%s, 'service.initiative', 'Nie tak było', 'yes')"
    for person in (house.colleague, house.manager, house.auditor):
        assert refusal(db, person, statement, review["id"])[1] == "finding_not_found"
    dispute = call(db, house.agent, statement, review["id"])
    decide = "decide_dispute(%s, true, 'Tak')"
    assert refusal(db, house.auditor, decide, dispute["id"])[1] == "own_work"
    assert refusal(db, house.agent, decide, dispute["id"])[1] == "auditor_required"
    assert refusal(db, Assessed(db).manager, decide, dispute["id"])[1] == "dispute_not_found"
    call(db, house.manager, decide, dispute["id"])
    assert refusal(db, house.manager, decide, dispute["id"])[1] == "already_decided"


def test_threat_643_results_of_audits_stay_at_their_desk(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(2)
    audit_id = house.audit()
    [review, _] = judge_all(db, house.auditor)
    seen = "select id from public.quality_reviews"
    mine = {UUID(review["id"])}
    assert mine <= {row[0] for row in rows(db, house.agent, seen)}
    assert mine <= {row[0] for row in rows(db, house.manager, seen)}
    other = Assessed(db)
    for person in (house.colleague, house.executive, house.client, other.auditor, other.manager):
        for table in ("quality_reviews", "quality_findings", "quality_samples", "quality_audits"):
            assert rows(db, person, SEEN.format(Identifier(table))) == []
    for function in AUDIT_DOORS:
        told = refusal(db, other.manager, function, audit_id)
        assert told[1] == "audit_not_found"


@pytest.mark.parametrize("table", TABLES)
def test_threat_644_no_role_writes_a_judgement_by_hand(
    db: psycopg.Connection, house: Assessed, table: str
) -> None:
    for role in ("anon", "authenticated", "service_role"):
        for writing in WRITING:
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                db.transaction(),
                acting_as(db, role, house.manager),
            ):
                db.execute(writing.format(Identifier(table)))


def test_threat_645_a_client_who_works_here_reads_nothing_about_their_own_conversation(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.client = house.manager
    [ticket_id] = house.checked()
    seen = "select 1 from public.quality_checks where ticket_id = %s"
    assert rows(db, house.manager, seen, ticket_id) == []
    assert rows(db, house.auditor, seen, ticket_id) != []


def test_threat_646_an_open_session_hides_what_others_thought_of_its_conversation(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(2)
    house.audit()
    [task, _] = call(db, house.auditor, "get_quality_tasks()")
    sheet = call(db, house.auditor, "get_quality_sample(%s)", task["sample_id"])
    submit(db, house.auditor, task["sample_id"], answers_to(sheet))
    seen = "select 1 from public.quality_reviews where ticket_id = %s"
    assert rows(db, house.manager, seen, sheet["ticket_id"])
    session = call(db, house.manager, "open_quality_calibration(%s)", sheet["ticket_id"])
    assert rows(db, house.manager, seen, sheet["ticket_id"]) == []
    call(db, house.manager, "close_quality_calibration(%s)", session["id"])
    assert rows(db, house.manager, seen, sheet["ticket_id"])
