"""What the triage worker reads (`worker.triage_contexts`) and decides (`worker.record_triage`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lib.intelligence.models.sentiment import SentimentSettings

Urgency = Literal["low", "medium", "high"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class TriageSettings(_Context):
    """`triage` of ai_settings: shares, 0 to 1."""

    enabled: bool = True
    suggest_threshold: float = 0.5
    apply_threshold: float = 0.8


class Settings(_Context):
    """The rows of ai_settings that triage follows."""

    triage: TriageSettings = TriageSettings()
    sentiment: SentimentSettings = SentimentSettings()


class Settled(_Context):
    """How often agents kept a suggested category, and how often they chose another."""

    accepted: int
    overruled: int


class Mood(_Context):
    """A client's moving average of scores, -1 to 1, over so many messages."""

    level: float = 0.0
    judged_count: int = 0
    is_low: bool = False


class MessageContext(_Context):
    """One message of a client."""

    message_id: UUID
    ticket_id: UUID
    client_id: UUID
    subject: str
    """Of the ticket, with its first message only."""
    body: str
    profile_language: str
    mood: Mood = Mood()


class TriageContexts(_Context):
    """Messages nobody has judged, as of one moment, in the order they were written."""

    settings: Settings = Settings()
    settled: Mapping[str, Settled] = {}
    messages: tuple[MessageContext, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value proposed for a field of the ticket."""

    field: str
    value: str
    confidence: float
    is_to_apply: bool
    """Confident enough to be set unasked, if nobody has chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMood:
    """The mood after the message."""

    level: float
    judged_count: int
    is_low: bool
    fell_from: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that is recorded about one message."""

    message_id: UUID
    language: str | None
    language_confidence: float
    category: str
    category_confidence: float
    urgency: Urgency
    safety_rules: tuple[str, ...]
    sentiment: str | None
    sentiment_score: float | None
    sentiment_confidence: float | None
    is_abstained: bool
    probabilities: Mapping[str, float]
    details: Mapping[str, Any]
    model_versions: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    is_priority_to_apply: bool
    mood: NewMood | None
    """None: nothing sure was said about the sentiment."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What an agent said instead: of which text, about language or sentiment, in which language."""

    text: str
    field: str
    correct: str
    language: str | None
