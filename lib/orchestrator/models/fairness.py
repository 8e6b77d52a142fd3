"""What fairness reads and what it decides.

Contexts come from `worker.fairness_contexts`, one snapshot; verdicts go to
`worker.record_fairness`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Measure = Literal["load_gini_per_hour", "vip_share_spread", "wait_p95_seconds"]
"""What can be unfair: load for the time present, who gets the VIP work, how long clients wait."""

Outcome = Literal["alarming", "within", "insufficient"]
"""Unfair; fair enough; or too few agents or assignments to say."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class AgentShare(_Context):
    """What one agent of the desk carried that week. Loads are units of channels."""

    agent_id: UUID
    seconds_present: int
    """While online; 0 for somebody who was given work while away."""
    load_units: int
    vip_load_units: int


class FairnessLimit(_Context):
    """When a measure is alarming at this desk, and when it stops to be."""

    kind: Measure
    raise_above: Decimal
    clear_below: Decimal
    min_agents: int
    min_assignments: int
    is_alarming: bool
    """Whether its alarm is open now."""


class DeskWeek(_Context):
    """One desk in one week (of Warsaw, from Monday) with everybody who was at work."""

    desk_id: UUID
    week_on: date
    assignment_count: int
    vip_assignment_count: int
    wait_p95_seconds: int | None
    """Null when nothing was carried."""
    agents: tuple[AgentShare, ...]
    limits: tuple[FairnessLimit, ...]


class FairnessContexts(_Context):
    """All desks somebody worked at, as of one moment."""

    read_at: datetime
    desks: tuple[DeskWeek, ...]


@dataclass(frozen=True, slots=True)
class FairnessVerdict:
    """What is to be said of one measure of one desk in one week."""

    desk_id: UUID
    week_on: date
    kind: Measure
    outcome: Outcome
    value: Decimal
    """Shares to four places, waits in seconds."""
    limit_value: Decimal
    agent_count: int
    assignment_count: int
    policy_version: str
