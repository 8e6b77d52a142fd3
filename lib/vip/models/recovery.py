"""What the recovery worker reads and what it decides.

Contexts come from `worker.recovery_contexts`, one snapshot; a plan goes to
`worker.record_recovery`. All instants are the database's own: no worker's clock is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Trigger = Literal["survey", "promise", "sentiment", "service"]
Stage = Literal["relationship_manager", "dedicated_agent", "deputy_agent", "manager"]
Verdict = Literal["open", "recovered", "not_recovered"]
Delay = Literal["unowned", "silence", "callback", "resolution"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class TriggerFacts(_Context):
    """An event that may be a failure of ours."""

    job_id: int
    trigger: Trigger
    subject_id: UUID | None
    """The survey, promise, message or service."""
    client_id: UUID | None
    """None: nobody we know."""
    ticket_id: UUID | None
    is_vip: bool
    """The client's tier, or the one the promise was given in, is looked after personally."""
    score: int | None
    """Of a survey, 1 to 5; None: it was left out."""
    survey_kind: str | None
    case_id: UUID | None
    """Of which case it is the second survey."""
    is_owed: bool
    """False: the broken promise was called off."""
    details: Mapping[str, Any]


class Candidate(_Context):
    """Somebody who could own a case, in the order they are asked."""

    staff_id: UUID
    stage: Stage
    is_online: bool
    is_on_leave: bool
    case_count: int
    """Open cases they own."""


class RecoveryCase(_Context):
    """A case that is not closed."""

    case_id: UUID
    version: int
    state: Literal["open", "in_progress", "resolved"]
    began_at: datetime
    """Opened, or opened again."""
    owner_id: UUID | None
    assigned_at: datetime | None
    taken_at: datetime | None
    """When its owner first did something; None: not yet."""
    callback_due_at: datetime | None
    called_back_at: datetime | None
    resolved_at: datetime | None
    told: tuple[Delay, ...]
    """Which delays managers know of."""
    is_failed_recovery: bool
    """The client has said that what we did was not enough."""
    can_owner_stay: bool
    tried_ids: frozenset[UUID]
    """Who was given it since it began."""
    candidates: tuple[Candidate, ...]
    subject_ids: frozenset[UUID]
    """Of the jobs that led here: the case, staff, absences."""


class RecoveryContexts(_Context):
    """What the jobs are about, as of one moment."""

    read_at: datetime
    triggers: tuple[TriggerFacts, ...]
    cases: tuple[RecoveryCase, ...]


@dataclass(frozen=True, slots=True)
class TriggerDecision:
    """A case is opened (or gets one more trigger), or a second survey is written back."""

    verdict: Verdict
    trigger: Trigger
    subject_id: UUID | None
    client_id: UUID
    ticket_id: UUID | None
    case_id: UUID | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tell:
    """Managers, and the owner, hear of a delay."""

    kind: str
    delay: Delay
    recipient_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlan:
    """All that is to be done about one case now."""

    case_id: UUID
    version: int
    owner_id: UUID | None = None
    """A new owner; None: it stays as it is."""
    owner_stage: Stage | None = None
    reason: str | None = None
    candidates: tuple[Mapping[str, Any], ...] = ()
    """Who was considered, and why not they."""
    policy_version: str = ""
    told: tuple[Delay, ...] = ()
    tells: tuple[Tell, ...] = ()
    due_at: datetime | None = None
    look_again_at: datetime | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class RecoveryPlan:
    """Decisions by job, and plans by the subject they came from."""

    triggers: Mapping[int, TriggerDecision]
    cases: Mapping[UUID, tuple[CasePlan, ...]]
