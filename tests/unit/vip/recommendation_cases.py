"""Clients to whom something could be offered, and the house's catalogue."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from lib.vip.models.recommendations import (
    Catalogue,
    HadPlan,
    HadProduct,
    HadVisit,
    Item,
    Known,
    Pair,
    Plan,
    Product,
    Prospect,
    RecommendationContexts,
    Treatment,
)
from lib.vip.recommendations import RecommendationPolicy

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLIENT = UUID(int=1)
POLICY = RecommendationPolicy()
CATALOGUE = Catalogue(
    treatments=(
        Treatment(id="peeling", course_sessions=4, course_gap_days=14, required_skill=None),
        Treatment(
            id="laser",
            course_sessions=6,
            course_gap_days=30,
            required_skill="certificate.aesthetic_medicine",
        ),
        Treatment(id="massage", course_sessions=None, course_gap_days=None, required_skill=None),
    ),
    products=(Product(id="serum", lasts_days=60), Product(id="brush", lasts_days=None)),
    plans=(
        Plan(id="fitness_monthly", period_months=1, price_minor=59000),
        Plan(id="fitness_annual", period_months=12, price_minor=590000),
    ),
)


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def had(treatment_id: str, days_ago: float, status: Any = "completed") -> HadVisit:
    return HadVisit(
        id=uuid4(),
        treatment_id=treatment_id,
        status=status,
        starts_at=ago(days_ago),
        booked_at=ago(days_ago + 5),
    )


def bought(product_id: str, days_ago: float, quantity: int = 1) -> HadProduct:
    return HadProduct(
        id=uuid4(), product_id=product_id, quantity=quantity, purchased_at=ago(days_ago)
    )


def belongs(plan_id: str, status: Any = "active") -> HadPlan:
    return HadPlan(
        id=uuid4(),
        plan_id=plan_id,
        status=status,
        starts_on=ago(20).date(),
        ends_on=ago(-10).date(),
        recorded_at=ago(20),
    )


def a_pair(second_id: str, client_count: int = 30, **changes: Any) -> Pair:
    """Of 100 clients who had a massage; 200 clients in all, 40 of whom had the second."""
    return Pair.model_validate(
        {
            "first_id": "treatment:massage",
            "second_id": second_id,
            "client_count": client_count,
            "first_count": 100,
            "second_count": 40,
            "total_count": 200,
        }
        | changes
    )


def an_item(**changes: Any) -> Item:
    return Item.model_validate(
        {
            "id": UUID(int=9),
            "closes_at": ago(-5),
            "starts_at": ago(-6),
            "free_count": 3,
            "has_free_place": True,
            "reservation_id": None,
            "reserved_at": None,
        }
        | changes
    )


def known(target_id: str, state: Any = "offered", **changes: Any) -> Known:
    return Known.model_validate(
        {
            "id": uuid4(),
            "kind": "refill",
            "target_id": target_id,
            "state": state,
            "offered_at": ago(10),
            "expires_at": ago(-20),
            "answered_at": ago(5) if state in ("accepted", "declined") else None,
            "outcome": None,
        }
        | changes
    )


def a_prospect(**changes: Any) -> Prospect:
    """Nothing had, nothing to offer."""
    return Prospect.model_validate(
        {
            "client_id": CLIENT,
            "subject_ids": {CLIENT},
            "has_recent_complaint": False,
            "skills": (),
            "visits": (),
            "purchases": (),
            "memberships": (),
            "pairs": (),
            "items": (),
            "recommendations": (),
        }
        | changes
    )


def a_rich_prospect(**changes: Any) -> Prospect:
    """Somebody to whom one thing of each kind can be offered."""
    rich = {
        "visits": (
            had("peeling", 14),
            *(had("massage", 3 + 6 * each) for each in range(14)),
        ),
        "purchases": (bought("serum", 58),),
        "memberships": (belongs("fitness_monthly"),),
        "pairs": (a_pair("product:brush"),),
        "items": (an_item(),),
    }
    return a_prospect(**(rich | changes))


def contexts_of(*clients: Prospect, is_enabled: bool = True) -> RecommendationContexts:
    return RecommendationContexts(
        read_at=NOON, is_enabled=is_enabled, catalogue=CATALOGUE, clients=clients
    )
