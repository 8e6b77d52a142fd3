"""Recommendations in the database: what is offered, withheld, answered, and what followed."""

import asyncio
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest

from lib.store.vip.recommendations import supabase_recommendation_store
from lib.vip.recommendations import RecommendationPolicy, recommend
from tests.database.orchestrator.router import DatabaseRpc
from tests.database.vip.exclusive_house import Salon
from tests.database.vip.wellness_house import RECOMMENDATIONS, Care, a_cared_for_client, ago
from tests.factories import DEFAULT_DESK, a_client, a_staff_member, a_ticket
from tests.factories_house import a_purchase, a_visit
from tests.support.acting import refused

SERUM = "product:serum_vitamin_c"
ROWS = (
    "select target_id, state, expiry_reason, outcome from public.vip_recommendations"
    " where client_id = %s order by offered_at, id"
)


@pytest.fixture
def care(db: psycopg.Connection) -> Care:
    return a_cared_for_client(db)


def offered(care: Care) -> dict[str, Any]:
    """What the client is shown, by target."""
    found = care.as_(care.client, "get_personalized_recommendations(%s)", care.client)
    return {each["target_id"]: each for each in found["recommendations"]}


def a_refill(care: Care) -> UUID:
    """A serum that lasts 60 days and was bought 58 days ago is offered; the recommendation."""
    a_purchase(care.db, care.client, "serum_vitamin_c", purchased_at=ago(58.2))
    care.run(RECOMMENDATIONS)
    return UUID(offered(care)[SERUM]["id"])


def rows(care: Care) -> list[tuple[Any, ...]]:
    return care.db.execute(ROWS, [care.client]).fetchall()


def decided(care: Care) -> Any:
    """Jobs, and what would be written about them if nothing changed meanwhile."""
    jobs = care.jobs(RECOMMENDATIONS)
    store = supabase_recommendation_store(cast("Any", DatabaseRpc(care.db)))
    ids = [job.subject_id for job in jobs if job.subject_id]
    contexts = asyncio.run(store.recommendation_contexts(ids))
    return store, jobs, recommend(contexts, RecommendationPolicy())


def test_a_client_is_offered_what_comes_next_with_numbers(care: Care) -> None:
    a_refill(care)
    shown = offered(care)[SERUM]
    assert shown["title_en"]
    assert shown["reasons"] == [
        {"reason": "days_since_purchase", "value": 58, "reference": 60, "unit": "days"}
    ]
    assert not {"score", "policy_version", "outcome"} & set(shown)
    staff = care.as_(care.agent, "get_personalized_recommendations(%s)", care.client)
    assert staff["opportunity_score"] == staff["recommendations"][0]["score"] > 0
    assert care.reads() == [(care.agent, "recommendations", "client_care")]


def test_looking_again_changes_nothing(care: Care) -> None:
    a_refill(care)
    before = care.db.execute("select * from public.vip_recommendations").fetchall()
    care.request()
    assert care.run(RECOMMENDATIONS) == ["recorded"]
    assert care.db.execute("select * from public.vip_recommendations").fetchall() == before


def test_a_complaint_withholds_at_once_and_then_ends_every_offer(care: Care) -> None:
    a_refill(care)
    a_ticket(care.db, care.client, category="complaint")
    assert offered(care) == {}
    staff = care.as_(care.agent, "get_personalized_recommendations(%s)", care.client)
    assert (staff["is_withheld"], staff["recommendations"]) == (True, [])
    care.request()
    care.run(RECOMMENDATIONS)
    assert rows(care) == [(SERUM, "expired", "recent_complaint", None)]
    score = care.one(
        "select opportunity_score from public.vip_client_profiles where client_id = %s",
        care.client,
    )
    assert score == 0


def test_fifteen_days_after_a_complaint_there_are_offers_again(care: Care) -> None:
    a_ticket(care.db, care.client, category="complaint", waiting_seconds=15 * 86400)
    assert a_refill(care)


def test_an_open_recovery_case_withholds_too(care: Care) -> None:
    a_refill(care)
    care.db.execute(
        "select private.open_recovery_case(%s, 'person', %s, null, '{}')", [care.client] * 2
    )
    assert offered(care) == {}


def test_a_complaint_between_reading_and_writing_lets_no_offer_through(care: Care) -> None:
    a_purchase(care.db, care.client, "serum_vitamin_c", purchased_at=ago(58.2))
    store, jobs, plan = decided(care)
    a_ticket(care.db, care.client, category="complaint")
    results = asyncio.run(store.record_recommendations(jobs, plan))
    assert "stale" in results.values()
    assert rows(care) == []


def test_an_answer_between_reading_and_writing_is_not_forgotten(care: Care) -> None:
    recommendation = a_refill(care)
    care.request()
    store, jobs, plan = decided(care)
    care.as_(care.client, "answer_recommendation(%s, false)", recommendation)
    assert set(asyncio.run(store.record_recommendations(jobs, plan)).values()) == {"stale"}
    assert rows(care) == [(SERUM, "declined", None, None)]


# Answers ------------------------------------------------------------------------------------


def test_a_no_is_a_no_for_long(care: Care) -> None:
    recommendation = a_refill(care)
    answer = care.as_(care.client, "answer_recommendation(%s, false)", recommendation)
    assert answer["state"] == "declined"
    care.db.execute("update private.vip_readings set read_at = now() - interval '1 s'")
    care.request()
    care.run(RECOMMENDATIONS)
    assert rows(care) == [(SERUM, "declined", None, None)]


def test_a_yes_opens_one_task_for_the_team_and_said_twice_changes_nothing(care: Care) -> None:
    recommendation = a_refill(care)
    for _ in range(2):
        care.as_(care.client, "answer_recommendation(%s, true)", recommendation)
    assert care.tasks("recommendation_accepted") == 1
    with refused(care.db, "PT409", "recommendation_is_settled"):
        care.as_(care.client, "answer_recommendation(%s, false)", recommendation)
    kinds = care.db.execute(
        "select kind from public.events where subject_id = %s", [recommendation]
    ).fetchall()
    assert kinds == [("recommendation.accepted",)]


def test_what_is_not_on_offer_any_more_is_not_accepted(care: Care) -> None:
    recommendation = a_refill(care)
    care.db.execute("update public.vip_recommendations set expires_at = now() - interval '1 s'")
    with refused(care.db, "PT410", "recommendation_expired"):
        care.as_(care.client, "answer_recommendation(%s, true)", recommendation)
    with refused(care.db, "PT400", "is_accepted_required"):
        care.as_(care.client, "answer_recommendation(%s, null)", recommendation)


def test_who_buys_it_without_saying_so_has_accepted(care: Care) -> None:
    recommendation = a_refill(care)
    care.db.execute("update public.vip_recommendations set offered_at = now() - interval '1 day'")
    purchase = a_purchase(care.db, care.client, "serum_vitamin_c")
    care.run(RECOMMENDATIONS)
    assert rows(care) == [(SERUM, "accepted", None, "bought")]
    evidence = care.one(
        "select evidence_id from public.vip_recommendations where id = %s", recommendation
    )
    assert evidence == purchase


# Where offers come from ---------------------------------------------------------------------


def test_what_goes_with_what_is_counted_over_the_houses_own_clients(care: Care) -> None:
    for number in range(12):
        other = a_client(care.db)
        a_visit(care.db, other, "massage_deep", starts_at=ago(20))
        if number < 6:
            a_purchase(care.db, other, "cleansing_oil", purchased_at=ago(20))
        if number < 4:
            a_purchase(care.db, other, "cream_night", purchased_at=ago(20))
    care.db.execute("select private.refresh_offer_pairs()")
    pair = care.db.execute(
        "select client_count, first_count, second_count, total_count from private.offer_pairs"
        " where first_id = 'product:cleansing_oil' and second_id = 'treatment:massage_deep'"
    ).fetchone()
    assert pair is not None
    assert pair[:1] == (6,)
    few = care.one(
        "select count(*) from private.offer_pairs where 'product:cream_night'"
        " in (first_id, second_id)"
    )
    assert few == 0, "four clients are too few to speak of"


def test_something_exclusive_is_offered_and_what_follows_is_known(care: Care) -> None:
    salon = Salon(care.db, care.manager)
    item = salon.item()
    care.request()
    care.run(RECOMMENDATIONS)
    target = f"item:{item}"
    assert offered(care)[target]["kind"] == "exclusive_access"
    care.db.execute("update public.vip_recommendations set offered_at = now() - interval '1 day'")
    salon.reserve(item, care.client)
    care.request()
    care.run(RECOMMENDATIONS)
    assert (target, "accepted", None, "reserved") in rows(care)


def test_a_treatment_needs_somebody_who_may_do_it(care: Care) -> None:
    row = care.db.execute(
        "select id, required_skill, course_gap_days from public.treatments"
        " where required_skill like 'certificate.%%' and course_sessions is not null limit 1"
    ).fetchone()
    assert row is not None
    treatment, skill, gap = row
    care.db.execute("delete from public.staff_skills where skill = %s", [skill])
    a_visit(care.db, care.client, treatment, starts_at=ago(gap))
    care.run(RECOMMENDATIONS)
    assert offered(care) == {}
    a_staff_member(care.db, desk_id=DEFAULT_DESK, skills=[skill])
    care.request()
    care.run(RECOMMENDATIONS)
    assert offered(care).keys() == {f"treatment:{treatment}"}


def test_switched_off_nothing_is_offered(care: Care) -> None:
    a_refill(care)
    care.db.execute(
        "update public.feature_flags set is_enabled = false where flag = 'ai_personalization'"
    )
    care.request()
    care.run(RECOMMENDATIONS)
    assert rows(care) == [(SERUM, "expired", "switched_off", None)]


def test_what_was_on_offer_to_a_duplicate_ends_with_the_merge(care: Care) -> None:
    a_refill(care)
    kept = a_client(care.db, "vip_platinum")
    care.as_(care.manager, "merge_clients(%s, %s, 'Ta sama osoba')", kept, care.client)
    found = care.db.execute(
        "select client_id, state, expiry_reason from public.vip_recommendations"
    ).fetchall()
    assert (kept, "expired", "no_longer_fits") in found
