"""What the plays' worker reads (`worker.play_contexts`) and decides (`worker.record_plays`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Arm = Literal["treated", "holdout"]
Delay = Literal["recovery_case", "recent_complaint"]
EndReason = Literal["calmed", "too_late", "not_contactable"]
State = Literal["postponed", "open", "settled", "stopped", "cancelled"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class PlaySettings(_Context):
    """`retention_plays` of ai_settings; the share of alerts that nobody acts on, 0 to 1."""

    enabled: bool
    holdout_share: float


class Play(_Context):
    """A play that waits, runs or ended."""

    id: UUID
    state: State
    alerted_at: datetime
    ends_at: datetime | None
    """60 days after it began; None: it has not."""
    return_visit_id: UUID | None
    """The first visit completed within the 60 days."""


class PlayFacts(_Context):
    """What one job is about."""

    job_id: int
    kind: str
    client_id: UUID
    is_alert: bool
    """Whether the client is likely to leave now."""
    prediction_id: UUID | None
    probability: float | None
    obstacle: str | None
    """Why no play may begin at all: an objection, contact restricted; None: nothing."""
    delay: Delay | None
    """Why none may begin yet; None: nothing."""
    is_in_play: bool
    """One began within 60 days."""
    play: Play | None
    """The client's that waits, or the one whose timer fired."""


class PlayContexts(_Context):
    """One snapshot, by the database's clock."""

    read_at: datetime
    settings: PlaySettings
    jobs: Sequence[PlayFacts]


@dataclass(frozen=True, kw_only=True)
class PlayDecision:
    """What becomes of one job; fields that the verdict does not need are None."""

    verdict: Literal["begin", "postpone", "cancel", "settle"]
    client_id: UUID
    play_id: UUID | None = None
    """None: a new play, drawn below."""
    period: int | None = None
    arm: Arm | None = None
    draw: float | None = None
    holdout_share: float | None = None
    prediction_id: UUID | None = None
    probability: float | None = None
    policy_version: str | None = None
    postponed_reason: Delay | None = None
    reconsider_at: datetime | None = None
    end_reason: EndReason | None = None
    outcome: Literal["returned", "stayed_away"] | None = None
    visit_id: UUID | None = None
