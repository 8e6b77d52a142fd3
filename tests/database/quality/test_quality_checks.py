"""Automatic checks: what is judged of a conversation that ended, once, and what is not."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from lib.quality.checks import CHECKS
from tests.database.quality.assessor import Assessed, one, run_checks
from tests.factories import a_message, a_ticket
from tests.support.calling import call, refusal, rows


@pytest.fixture
def house(db: psycopg.Connection) -> Assessed:
    return Assessed(db)


def check_of(db: psycopg.Connection, ticket_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = one(
        db,
        "select to_jsonb(known) || jsonb_build_object('answers', ("
        " select jsonb_object_agg(said.standard, said.answer)"
        " from public.quality_check_results said where said.ticket_id = known.ticket_id))"
        " from public.quality_checks known where known.ticket_id = %s",
        ticket_id,
    )
    return found


def test_a_finished_conversation_is_judged_by_every_automatic_standard_that_applies(
    db: psycopg.Connection, house: Assessed
) -> None:
    ticket_id = house.solved()
    [(job, result)] = run_checks(db)
    assert (result, job.subject_id) == ("recorded", ticket_id)
    check = check_of(db, ticket_id)
    assert check["agent_id"] == str(house.agent)
    answers = check["answers"]
    assert answers["courtesy.greeting"] == answers["courtesy.closing"] == "yes"
    assert answers["service.resolution_note"] == "yes"
    assert answers["recovery.apology"] == "not_applicable", "nobody was displeased"
    assert "efficiency.platinum_moment" not in answers, "the client is not Platinum"
    assert "knowledge.correct" not in answers, "people alone judge that"
    expected = one(
        db,
        "select round(100 * sum(weight) filter (where answer = 'yes')"
        " / sum(weight) filter (where answer <> 'not_applicable'), 2)"
        " from public.quality_check_results join public.quality_standards using (standard)"
        " where ticket_id = %s and is_current",
        ticket_id,
    )
    assert check["score"] == float(expected)


def test_a_cycle_is_checked_once(db: psycopg.Connection, house: Assessed) -> None:
    [ticket_id] = house.checked()
    for change in (
        "status = 'assigned', resolved_at = null",
        "status = 'resolved', resolved_at = now()",
    ):
        statement: Any = f"update public.support_tickets set {change} where id = %s"
        db.execute(statement, [ticket_id])
    assert [result for _, result in run_checks(db)] == ["gone"]


@pytest.mark.parametrize(
    ("asked", "answered", "reason"),
    [("Dziękuję", "Proszę", "few_words"), ("Dzień dobry " * 9, None, "one_sided")],
)
def test_what_cannot_be_judged_fairly_has_a_reason_and_no_score(
    db: psycopg.Connection, house: Assessed, asked: str, answered: str | None, reason: str
) -> None:
    if answered:
        ticket_id = house.solved(asked, answered)
    else:
        ticket_id = a_ticket(db, house.client, desk_id=house.desk_id, assignee_id=house.agent)
        a_message(db, ticket_id, house.client, asked)
        a_message(db, ticket_id, None, "Witamy w naszym domu", author_kind="assistant")
        db.execute(
            "update public.support_tickets set status = 'resolved', resolved_at = now()"
            " where id = %s",
            [ticket_id],
        )
    run_checks(db)
    check = check_of(db, ticket_id)
    assert (check["skip_reason"], check["score"], check["answers"]) == (reason, None, None)


def test_one_failed_critical_standard_fails_the_whole(
    db: psycopg.Connection, house: Assessed
) -> None:
    ticket_id = house.solved(answered="Dzień dobry Pani, karta 4111 1111 1111 1111. Do zobaczenia.")
    run_checks(db)
    check = check_of(db, ticket_id)
    assert check["answers"]["discretion.no_secrets"] == "no"
    assert (check["score"], check["is_failed"]) == (0, True)


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ({"service.whole_need": "yes", "service.initiative": "no"}, 60),  # weights 3 and 2
        ({"service.whole_need": "yes", "service.initiative": "not_applicable"}, 100),
        ({"service.whole_need": "not_applicable"}, None),
        ({"knowledge.correct": "no", "service.whole_need": "yes"}, 0),
        ({"knowledge.correct": "not_applicable", "service.initiative": "no"}, 0),
    ],
)
def test_scores_are_weighted_and_what_does_not_apply_leaves_the_sum(
    db: psycopg.Connection, answers: dict[str, str], score: float | None
) -> None:
    said = [{"standard": k, "standard_version": 1, "answer": v} for k, v in answers.items()]
    assert one(db, "select score from private.find_quality_score(%s)", Jsonb(said)) == score


def test_the_rules_of_the_library_are_the_rules_there_are(db: psycopg.Connection) -> None:
    named = db.execute(
        "select distinct check_name from public.quality_standards where check_name is not null"
    ).fetchall()
    assert {name for (name,) in named} == CHECKS.keys()
    assert one(db, "select count(*) from public.quality_standards where is_current") >= 40


def test_a_changed_standard_is_a_new_version_and_the_past_stays_judged_by_the_old(
    db: psycopg.Connection, house: Assessed
) -> None:
    ticket_id = house.checked()[0]
    before = check_of(db, ticket_id)
    db.execute("update public.staff_members set role = 'admin' where id = %s", [house.manager])
    made = call(
        db,
        house.manager,
        "set_quality_standard('courtesy.greeting', %s, 'Ważniejsze')",
        Jsonb({"weight": 9, "tiers": ["vip_gold"]}),
    )
    assert (made["version"], made["weight"], made["tiers"]) == (2, 9, ["vip_gold"])
    assert check_of(db, ticket_id) == before
    known = call(db, house.agent, "get_quality_standards('courtesy', true)")
    versions = [k["version"] for k in known if k["standard"] == "courtesy.greeting"]
    assert versions == [1, 2]
    [current] = [
        k
        for k in call(db, house.agent, "get_quality_standards('courtesy')")
        if k["standard"] == "courtesy.greeting"
    ]
    assert (current["version"], current["text_pl"]) == (2, made["text_pl"])


@pytest.mark.parametrize(
    ("standard", "changes", "message"),
    [
        ("service.follow_up", {"weight": -1}, "standard_malformed"),
        ("service.follow_up", {"heaviness": 1}, "standard_malformed"),
        ("service.follow_up", {"check_name": "astrology"}, "standard_malformed"),
        ("service.follow_up", {"channels": ["pigeon"]}, "unknown_channel"),
        ("service.follow_up", {"tiers": ["royal"]}, "unknown_tier"),
        ("manners.new", {"kind": "human", "text_pl": "a", "text_en": "a"}, "standard_malformed"),
        ("service.new", {"kind": "human", "text_pl": "bez angielskiego"}, "standard_malformed"),
    ],
)
def test_a_standard_that_makes_no_sense_is_refused(
    db: psycopg.Connection, house: Assessed, standard: str, changes: Any, message: str
) -> None:
    db.execute("update public.staff_members set role = 'admin' where id = %s", [house.manager])
    told = refusal(
        db, house.manager, "set_quality_standard(%s, %s, 'Próba')", standard, Jsonb(changes)
    )
    assert told[:2] == ("PT422", message)


def test_results_are_for_whom_they_are_about_and_who_oversees(
    db: psycopg.Connection, house: Assessed
) -> None:
    [ticket_id] = house.checked()
    for person, is_shown in {
        house.agent: True,
        house.auditor: True,
        house.manager: True,
        house.colleague: False,
        house.executive: False,
        house.client: False,
        Assessed(db).manager: False,
    }.items():
        for statement in (
            "select 1 from public.quality_checks where ticket_id = %s",
            "select 1 from public.quality_check_results where ticket_id = %s",
        ):
            assert bool(rows(db, person, statement, ticket_id)) is is_shown
