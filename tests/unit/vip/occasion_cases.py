"""Clients as the occasions worker reads them, and the house's rules."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from lib.vip.models.occasions import (
    KnownOccasion,
    MembershipFact,
    OccasionCase,
    OccasionContexts,
    OccasionRule,
    PurchaseFact,
    VisitFact,
)

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
CLIENT, VISIT, PURCHASE, MEMBERSHIP = (UUID(int=number) for number in range(1, 5))


def a_case(**changes: Any) -> OccasionCase:
    """A client in Warsaw of whom nothing is known."""
    plain = {
        "client_id": CLIENT,
        "locale": "pl",
        "time_zone": "Europe/Warsaw",
        "boost": 1,
        "is_gone": False,
        "is_vip": False,
        "given_name": None,
        "family_name": None,
        "gender": None,
        "form_of_address": "formal",
        "birth_on": None,
        "chosen_name_day": None,
        "name_days": (),
        "first_visit_at": None,
        "visits": (),
        "purchases": (),
        "memberships": (),
        "occasions": (),
        "fingerprint": "print",
        "subject_ids": {CLIENT},
    }
    return OccasionCase.model_validate({**plain, **changes})


def a_rule(occasion: str, offset_hours: int = 0, **changes: Any) -> OccasionRule:
    """A rule called as its occasion, open for two days."""
    plain = {
        "rule": occasion,
        "occasion": occasion,
        "offset_hours": offset_hours,
        "window_hours": 48,
        "purpose": "marketing",
        "channel": None,
        "action": "message",
        "vip_action": "task",
        "minimum_boost": 1,
        "subject_pl": "Temat",
        "body_pl": "{greeting}, {treatment}{product}{plan} {date}",
        "subject_en": "Subject",
        "body_en": "{greeting}, {treatment}{product}{plan} {date}",
        "is_active": True,
    }
    return OccasionRule.model_validate({**plain, **changes})


def a_visit(starts_at: datetime, **changes: Any) -> VisitFact:
    """A completed hour of laser treatment: a course of six, every six weeks."""
    plain = {
        "id": VISIT,
        "treatment_id": "laser",
        "name_pl": "Depilacja laserowa",
        "name_en": "Laser hair removal",
        "status": "completed",
        "starts_at": starts_at,
        "ended_at": starts_at if changes.get("status", "completed") == "completed" else None,
        "check_after_hours": 48,
        "course_sessions": 6,
        "course_gap_days": 42,
    }
    return VisitFact.model_validate({**plain, **changes})


def a_purchase(purchased_at: datetime, **changes: Any) -> PurchaseFact:
    """A serum that lasts 60 days."""
    plain = {
        "id": PURCHASE,
        "product_id": "serum",
        "name_pl": "Serum",
        "name_en": "Serum",
        "lasts_days": 60,
        "quantity": 1,
        "purchased_at": purchased_at,
    }
    return PurchaseFact.model_validate({**plain, **changes})


def a_membership(ends_on: str) -> MembershipFact:
    return MembershipFact.model_validate(
        {"id": MEMBERSHIP, "name_pl": "Maison", "name_en": "Maison", "ends_on": ends_on}
    )


def a_known(rule: str, **changes: Any) -> KnownOccasion:
    """An occasion of this client that is planned for noon."""
    plain = {
        "id": UUID(int=900),
        "rule": rule,
        "subject_id": CLIENT,
        "occurrence": 0,
        "state": "planned",
        "due_at": NOON,
        "expires_at": NOON.replace(day=22),
        "is_waiting": False,
    }
    return KnownOccasion.model_validate({**plain, **changes})


def contexts_of(
    *cases: OccasionCase, rules: tuple[OccasionRule, ...] = (), now: datetime = NOON
) -> OccasionContexts:
    return OccasionContexts(read_at=now, rules=rules, cases=cases)
