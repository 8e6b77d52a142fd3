"""What workflows read and what they decide.

Contexts come from `worker.workflow_contexts` and `worker.workflow_dry_run_contexts`, each one
snapshot; decisions go to `worker.record_workflows` and `worker.record_workflow_dry_runs`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Fact = bool | int | float | str | list[str] | None
"""None: there is no such thing, e.g. no message or no deadline."""

Status = Literal["done", "skipped"]
Reason = Literal["matched", "conditions", "loop"]
"""Why it acts (matched), or does not: the conditions do not hold; it has acted in this chain."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Workflow(_Context):
    """When an event of this kind happens and the conditions hold, then the actions."""

    id: UUID
    version: int
    desk_id: UUID | None
    """Whose events; None: those of the whole house."""
    event_kind: str
    conditions: Mapping[str, Any]
    """A tree, see lib.orchestrator.conditions; checked by SQL when it was saved."""
    actions: tuple[Mapping[str, Any], ...]


class EventContext(_Context):
    """Something that happened, and what is known of its subject."""

    event_id: int
    event_kind: str
    occurred_at: datetime
    chain_id: int
    """The event that all this began with."""
    subject_id: UUID
    ticket_id: UUID | None
    ticket_number: int | None
    client_id: UUID
    desk_id: UUID
    facts: Mapping[str, Fact]
    """By field: the fields of the table workflow_fields."""
    fingerprint: str
    """Stands for the facts: the write compares it with the rows under lock."""
    ran_ids: frozenset[UUID]
    """Workflows that have already acted on this subject in this chain."""


class WorkflowContexts(_Context):
    """Events of one batch and the active workflows they concern, in the order these act."""

    read_at: datetime
    workflows: tuple[Workflow, ...]
    events: tuple[EventContext, ...]


class DryRunContexts(_Context):
    """A workflow on trial, and the past events it is tried on, oldest first."""

    id: UUID
    workflow: Workflow
    since: datetime
    """How far back events are known."""
    is_cut: bool
    """There were more events than were asked for; these are the latest."""
    events: tuple[EventContext, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison that decided, and what it found; texts of clients are not repeated."""

    place: str
    field: str
    op: str
    holds: bool
    found: Fact


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """What one workflow does about one event."""

    workflow: tuple[UUID, int]
    """Id and version."""
    status: Status
    reason: Reason
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class EventPlan:
    """What all workflows do about one event, in the order they act."""

    fingerprint: str
    runs: tuple[WorkflowRun, ...]


@dataclass(frozen=True, slots=True)
class WorkflowPlan:
    """The decisions of one batch, by event."""

    events: Mapping[int, EventPlan]
    policy_version: str


@dataclass(frozen=True, slots=True)
class DryRunMatch:
    """What would have been done about one event."""

    event_id: int
    occurred_at: datetime
    ticket_id: UUID | None
    ticket_number: int | None
    client_id: UUID
    status: Status
    actions: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """What a workflow would have done."""

    since: datetime
    looked_at_count: int
    matched_count: int
    loop_count: int
    is_cut: bool
    failed: Mapping[str, int]
    """How often each comparison was why it would not have acted, by place."""
    matches: Sequence[DryRunMatch]


@dataclass(frozen=True, slots=True)
class DryRunPlan:
    """The results of one batch, by dry run."""

    results: Mapping[UUID, DryRunResult]
    policy_version: str
