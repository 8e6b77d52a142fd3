"""Clients' facts for tests of journeys, insights and habits, around one evening in Warsaw."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from lib.orchestrator.models.journeys import (
    BrokenFact,
    JourneyContext,
    ProductFact,
    UnansweredFact,
    VisitFact,
)

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
CLIENT = UUID("c1000000-0000-4000-8000-000000000001")
NAMES = {
    "massage_deep": ("Masaż głęboki", "Deep tissue massage"),
    "hydro_peel": ("Oczyszczanie wodorowe", "Hydrogen facial"),
}


def a_visit(
    days_ago: float,
    treatment_id: str = "massage_deep",
    *,
    provider: str | None = None,
    course: tuple[int, int] | None = None,
) -> VisitFact:
    """A visit so many days ago; ahead, and booked, when negative. `course`: sessions, gap."""
    name_pl, name_en = NAMES[treatment_id]
    return VisitFact(
        id=UUID(int=round((days_ago + 5000) * 100)),
        treatment_id=treatment_id,
        provider=provider,
        status="booked" if days_ago < 0 else "completed",
        starts_at=NOW - timedelta(days=days_ago),
        name_pl=name_pl,
        name_en=name_en,
        course_sessions=course and course[0],
        course_gap_days=course and course[1],
    )


def a_product(days_ago: float, *, lasts_days: int = 60, quantity: int = 1) -> ProductFact:
    """A serum bought so many days ago."""
    return ProductFact(
        id=UUID(int=7),
        product_id="serum_vitamin_c",
        quantity=quantity,
        purchased_at=NOW - timedelta(days=days_ago),
        lasts_days=lasts_days,
        name_pl="Serum z witaminą C",
        name_en="Vitamin C serum",
    )


def a_wish(hours_ago: float) -> UnansweredFact:
    """A ticket on which the client has waited so long."""
    return UnansweredFact(
        ticket_id=UUID(int=1042), number=1042, since=NOW - timedelta(hours=hours_ago)
    )


def a_broken_promise(number: int, *, waited_seconds: int | None = 900) -> BrokenFact:
    """A first response that came later than promised."""
    return BrokenFact(
        promise_id=UUID(int=number),
        ticket_id=UUID(int=1042),
        kind="first_response",
        broken_at=NOW - timedelta(days=number),
        target_seconds=60,
        waited_seconds=waited_seconds,
    )


def a_context(tier: str = "standard", **facts: Sequence[Any]) -> JourneyContext:
    """A client with these facts and no others."""
    nothing: dict[str, Sequence[Any]] = dict.fromkeys(
        ("visits", "products", "memberships", "unanswered", "broken"), ()
    )
    return JourneyContext(
        client_id=CLIENT,
        tier=tier,
        job_ids=(1,),
        revision=0,
        last_touch_at=NOW - timedelta(days=1),
        **(nothing | facts),
    )
