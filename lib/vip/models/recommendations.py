"""What the recommendations worker reads and what it decides.

Contexts come from `worker.recommendation_contexts`, one snapshot; judgements go to
`worker.record_recommendations`. All instants are the database's own: no worker's clock is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Kind = Literal["course_step", "refill", "complement", "membership_upgrade", "exclusive_access"]
Outcome = Literal["bought", "booked", "reserved", "none"]
Expiry = Literal["recent_complaint", "no_longer_fits", "too_late", "switched_off"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Treatment(_Context):
    """What the house does; a course is several sessions with a gap of days between them."""

    id: str
    course_sessions: int | None
    course_gap_days: int | None
    required_skill: str | None


class Product(_Context):
    """What clients take home; None: it is not used up."""

    id: str
    lasts_days: int | None


class Plan(_Context):
    """What clients can belong to; the price is for the whole period, in grosze."""

    id: str
    period_months: int
    price_minor: int


class Catalogue(_Context):
    """All that is on offer now."""

    treatments: tuple[Treatment, ...]
    products: tuple[Product, ...]
    plans: tuple[Plan, ...]
    """The cheapest first."""


class HadVisit(_Context):
    """An appointment, past or to come."""

    id: UUID
    treatment_id: str
    status: Literal["booked", "completed"]
    starts_at: datetime
    booked_at: datetime


class HadProduct(_Context):
    """A product bought and not given back."""

    id: UUID
    product_id: str
    quantity: int
    purchased_at: datetime


class HadPlan(_Context):
    """A period of belonging to a plan."""

    id: UUID
    plan_id: str
    status: Literal["active", "renewed", "lapsed", "cancelled"]
    starts_on: date
    ends_on: date
    recorded_at: datetime


class Pair(_Context):
    """How many clients of the house had both, each, and anything at all, within a year."""

    first_id: str
    second_id: str
    client_count: int
    first_count: int
    second_count: int
    total_count: int


class Item(_Context):
    """Something exclusive the client is let in to."""

    id: UUID
    closes_at: datetime
    starts_at: datetime
    free_count: int
    has_free_place: bool
    reservation_id: UUID | None
    reserved_at: datetime | None


class Known(_Context):
    """On offer, accepted without an outcome yet, or declined or left unanswered not long ago."""

    id: UUID
    kind: Kind
    target_id: str
    state: Literal["offered", "accepted", "declined", "expired"]
    offered_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    outcome: Outcome | None


class Prospect(_Context):
    """A VIP client and what they had, have and were offered."""

    client_id: UUID
    subject_ids: frozenset[UUID]
    has_recent_complaint: bool
    skills: frozenset[str]
    """What somebody of the client's desk can do."""
    visits: tuple[HadVisit, ...]
    purchases: tuple[HadProduct, ...]
    memberships: tuple[HadPlan, ...]
    pairs: tuple[Pair, ...]
    items: tuple[Item, ...]
    recommendations: tuple[Known, ...]


class RecommendationContexts(_Context):
    """Everything the worker looks at, as it was at one moment."""

    read_at: datetime
    is_enabled: bool
    catalogue: Catalogue
    clients: tuple[Prospect, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in numbers: the value found, what it is held against, and their unit."""

    reason: str
    value: float
    reference: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is offered; `target_id` is treatment:<id>, product:<id>, plan:<id> or item:<id>."""

    kind: Kind
    target_id: str
    score: int
    reasons: tuple[Reason, ...]
    expires_at: datetime
    policy_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What became of a recommendation: it holds no more, or this followed."""

    id: UUID
    expiry_reason: Expiry | None = None
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    evidence_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationJudgement:
    """All that is to be written about one client."""

    client_id: UUID
    read_at: datetime
    opportunity_score: int
    offers: tuple[Offer, ...]
    endings: tuple[Ending, ...]


@dataclass(frozen=True, slots=True)
class RecommendationPlan:
    """The judgements of one batch, by subject; each client once."""

    judgements: Mapping[UUID, RecommendationJudgement]
