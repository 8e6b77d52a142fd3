"""Audits: drawn with known probability, judged blind, disputed, expanded to the whole."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.quality.assessor import (
    Assessed,
    answers_to,
    judge_all,
    one,
    run_audits,
    submit,
)
from tests.support.calling import call, refusal, rows


@pytest.fixture
def house(db: psycopg.Connection) -> Assessed:
    return Assessed(db)


def low_survey(db: psycopg.Connection, ticket_id: UUID) -> None:
    """The client was not content, as the survey of the cycle says."""
    db.execute(
        "update public.surveys set csat = 2, state = 'answered', answered_at = now(),"
        " answered_through = 'link', sent_at = now() - interval '1 h', asked_at = now(),"
        " expires_at = now() + interval '1 d', late_until = now() + interval '2 d',"
        " manner = 'link', questionnaire_version = 1, questions = '{csat}', reason = null,"
        " ask_at = null where ticket_id = %s",
        [ticket_id],
    )


def test_what_is_at_risk_is_a_stratum_of_its_own_drawn_with_known_probability(
    db: psycopg.Connection, house: Assessed
) -> None:
    ticket_ids = house.checked(8)
    for ticket_id in ticket_ids[:2]:
        low_survey(db, ticket_id)
    audit_id = house.audit(size=5, risk_share=0.4)
    drawn = db.execute(
        "select stratum, stratum_count, inclusion_probability, risks, reviewer_id"
        " from public.quality_samples where audit_id = %s order by stratum, position",
        [audit_id],
    ).fetchall()
    assert drawn == [
        *[("ordinary", 6, 0.5, [], house.auditor)] * 3,
        *[("risk", 2, 1.0, ["low_survey"], house.auditor)] * 2,
    ]
    audit = call(db, house.manager, "get_quality_audit(%s)", audit_id)
    assert (audit["status"], audit["population_count"]) == ("in_progress", 8)
    assert "seed" not in audit


def test_an_audit_of_nothing_is_empty(db: psycopg.Connection, house: Assessed) -> None:
    audit_id = house.audit()
    assert call(db, house.manager, "get_quality_audit(%s)", audit_id)["status"] == "empty"


def test_a_judged_sample_becomes_the_score_of_the_whole_desk(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(4)
    audit_id = house.audit(size=4)
    judge_all(db, house.auditor, service_initiative="no")
    run_audits(db)
    audit = call(db, house.manager, "get_quality_audit(%s)", audit_id)
    assert (audit["status"], audit["judged_count"]) == ("completed", 4)
    assert audit["overall_score"] == audit["score_low"] == audit["score_high"], "all were judged"
    [worst, *_] = audit["findings"]
    assert (worst["standard"], worst["no_count"]) == ("service.initiative", 4)
    assert worst["evidence"][0]["note"] == "Widać w rozmowie"
    metrics = call(db, house.agent, "get_quality_metrics('2d')")
    sources = {part["source"]: part for part in metrics["total"]}
    assert sources["human"]["score"] == audit["overall_score"]
    assert sources["automatic"]["count"] == 4
    assert metrics["by_agent"] is None


def test_whoever_is_to_judge_sees_the_conversation_and_no_judgement(
    db: psycopg.Connection, house: Assessed
) -> None:
    [ticket_id, *_] = house.checked(2)
    house.audit()
    [task, other] = call(db, house.auditor, "get_quality_tasks()")
    sheet = call(db, house.auditor, "get_quality_sample(%s)", task["sample_id"])
    assert set(sheet["messages"][0]) == {"id", "author_kind", "body", "created_at"}
    assert not {"stratum", "risks", "score"} & set(sheet)
    assert rows(db, house.auditor, "select 1 from public.quality_checks") == []
    assert rows(db, house.auditor, "select 1 from public.quality_samples") == []
    assert rows(db, house.manager, "select 1 from public.quality_checks"), "who is not to judge"
    submit(db, house.auditor, task["sample_id"], answers_to(sheet))
    shown = rows(db, house.auditor, "select ticket_id from public.quality_checks")
    assert [str(row[0]) for row in shown] == [sheet["ticket_id"]], "the other is still to judge"
    assert other["sample_id"] != task["sample_id"]
    assert ticket_id


def test_a_review_answers_each_standard_once_with_evidence_of_the_conversation(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(2)
    house.audit()
    [task, _] = call(db, house.auditor, "get_quality_tasks()")
    sheet = call(db, house.auditor, "get_quality_sample(%s)", task["sample_id"])
    good = answers_to(sheet)
    bad: list[tuple[Any, str]] = [
        (good[1:], "answers_incomplete"),
        ([*good, good[0]], "answers_incomplete"),
        ([good[0] | {"answer": "maybe"}, *good[1:]], "answers_malformed"),
        ([good[0] | {"answer": "no", "note": None}, *good[1:]], "answers_malformed"),
        ([good[0] | {"evidence": [str(UUID(int=1))]}, *good[1:]], "evidence_unknown"),
        ({}, "answers_malformed"),
    ]
    for answers, message in bad:
        told = refusal(
            db, house.auditor, "submit_review(%s, %s)", task["sample_id"], Jsonb(answers)
        )
        assert told[1] == message
    shown = good[0] | {"answer": "no", "note": None, "evidence": [sheet["messages"][0]["id"]]}
    review = submit(db, house.auditor, task["sample_id"], [shown, *good[1:]])
    assert len(review["findings"]) == len(sheet["standards"])
    told = refusal(db, house.auditor, "submit_review(%s, %s)", task["sample_id"], Jsonb(good))
    assert told[1] == "already_judged"


def test_an_upheld_dispute_changes_what_holds_and_not_what_was_submitted(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(2)
    audit_id = house.audit()
    [review, _] = judge_all(db, house.auditor, knowledge_correct="no")
    run_audits(db)
    assert review["is_failed"]
    assert call(db, house.manager, "get_quality_audit(%s)", audit_id)["overall_score"] == 0
    statement = "dispute_review(%s, 'knowledge.correct', %s, 'yes')"
    assert refusal(db, house.agent, statement, review["id"], " ")[1] == "comment_required"
    dispute = call(db, house.agent, statement, review["id"], "Cena była z cennika")
    assert refusal(db, house.agent, statement, review["id"], "Znów")[1] == "already_disputed"
    decided = call(
        db, house.manager, "decide_dispute(%s, true, 'Sprawdzono w cenniku')", dispute["id"]
    )
    assert decided["state"] == "upheld"
    run_audits(db)
    score, final, answer, held = (
        db.execute(
            "select score, final_score, answer, decided_answer from public.quality_reviews review"
            " join public.quality_findings on review_id = review.id"
            " where review.id = %s and standard = 'knowledge.correct'",
            [review["id"]],
        ).fetchone()
        or (None,) * 4
    )
    assert (score, final, answer, held) == (0, 100, "no", "yes")
    audit = call(db, house.manager, "get_quality_audit(%s)", audit_id)
    assert audit["overall_score"] == 50


def test_a_rejected_dispute_changes_nothing(db: psycopg.Connection, house: Assessed) -> None:
    house.checked(2)
    house.audit()
    [review, _] = judge_all(db, house.auditor, service_initiative="no")
    dispute = call(
        db,
        house.agent,
        "dispute_review(%s, 'service.initiative', 'Zaproponowano kawę', 'yes')",
        review["id"],
    )
    call(db, house.manager, "decide_dispute(%s, false, 'To nie inicjatywa')", dispute["id"])
    final = one(db, "select final_score from public.quality_reviews where id = %s", review["id"])
    assert float(final) == review["score"]


def test_a_calibration_shows_all_answers_at_its_end_and_counts_nowhere(
    db: psycopg.Connection, house: Assessed
) -> None:
    [ticket_id] = house.checked()
    second = house.second_auditor()
    session = call(db, house.auditor, "open_quality_calibration(%s)", ticket_id)
    sheet = {
        "standards": one(
            db, "select private.list_quality_standards('chat', 'vip_gold', '{human,both}')"
        )
    }
    before = call(db, house.manager, "get_quality_metrics('2d')")["total"]
    for reviewer, answer in ((house.auditor, "yes"), (second, "no")):
        call(
            db,
            reviewer,
            "submit_calibration_review(%s, %s)",
            session["id"],
            Jsonb(answers_to(sheet, service_initiative=answer)),
        )
    seen = "select reviewer_id from public.quality_reviews where kind = 'calibration'"
    assert rows(db, house.agent, seen) == rows(db, house.manager, seen) == []
    compared = call(db, house.manager, "close_quality_calibration(%s)", session["id"])["standards"]
    shares = {(c["standard"], c["answer"]): c["agreement_percent"] for c in compared}
    assert shares["service.initiative", "no"] == 50
    assert shares["service.alternative", "yes"] == 100
    assert len(rows(db, house.auditor, seen)) == 2
    assert rows(db, house.agent, seen) == []
    assert call(db, house.manager, "get_quality_metrics('2d')")["total"] == before


def test_a_mystery_visit_is_judged_by_the_same_standards_and_told_apart(
    db: psycopg.Connection, house: Assessed
) -> None:
    sheet = {
        "standards": one(
            db, "select private.list_quality_standards('phone', 'premium', '{human,both}')"
        )
    }
    assert "efficiency.phone_rings" in [asked["standard"] for asked in sheet["standards"]]
    visit = call(
        db,
        house.auditor,
        "record_mystery_visit('phone', now() - interval '1 day', %s, 'premium', %s)",
        Jsonb(answers_to(sheet, efficiency_phone_rings="no")),
        house.agent,
    )
    assert 0 < visit["score"] < 100
    metrics = call(db, house.agent, "get_quality_metrics('2d')")
    assert [part["source"] for part in metrics["total"]] == ["mystery_visit"]
    compliance = call(db, house.manager, "get_quality_compliance('2d')")["standards"]
    [rings] = [c for c in compliance if c["standard"] == "efficiency.phone_rings"]
    assert (rings["source"], rings["no_count"], rings["state"]) == ("mystery_visit", 1, "too_few")


def test_compliance_names_what_is_surely_below_the_target(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(6, answered="Tak, zrobione, zapisano wizytę na niedzielę o piętnastej.")
    found = call(db, house.manager, "get_quality_compliance('2d')")["standards"]
    states = {part["standard"]: part["state"] for part in found}
    assert states["courtesy.greeting"] == "failing"
    assert states["discretion.no_secrets"] == "met"
    assert states["recovery.apology"] == "too_few"


def test_executives_see_the_house_without_names(db: psycopg.Connection, house: Assessed) -> None:
    house.checked(2)
    metrics = call(db, house.executive, "get_quality_metrics('2d')")
    assert (metrics["scope"], metrics["by_agent"]) == ("house", None)
    assert rows(db, house.executive, "select 1 from public.quality_audits") == []


def test_a_plan_follows_an_audit(db: psycopg.Connection, house: Assessed) -> None:
    house.checked(2)
    audit_id = house.audit()
    step = {
        "action": "Powitania na odprawie",
        "standard": "courtesy.greeting",
        "owner_id": str(house.agent),
        "due_on": "2026-12-01",
    }
    plan = call(db, house.manager, "save_improvement_plan(%s, %s)", audit_id, Jsonb([step]))
    assert plan["improvement_plan"] == [step]
    for wrong in (
        {"action": "x"},
        [{"action": "x", "standard": "no.such"}],
        [{"do": "x"}],
        [step | {"owner_id": str(house.client)}],
    ):
        told = refusal(db, house.manager, "save_improvement_plan(%s, %s)", audit_id, Jsonb(wrong))
        assert told[1] == "plan_malformed"
    told = refusal(db, house.auditor, "save_improvement_plan(%s, %s)", audit_id, Jsonb([step]))
    assert told[1] == "manager_required"


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("'astrological'", "unknown_audit_type"),
        ("'periodic', 'agent'", "unknown_scope"),
        ("p_timeframe => 'yesterday'", "range_malformed"),
        ("p_size => 1", "sample_out_of_range"),
        ("p_channels => '{pigeon}'", "unknown_channel"),
        ("p_scope => 'agent', p_agent_id => gen_random_uuid()", "agent_not_found"),
        ("p_desk_id => private.default_desk_id()", "desk_not_found"),
    ],
)
def test_an_audit_that_makes_no_sense_is_refused(
    db: psycopg.Connection, house: Assessed, terms: Any, message: str
) -> None:
    statement: Any = f"request_quality_audit({terms})"
    if "default_desk_id" in terms:
        statement = "request_quality_audit(p_desk_id => '00000000-0000-4000-8000-000000000001')"
    assert refusal(db, house.manager, statement)[1] == message


def test_what_is_judged_meanwhile_makes_a_score_stale(
    db: psycopg.Connection, house: Assessed
) -> None:
    house.checked(3)
    audit_id = house.audit(size=3)
    context = one(db, "select worker.quality_audit_contexts(array[%s::uuid])", audit_id)[0]
    judge_all(db, house.auditor)
    plan = {"audit_id": str(audit_id), "fingerprint": context["fingerprint"], "judged_count": 0}
    assert one(db, "select private.store_quality_plan(%s)", Jsonb(plan)) == "stale"
