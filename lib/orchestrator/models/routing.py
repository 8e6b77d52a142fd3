"""What routing reads and what it decides.

Contexts come from `worker.routing_contexts`, one snapshot; decisions go to `worker.record_routing`.
Contexts are checked once at the edge (pydantic); decisions are made thousands a second and are
plain frozen dataclasses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Part = Literal[
    "dedicated",
    "relationship",
    "skill_level",
    "language_level",
    "spare_capacity",
    "idle",
]
"""What a score is made of. The parts of a candidate sum to its score."""

Reason = Literal[
    "inactive",
    "offline",
    "away",
    "wrong_desk",
    "own_ticket",
    "language_missing",
    "skill_missing",
    "at_capacity",
    "outscored",
]
"""Why an agent is not among the candidates: the first that applies, in this order."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class TicketContext(_Context):
    """A ticket that waits: open and without assignee."""

    id: UUID
    number: int
    cycle: int
    version: int
    """Changes with the row; a decision about an older version is stale."""
    client_id: UUID
    desk_id: UUID
    language: str
    """ISO 639-1, as in the skill `language.pl`."""
    required_skills: tuple[str, ...]
    """Beside the language: `category.billing`, `certificate.aesthetic_medicine`."""
    load_units: int
    """What the ticket's channel takes of an agent's capacity."""
    queue_boost: int
    """The tier's place in the queue; higher goes first."""
    due_at: datetime
    """The first response's deadline."""
    dedicated_agent_id: UUID | None
    relationship_manager_id: UUID | None


class AgentContext(_Context):
    """Somebody who takes tickets: on the desk of one of them, or named by a client's profile."""

    id: UUID
    desk_id: UUID | None
    is_active: bool
    state: Literal["online", "away", "offline"]
    capacity_units: int
    load_units: int
    last_assigned_at: datetime | None
    skills: Mapping[str, int]
    """Level 1 to 5 by skill, languages included."""


class RoutingContexts(_Context):
    """Everything routing looks at, as it was at one moment."""

    read_at: datetime
    tickets: tuple[TicketContext, ...]
    agents: tuple[AgentContext, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent who could take the ticket now. `parts` leaves out the zeros."""

    agent_id: UUID
    score: int
    parts: Mapping[Part, int]


@dataclass(frozen=True, slots=True)
class RoutingDecision:
    """Who gets the ticket and why, or why it waits.

    `candidates` are the best, the chosen agent first. Every other agent considered stands in
    `skipped`, under exactly one reason.
    """

    ticket_id: UUID
    version: int
    cycle: int
    outcome: Literal["assigned", "waiting"]
    agent_id: UUID | None
    score: int | None
    candidates: tuple[Candidate, ...]
    skipped: Mapping[Reason, tuple[UUID, ...]]
    policy_version: str
