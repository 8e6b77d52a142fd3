"""Wellness in the database: what leads to a report, what a fall does, who may look."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.orchestrator.router import call
from tests.database.vip.wellness_house import (
    WELLNESS,
    Care,
    a_cared_for_client,
    ago,
    judged,
    record,
)
from tests.factories import a_client, a_message, a_ticket, a_vip_profile, an_admin
from tests.factories_house import a_membership, a_purchase, a_visit
from tests.support.acting import acting_as, refused


@pytest.fixture
def care(db: psycopg.Connection) -> Care:
    return a_cared_for_client(db)


def drivers(care: Care) -> dict[str, Any]:
    found = care.as_(care.manager, "get_vip_wellness_report(%s)", care.client)["drivers"]
    return {each["driver"]: each for each in found}


# What leads to a report ---------------------------------------------------------------------


def test_a_new_vip_client_is_judged_and_all_that_is_unknown_is_neutral(care: Care) -> None:
    care.run()
    assert care.reports() == [(73, "low", False)]
    assert [name for name, each in drivers(care).items() if not each["is_neutral"]] == ["troubles"]
    risk = care.one(
        "select risk_status from public.vip_client_profiles where client_id = %s", care.client
    )
    assert risk == "low"


def test_what_the_client_does_changes_the_report_and_names_the_evidence(care: Care) -> None:
    care.run()
    visits = [a_visit(care.db, care.client, starts_at=ago(14 * each + 3)) for each in range(5)]
    assert "recorded" in care.run()
    rhythm = drivers(care)["visit_rhythm"]
    assert (rhythm["points"], rhythm["reference"], rhythm["is_neutral"]) == (22, 14, False)
    assert set(rhythm["evidence_ids"]) == {str(visit) for visit in visits}


def test_every_part_is_read_from_its_table(care: Care) -> None:
    ticket = a_ticket(care.db, care.client, category="complaint")
    for days in range(0, 300, 30):
        a_purchase(care.db, care.client, purchased_at=ago(days + 1))
    a_membership(care.db, care.client, "fitness_annual")
    a_visit(care.db, care.client, starts_at=ago(4), status="missed")
    a_visit(care.db, care.client, starts_at=ago(9), status="cancelled_late")
    care.db.execute(
        "update public.ticket_promises set state = 'breached', due_at = now() - interval '1 h',"
        " breached_at = now() - interval '1 h', ended_at = null, end_cause = null"
        " where ticket_id = %s and kind = 'first_response'",
        [ticket],
    )
    care.run()
    found = drivers(care)
    assert {name for name, each in found.items() if each["is_neutral"]} <= {
        *("sentiment", "surveys", "visit_rhythm")
    }
    assert found["troubles"]["evidence_ids"] == [str(ticket)]
    assert found["cancellations"]["value"] == 1
    assert found["promises"]["value"] == 1
    assert found["spending"]["reference"] > 0


def test_how_messages_sound_is_a_part_as_soon_as_they_are_judged(care: Care) -> None:
    care.run()
    ticket = a_ticket(care.db, care.client)
    for score in (-0.5, -0.7):
        message = a_message(care.db, ticket, care.client)
        care.db.execute(
            "insert into public.message_judgements (message_id, ticket_id, client_id, urgency,"
            " language_confidence, category_confidence, priority, sentiment, sentiment_score,"
            " sentiment_confidence, is_abstained, model_versions)"
            " values (%s, %s, %s, 'low', 1, 1, 'normal', 'negative', %s, 1, false, '{one}')",
            [message, ticket, care.client, score],
        )
    care.run()
    assert drivers(care)["sentiment"] | {"evidence_ids": []} == {
        "driver": "sentiment",
        "value": -0.6,
        "reference": 0,
        "unit": "mean",
        "points": 0,
        "max_points": 12,
        "is_neutral": False,
        "evidence_ids": [],
    }


def test_the_same_again_appends_nothing(care: Care) -> None:
    care.run()
    care.request()
    assert care.run() == ["recorded"]
    assert len(care.reports()) == 1


def test_several_things_at_once_are_one_report(care: Care) -> None:
    for days in range(1, 60, 10):
        a_visit(care.db, care.client, starts_at=ago(days))
        a_purchase(care.db, care.client, purchased_at=ago(days))
    results = care.run()
    assert results.count("recorded") == 1
    assert len(care.reports()) == 1


def test_clients_without_a_vip_tier_are_not_judged(care: Care) -> None:
    plain = a_client(care.db, "premium")
    a_visit(care.db, plain)
    former = a_client(care.db, "premium")
    a_vip_profile(care.db, former)
    care.run()
    judged_ids = care.db.execute("select client_id from public.vip_wellness_reports").fetchall()
    assert {plain, former} & {each for (each,) in judged_ids} == set()


def test_each_day_asks_for_every_vip_client(care: Care) -> None:
    care.run()
    second = a_client(care.db, "vip_gold")
    a_vip_profile(care.db, second)
    care.db.execute("delete from private.timers where kind = 'wellness.requested'")
    with acting_as(care.db, "service_role"):
        due_at = datetime(2026, 11, 20, tzinfo=UTC).isoformat()
        call(care.db, "emit_tick", {"p_kind": "clock.daily", "p_due_at": due_at})
    jobs = [job for job in care.jobs(WELLNESS) if job.kind == "clock.daily"]
    assert record(care.db, jobs, judged(care.db, jobs)) == ["recorded"]
    asked = care.db.execute(
        "select subject_id from private.timers where kind = 'wellness.requested'"
    ).fetchall()
    assert {care.client, second} <= {client for (client,) in asked}


def test_trends_are_against_the_reports_in_force_then(care: Care) -> None:
    for days, score in ((100, 40), (45, 60), (3, 90)):
        care.db.execute(
            "insert into public.vip_wellness_reports (client_id, score, risk_status, drivers,"
            " is_fall, policy_version, evaluated_at) values (%s, %s, 'low',"
            " jsonb_build_array(jsonb_build_object('driver', 'surveys', 'value', null,"
            " 'reference', 4.7, 'unit', 'mean', 'points', %s::integer, 'max_points', 14,"
            " 'is_neutral', true, 'evidence_ids', '[]'::jsonb)), false, 'earlier', %s)",
            [care.client, score, score, ago(days)],
        )
    care.run()
    report = care.as_(care.manager, "get_vip_wellness_report(%s)", care.client)
    assert (report["score"], report["trend_30_points"], report["trend_90_points"]) == (73, 13, 33)
    # 90 three days ago: so much less is a fall.
    assert (report["is_fall"], report["fell_below"]) == (True, 76)
    assert [each["score"] for each in report["history"]] == [73, 90, 60, 40]


def test_a_reports_parts_sum_to_its_score(care: Care) -> None:
    care.run()
    with refused(care.db, "23514"):
        care.db.execute("update public.vip_wellness_reports set score = score - 1")


# A fall -------------------------------------------------------------------------------------


def test_a_fall_opens_one_task_and_sets_the_risk(care: Care) -> None:
    care.run()
    care.make_sad()
    care.run()
    assert care.reports() == [(73, "low", False), (39, "high", True)]
    assert care.tasks("wellness_fall") == 1
    risk = care.one(
        "select risk_status from public.vip_client_profiles where client_id = %s", care.client
    )
    assert risk == "high"
    # It gets worse still: the same fall.
    a_visit(care.db, care.client, starts_at=ago(2), status="missed")
    a_membership(care.db, care.client, ends_on=ago(3).date(), status="lapsed")
    care.run()
    assert care.reports()[-1][2] is False
    assert care.tasks("wellness_fall") == 1


def test_after_it_was_over_another_fall_is_another_task(care: Care) -> None:
    care.run()
    care.make_sad()
    care.run()
    care.make_amends()
    care.request()
    care.run()
    assert care.reports()[-1][1:] == ("low", False)
    care.db.execute("delete from public.visits where client_id = %s", [care.client])
    care.make_sad()
    care.run()
    assert [is_fall for _, _, is_fall in care.reports()] == [False, True, False, True]
    assert care.tasks("wellness_fall") == 2


def test_the_lines_are_data(care: Care) -> None:
    admin = an_admin(care.db)
    care.run()
    care.as_(admin, "set_wellness_setting('medium_risk_below', 95, 'Ostrożniej')")
    care.as_(admin, "set_wellness_setting('high_risk_below', 90)")
    care.request()
    care.run()
    assert care.reports() == [(73, "low", False), (73, "high", True)]
    with refused(care.db, "PT422", "lines_crossed"):
        care.as_(admin, "set_wellness_setting('high_risk_below', 96)")
    for call_, code in (
        ("set_wellness_setting('high_risk_below', 101)", "PT422"),
        ("set_wellness_setting('high_risk_below', null)", "PT422"),
        ("set_wellness_setting('unknown', 1)", "PT404"),
    ):
        with refused(care.db, code):
            care.as_(admin, call_)


# Under lock ---------------------------------------------------------------------------------


def test_an_older_reading_is_not_written_over_a_newer(care: Care) -> None:
    jobs = care.jobs(WELLNESS)
    plan = judged(care.db, jobs)
    care.db.execute(
        "insert into private.vip_readings (client_id, concept, read_at)"
        " values (%s, 'wellness', now() + interval '1 s')",
        [care.client],
    )
    assert record(care.db, jobs, plan) == ["stale"]
    assert care.reports() == []
    still_held = care.one("select count(*) from private.jobs where worker = %s", WELLNESS)
    assert still_held == 1


def test_who_is_no_vip_any_more_is_not_judged(care: Care) -> None:
    jobs = care.jobs(WELLNESS)
    plan = judged(care.db, jobs)
    care.db.execute("update public.profiles set tier = 'standard' where id = %s", [care.client])
    assert record(care.db, jobs, plan) == ["gone"]
    assert care.reports() == []


def test_a_merge_asks_for_the_kept_client(care: Care) -> None:
    care.run()
    duplicate = a_client(care.db)
    care.as_(care.manager, "merge_clients(%s, %s, 'Ta sama osoba')", care.client, duplicate)
    assert care.run().count("recorded") >= 1


# Who looks ----------------------------------------------------------------------------------


def test_staff_see_the_whole_file_and_leave_a_trace(care: Care) -> None:
    care.run()
    profile = care.as_(care.agent, "get_vip_client_profile(%s, 'recovery')", care.client)
    assert profile["risk_status"] == "low"
    assert profile["wellness"]["score"] == 73
    assert profile["team"]["dedicated_agent"]["id"] == str(care.agent)
    report = care.as_(care.agent, "get_vip_wellness_report(%s)", care.client)
    assert report["score"] == 73
    assert care.reads() == [
        (care.agent, "profile", "recovery"),
        (care.agent, "wellness", "client_care"),
    ]


def test_clients_see_their_own_safe_part_without_a_trace(care: Care) -> None:
    care.run()
    profile = care.as_(care.client, "get_vip_client_profile(%s)", care.client)
    assert profile["tier"] == "vip_platinum"
    assert "tier_valid_until" in profile
    assert not {"risk_status", "opportunity_score", "wellness", "version", "desk_id"} & set(profile)
    assert care.reads() == []
    with refused(care.db, "PT404", "vip_profile_not_found"):
        care.as_(care.client, "get_vip_wellness_report(%s)", care.client)


def test_a_purpose_is_one_of_the_houses(care: Care) -> None:
    for purpose in ("curiosity", "", None):
        with refused(care.db, "PT422", "unknown_purpose"):
            care.as_(care.agent, "get_vip_client_profile(%s, %s)", care.client, purpose)


def test_before_the_first_judgement_there_is_no_score(care: Care) -> None:
    report = care.as_(care.agent, "get_vip_wellness_report(%s)", care.client)
    assert (report["score"], report["risk_status"], report["history"]) == (None, "unknown", [])


def test_the_file_holds_services_and_places(care: Care) -> None:
    service = care.as_(care.client, "activate_white_glove_service(%s, 'welcome')", care.client)
    profile = care.as_(care.client, "get_vip_client_profile(%s)", care.client)
    assert [each["id"] for each in profile["services"]] == [service["id"]]
    assert profile["access"] == []
    assert UUID(profile["client_id"]) == care.client
