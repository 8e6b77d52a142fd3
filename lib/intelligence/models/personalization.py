"""What the worker reads (`worker.personalization_contexts`) and writes (`record_preferences`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Topic = Literal["treatment", "provider", "weekday", "daypart", "channel", "language", "product"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Choice(NamedTuple):
    """Something the client chose instead of the rest of its topic."""

    topic: Topic
    choice: str
    chosen_at: datetime


class PersonalizationSettings(_Context):
    """`personalization` of ai_settings and the switch of the house."""

    is_enabled: bool
    learning_rate: float


class ClientChoices(_Context):
    """A client who agreed to a profile."""

    client_id: UUID
    subject_ids: Sequence[UUID]
    """Of the jobs this is about."""
    choices: Sequence[Choice]
    """Within two years, oldest first; none of those who object to profiling."""


class PersonalizationContexts(_Context):
    """One snapshot, by the database's clock."""

    read_at: datetime
    settings: PersonalizationSettings
    clients: Sequence[ClientChoices]


@dataclass(frozen=True, kw_only=True)
class Preference:
    """How much a client likes this among its topic, 0 to 1."""

    topic: Topic
    choice: str
    value: float
    confidence: float
    choice_count: int
    """Choices of the topic it was learnt from."""
    expires_at: datetime
    policy_version: str


@dataclass(frozen=True, kw_only=True)
class LearntProfile:
    """All that is learnt of a client; what is not in it any more is forgotten."""

    client_id: UUID
    read_at: datetime
    preferences: Sequence[Preference]
