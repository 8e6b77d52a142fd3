"""Clients to judge: a content one, and what can be different about them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from lib.vip.models.wellness import (
    Judgement,
    Membership,
    Promise,
    Purchase,
    Settings,
    Survey,
    Trouble,
    Visit,
    WellnessContext,
    WellnessContexts,
)
from lib.vip.wellness import WellnessPolicy

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLIENT = UUID(int=1)
POLICY = WellnessPolicy()
SETTINGS = Settings(high_risk_below=45, medium_risk_below=65, hysteresis_points=5, fall_points=15)


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def a_visit(days_ago: float, status: Any = "completed") -> Visit:
    return Visit(id=uuid4(), status=status, starts_at=ago(days_ago))


def a_purchase(days_ago: float, net_minor: int = 30000) -> Purchase:
    return Purchase(id=uuid4(), net_minor=net_minor, purchased_at=ago(days_ago))


def a_membership(days_left: int, status: Any = "active", *, is_renewed: bool = False) -> Membership:
    ends_on = (NOON + timedelta(days=days_left)).date()
    return Membership(
        id=uuid4(),
        status=status,
        starts_on=ends_on - timedelta(days=364),
        ends_on=ends_on,
        is_renewed=is_renewed,
    )


def a_promise(*, is_broken: bool = False) -> Promise:
    return Promise(id=uuid4(), is_broken=is_broken, at=ago(10))


def a_judgement(sentiment: float) -> Judgement:
    return Judgement(id=uuid4(), sentiment=sentiment, at=ago(5))


def a_survey(csat: int) -> Survey:
    return Survey(id=uuid4(), csat=csat, at=ago(20))


def a_trouble(kind: Any = "complaint", *, is_open: bool = True) -> Trouble:
    return Trouble(id=uuid4(), kind=kind, is_open=is_open, at=ago(3))


def a_context(**changes: Any) -> WellnessContext:
    """A client of whom nothing is known."""
    return WellnessContext.model_validate(
        {
            "client_id": CLIENT,
            "subject_ids": {CLIENT},
            "risk_status": "unknown",
            "visits": (),
            "purchases": (),
            "memberships": (),
            "promises": (),
            "judgements": (),
            "surveys": (),
            "troubles": (),
            "last": None,
            "score_30_days_ago": None,
            "score_90_days_ago": None,
            "best_recent_score": None,
        }
        | changes
    )


def a_content_client(**changes: Any) -> WellnessContext:
    """Everything measured, and as good as it gets."""
    content = {
        "visits": tuple(a_visit(14 * each + 7) for each in range(8)),
        "purchases": tuple(a_purchase(30 * each + 5) for each in range(12)),
        "memberships": (a_membership(200),),
        "promises": (a_promise(), a_promise()),
        "judgements": (a_judgement(0.8), a_judgement(0.6)),
        "surveys": (a_survey(5),),
    }
    return a_context(**(content | changes))


def contexts_of(*clients: WellnessContext) -> WellnessContexts:
    return WellnessContexts(read_at=NOON, settings=SETTINGS, clients=clients)
