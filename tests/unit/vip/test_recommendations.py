"""What is offered to a VIP client: why, when not, and what became of it."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.vip.models.recommendations import Offer, Prospect, RecommendationJudgement
from lib.vip.offers import OfferPolicy
from lib.vip.recommendations import RecommendationPolicy, decide, opportunity, recommend
from tests.unit.vip.recommendation_cases import (
    CLIENT,
    NOON,
    POLICY,
    a_pair,
    a_prospect,
    a_rich_prospect,
    ago,
    an_item,
    belongs,
    bought,
    contexts_of,
    had,
    known,
)


def look(client: Prospect, *, is_enabled: bool = True) -> RecommendationJudgement:
    return decide(contexts_of(client, is_enabled=is_enabled), client, POLICY)


def offers(client: Prospect) -> dict[str, Offer]:
    return {offer.target_id: offer for offer in look(client).offers}


def reasons(offer: Offer) -> dict[str, tuple[float, float]]:
    return {each.reason: (each.value, each.reference) for each in offer.reasons}


# Each kind with its numbers ---------------------------------------------------------------------


def test_one_of_each_kind_the_best_first() -> None:
    found = look(a_rich_prospect()).offers
    assert {offer.kind for offer in found} == {
        "course_step",
        "refill",
        "complement",
        "membership_upgrade",
        "exclusive_access",
    }
    assert [offer.score for offer in found] == sorted((o.score for o in found), reverse=True)
    assert all(offer.reasons and offer.expires_at > NOON for offer in found)


def test_a_course_that_was_begun_goes_on_when_it_is_due() -> None:
    (offer,) = offers(a_prospect(visits=(had("peeling", 28), had("peeling", 14)))).values()
    assert offer.kind == "course_step"
    assert reasons(offer) == {"sessions_done": (2, 4), "days_since_last_session": (14, 14)}


@pytest.mark.parametrize(
    ("visits", "why"),
    [
        ((had("peeling", 3),), "too early"),
        ((had("peeling", 60),), "given up long ago"),
        (tuple(had("peeling", 14 * each) for each in (4, 3, 2, 1)), "the course is done"),
        ((had("peeling", 14), had("peeling", -3, "booked")), "booked already"),
        ((had("massage", 14),), "no course at all"),
        ((had("laser", 30),), "nobody of the desk is certified"),
    ],
)
def test_a_course_step_is_not_offered(visits: tuple[Any, ...], why: str) -> None:
    assert offers(a_prospect(visits=visits)) == {}, why


def test_a_certificate_at_the_desk_makes_it_possible() -> None:
    client = a_prospect(visits=(had("laser", 30),), skills={"certificate.aesthetic_medicine"})
    assert offers(client).keys() == {"treatment:laser"}


def test_a_refill_is_offered_when_it_is_used_up() -> None:
    (offer,) = offers(a_prospect(purchases=(bought("serum", 58),))).values()
    assert (offer.kind, reasons(offer)) == ("refill", {"days_since_purchase": (58, 60)})


@pytest.mark.parametrize(
    ("purchases", "is_offered"),
    [
        ((bought("serum", 30),), False),
        ((bought("serum", 58, 2),), False),
        ((bought("serum", 115, 2),), True),
        ((bought("serum", 58), bought("serum", 2)), False),
        ((bought("serum", 200),), False),
        ((bought("brush", 300),), False),
    ],
)
def test_a_refill_follows_how_long_it_lasts(purchases: tuple[Any, ...], is_offered: Any) -> None:
    assert bool(offers(a_prospect(purchases=purchases))) is is_offered


def test_a_complement_is_what_others_had_too() -> None:
    (offer,) = offers(a_prospect(pairs=(a_pair("product:brush"),))).values()
    assert offer.kind == "complement"
    assert reasons(offer) == {
        "clients_with_both": (30, 100),
        "share_of_those_like_you": (0.3, 0.2),
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"pairs": (a_pair("product:brush", 4, first_count=4),)}, "too few clients to tell"),
        ({"pairs": (a_pair("product:brush", 20),)}, "no more often than others"),
        ({"pairs": (a_pair("product:gone"),)}, "not sold any more"),
        ({"pairs": (a_pair("treatment:laser"),)}, "nobody of the desk is certified"),
        (
            {"pairs": (a_pair("product:brush"),), "purchases": (bought("brush", 100),)},
            "bought recently",
        ),
        (
            {"pairs": (a_pair("treatment:peeling"),), "visits": (had("peeling", -4, "booked"),)},
            "booked already",
        ),
    ],
)
def test_a_complement_is_not_offered(changes: dict[str, Any], why: str) -> None:
    assert offers(a_prospect(**changes)) == {}, why


def test_who_comes_often_is_offered_the_next_larger_membership() -> None:
    visits = tuple(had("massage", 6 * each + 1) for each in range(15))
    found = offers(a_prospect(visits=visits, memberships=(belongs("fitness_monthly"),)))
    assert reasons(found["plan:fitness_annual"]) == {"visits_a_month": (5.0, 4.0)}
    largest = a_prospect(visits=visits, memberships=(belongs("fitness_annual"),))
    seldom = a_prospect(visits=visits[:9], memberships=(belongs("fitness_monthly"),))
    over = a_prospect(visits=visits, memberships=(belongs("fitness_monthly", "lapsed"),))
    assert [offers(each) for each in (largest, seldom, over)] == [{}, {}, {}]


def test_what_is_exclusive_is_offered_while_there_is_room() -> None:
    (offer,) = offers(a_prospect(items=(an_item(),))).values()
    assert reasons(offer) == {"places_left": (3, 1), "days_until": (6, 0)}
    assert offer.expires_at == ago(-5)
    for changes in (
        {"has_free_place": False},
        {"reservation_id": UUID(int=4), "reserved_at": ago(1)},
        {"closes_at": ago(1)},
    ):
        assert offers(a_prospect(items=(an_item(**changes),))) == {}


# When not ---------------------------------------------------------------------------------------


def test_after_a_complaint_nothing_is_offered_and_what_was_ends() -> None:
    open_ = known("product:serum")
    found = look(a_rich_prospect(has_recent_complaint=True, recommendations=(open_,)))
    assert (found.offers, found.opportunity_score) == ((), 0)
    assert [(each.id, each.expiry_reason) for each in found.endings] == [
        (open_.id, "recent_complaint")
    ]


def test_switched_off_nothing_is_offered() -> None:
    found = look(a_rich_prospect(recommendations=(known("product:serum"),)), is_enabled=False)
    assert found.offers == ()
    assert [each.expiry_reason for each in found.endings] == ["switched_off"]


@pytest.mark.parametrize(
    "earlier",
    [
        known("product:serum", "declined"),
        known("product:serum", "accepted"),
        known("product:serum", "expired"),
        known("product:serum", expires_at=ago(1)),
    ],
)
def test_what_was_answered_or_left_is_not_offered_again_at_once(earlier: Any) -> None:
    client = a_prospect(purchases=(bought("serum", 58),), recommendations=(earlier,))
    assert offers(client) == {}


@given(
    st.lists(st.builds(had, st.sampled_from(["peeling", "laser", "massage"]), st.floats(-30, 390))),
    st.lists(
        st.builds(bought, st.sampled_from(["serum", "brush"]), st.floats(0, 390), st.integers(1, 3))
    ),
    st.lists(
        st.builds(
            a_pair,
            st.sampled_from(["product:brush", "treatment:peeling", "product:serum"]),
            st.integers(5, 40),
        )
    ),
    st.lists(st.builds(known, st.sampled_from(["product:serum", "product:brush"]))),
    st.booleans(),
)
def test_whatever_is_offered_is_explained_new_and_bounded(
    visits: Any, purchases: Any, pairs: Any, earlier: Any, is_silent: Any
) -> None:
    client = a_prospect(
        visits=sorted((v for v in visits if v.starts_at <= NOON), key=lambda v: v.starts_at),
        purchases=sorted(purchases, key=lambda p: p.purchased_at),
        pairs=pairs,
        recommendations=earlier,
        has_recent_complaint=is_silent,
    )
    found = look(client)
    assert len(found.offers) <= (0 if is_silent else POLICY.most)
    assert len({offer.target_id for offer in found.offers}) == len(found.offers)
    assert 0 <= found.opportunity_score <= 100
    for offer in found.offers:
        assert offer.reasons
        assert POLICY.least_score <= offer.score <= 100
        assert offer.expires_at >= NOON
        fresh = {f"product:{p.product_id}" for p in client.purchases if p.purchased_at > ago(7)}
        assert offer.target_id not in fresh
    assert {each.id for each in found.endings} <= {each.id for each in earlier}


# What became of it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "changes", "outcome"),
    [
        ("product:serum", {"purchases": (bought("serum", 2),)}, "bought"),
        ("treatment:peeling", {"visits": (had("peeling", -3, "booked"),)}, "booked"),
        (
            f"item:{UUID(int=9)}",
            {"items": (an_item(reservation_id=UUID(int=4), reserved_at=ago(1)),)},
            "reserved",
        ),
    ],
)
@pytest.mark.parametrize("state", ["offered", "accepted"])
def test_who_does_it_has_accepted_and_the_deed_is_kept(
    target: str, changes: dict[str, Any], outcome: str, state: str
) -> None:
    earlier = known(target, state)
    (ending,) = look(a_prospect(**changes, recommendations=(earlier,))).endings
    assert (ending.id, ending.outcome, ending.expiry_reason) == (earlier.id, outcome, None)
    assert ending.evidence_id is not None
    assert ending.outcome_at is not None
    assert ending.outcome_at >= earlier.offered_at


def test_what_was_done_before_the_offer_is_not_its_outcome() -> None:
    earlier = known("product:serum", offered_at=ago(10))
    found = look(a_prospect(purchases=(bought("serum", 58),), recommendations=(earlier,)))
    assert found.endings == ()


def test_an_acceptance_without_a_deed_ends_after_thirty_days() -> None:
    fresh = known("product:serum", "accepted", answered_at=ago(29))
    stale = known("product:brush", "accepted", answered_at=ago(31))
    found = look(a_prospect(recommendations=(fresh, stale)))
    assert [(each.id, each.outcome) for each in found.endings] == [(stale.id, "none")]


@pytest.mark.parametrize(("expires_at", "why"), [(ago(1), "too_late"), (ago(-9), "no_longer_fits")])
def test_an_offer_that_does_not_hold_any_more_ends(expires_at: Any, why: str) -> None:
    earlier = known("product:serum", expires_at=expires_at)
    (ending,) = look(a_prospect(recommendations=(earlier,))).endings
    assert ending.expiry_reason == why


# Numbers ----------------------------------------------------------------------------------------


def test_more_and_better_offers_are_more_opportunity() -> None:
    found = look(a_rich_prospect()).offers
    scores = [opportunity(found[:count]) for count in range(len(found) + 1)]
    assert scores[0] == 0
    assert scores == sorted(scores)
    assert scores[-1] <= 100


def test_each_client_is_judged_once_in_a_batch() -> None:
    client = a_prospect(subject_ids={UUID(int=7), UUID(int=3), CLIENT})
    assert recommend(contexts_of(client), POLICY).judgements.keys() == {CLIENT}


@pytest.mark.parametrize("changes", [{"most": 0}, {"least_score": 101}, {"outcome_days": 0}])
def test_a_policy_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="offers"):
        RecommendationPolicy(**changes)


@pytest.mark.parametrize("changes", [{"pair_clients": 4}, {"fresh_days": 0}])
def test_an_offer_policy_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"clients|days"):
        OfferPolicy(**changes)
