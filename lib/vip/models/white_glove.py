"""What the white-glove worker reads and what it decides.

Contexts come from `worker.white_glove_contexts`, one snapshot; a plan goes to
`worker.record_white_glove`. All instants are the database's own: no worker's clock is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Status = Literal[
    "requested",
    "qualified",
    "planned",
    "waiting_client",
    "waiting_partner",
    "confirmed",
    "in_progress",
    "delivered",
    "verified",
    "closed",
    "recovery",
    "cancelled",
]
State = Literal[
    "waiting", "ready", "in_progress", "done", "failed", "skipped", "compensating", "compensated"
]
Phase = Literal["prepare", "deliver", "verify"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class PartnerRequest(_Context):
    """A partner who was asked for a step."""

    id: UUID
    partner_id: UUID
    state: Literal["asked", "accepted", "declined", "timed_out", "withdrawn"]
    expires_at: datetime


class Step(_Context):
    """A step of a service as it stands, with what its playbook says."""

    id: UUID
    key: str
    phase: Phase
    kind: Literal["task", "notify", "wait_client", "partner_request"]
    owner_role: Literal["dedicated_agent", "concierge", "partner", "house"]
    owner_id: UUID | None
    state: State
    due_at: datetime | None
    """None until the service is planned."""
    due_base: Literal["start", "schedule"]
    due_seconds: int
    depends_on_keys: tuple[str, ...]
    answer_seconds: int | None
    """How long a partner has to answer; None: no partner is asked."""
    undo_kind: Literal["none", "task", "notify", "partner"]
    on_failure: Literal["skip", "hold", "compensate"]
    max_attempts: int
    attempt: int
    overdue_level: int
    executed_rank: int | None
    """In which order steps were completed."""
    result: str | None
    has_consent: bool
    """True where none is needed."""
    requests: tuple[PartnerRequest, ...]
    partner_ids: tuple[UUID, ...]
    """Partners of the kind it asks for, the best first."""

    @property
    def is_settled(self) -> bool:
        """Nothing of it is left to be done, so what depends on it may begin."""
        return self.state in ("done", "skipped", "compensated")


class Colleague(_Context):
    """An agent of the client's desk, and what keeps them away from now on."""

    id: UUID
    role: str
    leaves: tuple[tuple[datetime, datetime], ...]
    engagements: tuple[tuple[UUID, datetime, datetime], ...]
    """Services they are assigned to: id, begin, end."""


class ServiceCase(_Context):
    """A service that is not over, and all that decides how it goes on."""

    service_id: UUID
    client_id: UUID
    status: Status
    is_entitled: bool
    """The client's present tier has white-glove service, and it is switched on."""
    started_at: datetime
    scheduled_at: datetime | None
    ends_at: datetime | None
    assigned_agent_id: UUID | None
    team: tuple[UUID, ...]
    """Dedicated agent, deputy, relationship manager: those there are, in this order."""
    steps: tuple[Step, ...]
    staff: tuple[Colleague, ...]
    manager_ids: tuple[UUID, ...]
    fingerprint: str
    """Stands for all of the above: the write compares it with the rows under lock."""
    subject_ids: frozenset[UUID]
    """Which of the subjects asked about led to this service."""


class WhiteGloveContexts(_Context):
    """Everything the worker looks at, as it was at one moment."""

    read_at: datetime
    cases: tuple[ServiceCase, ...]
    open_steps: Mapping[UUID, int]
    """How many steps somebody has to do now, in all services of these desks."""


Operation = Mapping[str, Any]
"""One change, by its `op`: status, assign, step, ask, settle or tell; the fields are those that
`private.apply_white_glove_operation` reads."""


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """What is done about one service now, in this order, and when to look at it again."""

    service_id: UUID
    fingerprint: str
    operations: tuple[Operation, ...]
    look_again_at: datetime | None
    """None: only an event changes anything."""


@dataclass(frozen=True, slots=True)
class WhiteGlovePlan:
    """The decisions of one batch, by subject; each service once, under the first that led to it."""

    services: Mapping[UUID, tuple[ServicePlan, ...]]
