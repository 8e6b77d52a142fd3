"""What the sentiment worker reads (`worker.sentiment_contexts`) and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class SentimentSettings(BaseModel):
    """`sentiment` of ai_settings: shares, 0 to 1."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = True
    confidence_threshold: float = 0.7
    learning_rate: float = 0.4
    """Weight of the newest message in a client's mood."""
    fall_threshold: float = 0.45
    """A mood at or below minus this is low ..."""
    clear_threshold: float = 0.15
    """... until it is above minus this."""


class AskedText(BaseModel):
    """A text somebody wants judged."""

    model_config = ConfigDict(frozen=True)

    analysis_id: UUID
    text: str


class SentimentContexts(BaseModel):
    """Texts and thresholds, as of one moment."""

    model_config = ConfigDict(frozen=True)

    settings: SentimentSettings
    texts: tuple[AskedText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """An answer; sentiment and score are None where the house abstains."""

    analysis_id: str
    language: str | None
    sentiment: str | None
    sentiment_score: float | None
    sentiment_confidence: float | None
    probabilities: Mapping[str, float]
    model_version: str
