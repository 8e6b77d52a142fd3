"""What the worker of corrective actions reads, and what it decides.

Contexts come from `worker.improvement_contexts`; plans go to `worker.record_improvements`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class ImprovementSample(_Context):
    """A conversation judged by one standard, drawn with the same chance as any other."""

    id: UUID
    """Of the review, or of the ticket that a rule looked at."""
    is_pass: bool
    happened_at: datetime


class _Watched(_Context):
    closing_count: int
    opening_count: int
    reopening_count: int
    window_count: int
    target_percent: int
    """What has to be surely exceeded to close, surely missed to open again."""
    standard_percent: int
    """What the standard itself asks for: surely missed, the house opens an action."""
    samples: tuple[ImprovementSample, ...]


class WatchedAction(_Watched):
    """An action that may close or open again, with the samples since it last changed."""

    action_id: UUID
    state: Literal["open", "closed"]


class Fault(_Watched):
    """What audits found fault with and nothing is done about, with the samples of late."""

    standard: str
    scope: Literal["agent", "desk", "channel"]
    agent_id: UUID | None
    channel: str | None
    audit_id: UUID
    due_days: int


class ImprovementContext(_Context):
    """All that is watched at the desk of an audit, or at a desk."""

    subject_id: UUID
    desk_id: UUID
    actions: tuple[WatchedAction, ...]
    faults: tuple[Fault, ...]
    fingerprint: str
    """Stands for all of the above: the write compares it with the rows under lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of the samples that count passed."""

    passed: int
    count: int
    sample_ids: tuple[UUID, ...]
    """Those that count; of a fault the failed ones alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Tally):
    """An action closes or opens again."""

    kind: Literal["close", "reopen"]
    action_id: UUID
    target_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening(Tally):
    """The house opens an action."""

    standard: str
    scope: Literal["agent", "desk", "channel"]
    agent_id: UUID | None
    channel: str | None
    audit_id: UUID
    due_days: int
    target_percent: int
    kind: Literal["open"] = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementPlan:
    """What is done at one desk; no decisions: nothing is sure enough."""

    subject_id: UUID
    desk_id: UUID
    fingerprint: str
    decisions: tuple[Verdict | Opening, ...]
