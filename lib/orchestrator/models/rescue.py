"""What rescue reads and what it decides.

Contexts come from `worker.rescue_contexts`, one snapshot; a plan goes to `worker.record_rescue`.
All instants are the database's own: no worker's clock is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Cause = Literal["silent", "offline", "leave", "departed"]
"""What is wrong with the assignee."""

Reason = Literal[
    "silent",
    "departed",
    "live",
    "client_wrote",
    "client_waits",
    "deadline_near",
    "agent_acts",
    "on_hold",
    "resting",
    "until_deadline",
    "until_client_writes",
]
"""Why a ticket goes back (the first six) or stays with somebody absent (the others)."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class RescueCase(_Context):
    """A ticket somebody works on, and what is known of that somebody."""

    ticket_id: UUID
    agent_id: UUID
    cycle: int
    status: Literal["assigned", "pending", "on_hold"]
    is_resting: bool
    """Snoozed: until it wakes there is nothing to do."""
    is_live: bool
    is_answered: bool
    """A person has answered in this cycle: the promise of a first response is kept."""
    is_client_waiting: bool
    """The last public word is the client's."""
    due_at: datetime
    """The first response's deadline."""
    assigned_at: datetime
    has_departed: bool
    """The assignee is no agent of a desk that serves this ticket any more."""
    is_offer_expired: bool
    """It was offered to them, and they have done nothing in time."""
    absence: Literal["offline", "leave"] | None
    """None: they are there, or were gone for less than the grace."""
    absent_at: datetime | None
    """Since when; None without absence."""
    client_wrote_at: datetime | None
    """The client's last message since then."""
    agent_acted_at: datetime | None
    """The assignee's last act on the ticket since then, though absent."""
    fingerprint: str
    """Stands for all of the above: the write compares it with the rows under lock."""
    subject_ids: frozenset[UUID]
    """Which of the subjects asked about led to this ticket."""


class RescueContexts(_Context):
    """Everything rescue looks at, as it was at one moment."""

    read_at: datetime
    cases: tuple[RescueCase, ...]
    silent_staff_ids: frozenset[UUID]
    """Whose heartbeats have stopped."""


@dataclass(frozen=True, slots=True)
class RescueDecision:
    """What becomes of one ticket whose assignee is silent, absent or gone."""

    ticket_id: UUID
    agent_id: UUID
    cycle: int
    fingerprint: str
    cause: Cause
    action: Literal["returned", "kept"]
    reason: Reason
    absent_at: datetime | None
    look_again_at: datetime | None
    """When it will be too late to leave it there; None: only an event changes that."""


@dataclass(frozen=True, slots=True)
class RescuePlan:
    """The decisions of one batch."""

    decisions: Mapping[UUID, tuple[RescueDecision, ...]]
    """By subject. Each ticket is decided once, under the first subject that led to it."""
    silent_staff_ids: frozenset[UUID]
    """Who becomes offline."""
    policy_version: str
