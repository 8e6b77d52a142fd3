"""What the occasions worker reads and what it decides.

Contexts come from `worker.occasion_contexts`, one snapshot; a plan goes to
`worker.record_occasions`. All instants are the database's own: no worker's clock is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Occasion = Literal[
    "post_treatment_check",
    "refill",
    "course_step",
    "membership_renewal",
    "birthday",
    "name_day",
    "first_visit_anniversary",
    "missed_visit",
]
Action = Literal["message", "task", "none"]

DayOfYear = tuple[int, int]
"""Month and day, of a leap year."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class OccasionRule(_Context):
    """What the house does on an occasion, as its admins set it."""

    rule: str
    occasion: Occasion
    offset_hours: int
    """From the occasion; negative is before. Whole days where the occasion is a day."""
    window_hours: int
    """How long after its moment it is still worth doing."""
    purpose: str
    channel: str | None
    action: Action
    vip_action: Action
    minimum_boost: int
    """Of the tier from which on clients are thought of."""
    subject_pl: str
    body_pl: str
    subject_en: str
    body_en: str
    is_active: bool


class VisitFact(_Context):
    """A visit that is booked, took place, or was missed."""

    id: UUID
    treatment_id: str
    name_pl: str
    name_en: str
    status: Literal["booked", "completed", "missed"]
    starts_at: datetime
    ended_at: datetime | None
    check_after_hours: int | None
    course_sessions: int | None
    course_gap_days: int | None


class PurchaseFact(_Context):
    """Pieces of a product that is used up."""

    id: UUID
    product_id: str
    name_pl: str
    name_en: str
    lasts_days: int
    quantity: int
    purchased_at: datetime


class MembershipFact(_Context):
    """A period that runs and is not renewed."""

    id: UUID
    name_pl: str
    name_en: str
    ends_on: date
    """Its last day."""


class KnownOccasion(_Context):
    """What was planned before."""

    id: UUID
    rule: str
    subject_id: UUID
    occurrence: int
    state: Literal["planned", "fired", "skipped", "cancelled"]
    due_at: datetime
    expires_at: datetime
    is_waiting: bool
    """Its message is still queued, or its task open."""


class OccasionCase(_Context):
    """A client, and all that their occasions follow from."""

    client_id: UUID
    locale: str
    time_zone: str
    boost: int
    """Of their tier: compared with `OccasionRule.minimum_boost`."""
    is_gone: bool
    """Turned out to be another client."""
    is_vip: bool
    given_name: str | None
    family_name: str | None
    gender: Literal["female", "male"] | None
    form_of_address: Literal["formal", "first_name"]
    birth_on: date | None
    chosen_name_day: DayOfYear | None
    name_days: tuple[DayOfYear, ...]
    """All days of their given name; empty when it is not known."""
    first_visit_at: datetime | None
    visits: tuple[VisitFact, ...]
    """In the order they began."""
    purchases: tuple[PurchaseFact, ...]
    """In the order they were made."""
    memberships: tuple[MembershipFact, ...]
    occasions: tuple[KnownOccasion, ...]
    fingerprint: str
    """Stands for all of the above: the write compares it with the rows under lock."""
    subject_ids: frozenset[UUID]
    """Which of the subjects asked about led to this client."""


class OccasionContexts(_Context):
    """Everything the worker looks at, as it was at one moment."""

    read_at: datetime
    rules: tuple[OccasionRule, ...]
    cases: tuple[OccasionCase, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """When a rule wants something done for a client, and about what."""

    subject_id: UUID
    due_at: datetime
    about: Mapping[str, str]
    """Words for the text, by placeholder."""
    occurrence: int = 0
    """The year, of what comes each year."""


Operation = Mapping[str, Any]
"""One change, by its `op`: plan, fire, skip or cancel; the fields are those that
`private.apply_occasion_operation` reads."""


@dataclass(frozen=True, slots=True)
class OccasionPlan:
    """What is done about one client now, in this order."""

    client_id: UUID
    fingerprint: str
    operations: tuple[Operation, ...]
