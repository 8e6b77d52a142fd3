"""What the sender of webhooks reads, what came back, and what is decided of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SecretStr

Outcome = Literal["delivered", "retry", "dead"]
"""Arrived; to be sent again; given up."""

DisabledReason = Literal["gone", "failing"]
"""The receiver said for good that it is not there (410); nothing has arrived for too long."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Delivery(_Context):
    """One thing to tell one webhook. The same id and bytes at every attempt."""

    id: UUID
    attempts: int
    """How often it was sent before."""
    body: str
    webhook_id: UUID
    url: str
    is_active: bool
    failing_at: datetime | None
    secrets: tuple[SecretStr, ...]
    """The present one first; empty when the webhook is switched off."""


class WebhookContexts(_Context):
    """Deliveries that are due."""

    read_at: datetime
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt: a status of HTTP, or a word for why there is none."""

    status: int | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What becomes of a delivery. `attempts` as read: whoever sent it meanwhile comes first."""

    id: UUID
    attempts: int
    outcome: Outcome
    status: int | None
    error: str | None
    ceiling_seconds: float | None = None
    """The next attempt is anywhere up to here."""


@dataclass(frozen=True, slots=True)
class WebhookVerdict:
    """What a batch of attempts says about the webhook itself."""

    webhook_id: UUID
    is_failing: bool
    disabled_reason: DisabledReason | None = None
