"""What alerting reads and what it decides.

Contexts come from `worker.alert_contexts`, one snapshot; decisions go to `worker.record_alerts`.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Direction = Literal["above", "below"]
"""Which side of the threshold is bad."""

Outcome = Literal["raise", "watch", "calm", "hold", "clear"]
"""Open an alert; bad, but not for long enough; nothing to do; it stays open; it is over."""

ClearReason = Literal["recovered", "rule_off"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Step(_Context):
    """One step of an escalation chain."""

    after_seconds: int
    """Since the step before; the first: since the alert was raised or its silence ended."""
    to: str


class OpenAlert(_Context):
    """An alert that is not over."""

    id: UUID
    version: int
    state: Literal["open", "acknowledged", "silenced"]
    steps_taken: int
    stepped_at: datetime
    silenced_until: datetime | None


class AlertCase(_Context):
    """One rule at one desk (None: in the house), with what is measured now."""

    rule_id: UUID
    rule_version: int
    desk_id: UUID | None
    is_active: bool
    direction: Direction
    raise_threshold: Decimal
    clear_threshold: Decimal
    min_seconds: int
    min_samples: int
    cooldown_seconds: int
    escalation: tuple[Step, ...]
    value: Decimal | None
    """In the metric's unit; None when there is nothing to measure."""
    sample_count: int
    ticket_id: UUID | None
    """The worst of what was measured, if it is a ticket."""
    watched_at: datetime | None
    """Since when the value is bad without an alert."""
    last_cleared_at: datetime | None
    alert: OpenAlert | None


class AlertContexts(_Context):
    """Everything there is to judge, as of one moment of the database's clock."""

    read_at: datetime
    cases: tuple[AlertCase, ...]


@dataclass(frozen=True, slots=True)
class AlertDecision:
    """What becomes of one case. Rule and alert are named with the versions that were judged."""

    rule_id: UUID
    rule_version: int
    desk_id: UUID | None
    outcome: Outcome
    value: Decimal | None
    ticket_id: UUID | None
    alert_id: UUID | None = None
    alert_version: int | None = None
    is_resumed: bool = False
    """A silence ended while the value was still bad."""
    step: int | None = None
    """The step of the chain to take now, from 1."""
    watched_at: datetime | None = None
    clear_reason: ClearReason | None = None
    is_quiet: bool = False
    """Nobody is told of the end: the alert was silenced."""
