"""What the journeys worker reads of each client and what it decides.

Contexts come from `worker.journey_contexts`, one snapshot; decisions go to
`worker.record_journeys`, which measures the journey itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Priority = Literal[1, 2, 3]
"""1 today, 2 this week, 3 good to know."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class VisitFact(_Context):
    """A visit that took place or is booked; the newest 60 are known."""

    id: UUID
    treatment_id: str
    provider: str | None
    status: Literal["completed", "booked"]
    starts_at: datetime
    name_pl: str
    name_en: str
    course_sessions: int | None
    course_gap_days: int | None


class ProductFact(_Context):
    """The last purchase of a product that is used up."""

    id: UUID
    product_id: str
    quantity: int
    purchased_at: datetime
    lasts_days: int
    name_pl: str
    name_en: str


class MembershipFact(_Context):
    """A membership that runs and that no other follows yet; `ends_on` is its last day."""

    id: UUID
    plan_id: str
    name_pl: str
    name_en: str
    ends_on: date


class UnansweredFact(_Context):
    """A ticket on which the client waits for a word of ours."""

    ticket_id: UUID
    number: int
    since: datetime


class BrokenFact(_Context):
    """A promise to the client that was broken within 90 days."""

    promise_id: UUID
    ticket_id: UUID
    kind: Literal["first_response", "next_response", "resolution", "given"]
    broken_at: datetime
    target_seconds: int
    waited_seconds: int | None
    """By the clock, until it was kept after all; None: not yet."""


class JourneyContext(_Context):
    """One client, and the jobs that asked for them."""

    client_id: UUID
    tier: str
    job_ids: tuple[int, ...]
    revision: int
    """Of the journey as it was read; 0: there is none yet."""
    last_touch_at: datetime | None
    visits: tuple[VisitFact, ...]
    products: tuple[ProductFact, ...]
    memberships: tuple[MembershipFact, ...]
    unanswered: tuple[UnansweredFact, ...]
    broken: tuple[BrokenFact, ...]

    @property
    def is_vip(self) -> bool:
        return self.tier.startswith("vip_")


class JourneyContexts(_Context):
    """Each client once, as of one moment."""

    read_at: datetime
    journeys: tuple[JourneyContext, ...]


@dataclass(frozen=True, kw_only=True)
class Insight:
    """Something worth knowing about a client, in both of the house's languages."""

    kind: str
    topic: str = ""
    """What it is about where a client can have several of a kind."""
    priority: Priority
    sentence_pl: str
    sentence_en: str
    reason: Mapping[str, Any]
    """`{"evidence": [{"table", "id"}], "numbers": {...}}`: the rows and figures it follows from."""


@dataclass(frozen=True, kw_only=True)
class JourneyDecision:
    """What to say of a client now, and when to look again without being asked."""

    client_id: UUID
    job_ids: Sequence[int]
    revision: int
    insights: Sequence[Insight]
    look_again_at: datetime | None
