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

Stage = Literal["dedicated", "deputy", "relationship_manager", "vip_pool", "desk", "overflow"]
"""The steps of a client's chain, in order. Each agent stands on the first that names them."""

Part = Literal[
    "dedicated",
    "deputy",
    "relationship",
    "vip_pool",
    "continuity",
    "skill_level",
    "language_level",
    "spare_capacity",
    "idle",
    "lacking",
    "overflow",
    "interruption",
]
"""What a score is made of. The parts of a candidate sum to its score; the last three take away."""

Reason = Literal[
    "inactive",
    "on_leave",
    "offline",
    "away",
    "unsteady",
    "wrong_desk",
    "language_missing",
    "skill_missing",
    "own_ticket",
    "declined",
    "timed_out",
    "handed_back",
    "later_stage",
    "ramping",
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
    overflow_desk_id: UUID | None = None
    """Whose agents help out when the desk has not found anybody in time."""
    language: str
    """ISO 639-1, as in the skill `language.pl`."""
    required_skills: tuple[str, ...]
    """Beside the language: `category.billing`, `certificate.aesthetic_medicine`."""
    tier: str
    is_live: bool
    """The client waits on the line."""
    load_units: int
    """What the ticket's channel takes of an agent's capacity."""
    queue_boost: int
    """The tier's place in the queue; higher goes first."""
    is_preemptive: bool = False
    """May send asynchronous work back to the queue."""
    due_at: datetime
    """The first response's deadline."""
    waiting_since: datetime
    """When the cycle began: the chain's clock."""
    dedicated_agent_id: UUID | None = None
    deputy_agent_id: UUID | None = None
    relationship_manager_id: UUID | None = None
    previous_agent_id: UUID | None = None
    """Who had this ticket before, unless they refused it or were relieved of it."""


class AgentContext(_Context):
    """Somebody who takes tickets: on a desk of one of them, or named by a client's profile."""

    id: UUID
    number: int  # stands for them in `skipped`
    desk_id: UUID | None
    is_active: bool
    is_on_leave: bool = False
    state: Literal["online", "away", "offline"]
    steady_at: datetime | None = None
    """Until then their presence flaps too much to rely on."""
    ramp_left: int | None = None
    """How many more tickets the house gives somebody just back; None: no limit."""
    ramp_ends_at: datetime | None = None
    capacity_units: int
    load_units: int
    last_assigned_at: datetime | None
    skills: Mapping[str, int]
    """Level 1 to 5 by skill, languages included."""


class Refusal(_Context):
    """Somebody who is not asked about a ticket; `refused_until` None: for the rest of its cycle."""

    ticket_id: UUID
    agent_id: UUID
    reason: Literal["declined", "timed_out", "handed_back"]
    refused_until: datetime | None


class WaitBudget(_Context):
    """How long tickets of a tier wait for a stage before the next opens."""

    tier: str
    is_live: bool
    stage: Stage
    wait_seconds: int


class Relaxation(_Context):
    """After how many seconds of waiting a skill is not insisted on any more; None: never."""

    skill: str
    live_seconds: int | None
    async_seconds: int | None


class InterruptibleWork(_Context):
    """An asynchronous ticket that may go back to the queue for a live one."""

    agent_id: UUID
    ticket_id: UUID
    number: int
    load_units: int
    boost: int
    due_at: datetime


class RoutingContexts(_Context):
    """Everything routing looks at, as it was at one moment."""

    read_at: datetime
    tickets: tuple[TicketContext, ...]
    agents: tuple[AgentContext, ...]
    refusals: tuple[Refusal, ...] = ()
    budgets: tuple[WaitBudget, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    interruptible: tuple[InterruptibleWork, ...] = ()


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
    `skipped`, under exactly one reason; agents of the overflow desk are considered once it is open.
    """

    ticket_id: UUID
    version: int
    cycle: int
    outcome: Literal["assigned", "waiting"]
    agent_id: UUID | None
    score: int | None
    candidates: tuple[Candidate, ...]
    skipped: Mapping[Reason, tuple[int, ...]]
    policy_version: str
    stage: Stage | None = None
    """Where in the client's chain the chosen agent stands."""
    relaxed: tuple[str, ...] = ()
    """Skills the ticket asks for and the chosen agent lacks."""
    preempted: tuple[UUID, ...] = ()
    """Tickets of the chosen agent that go back to the queue to make room."""
    look_again_at: datetime | None = None
    """When a waiting ticket could find somebody even if nobody comes or gets free."""
