"""What the replies worker reads (`worker.reply_contexts`) and answers (`worker.record_replies`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Tone = Literal["warm", "formal"]


class ReplySettings(BaseModel):
    """`smart_responses` of ai_settings: switches, and cosines from 0 to 1."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = True
    service_enabled: bool = True
    template_threshold: float = 0.12
    answer_threshold: float = 0.25


class ReplyTemplate(BaseModel):
    """One approved version; `edit_share`: how much of it agents changed before sending, 0 to 1."""

    model_config = ConfigDict(frozen=True)

    template_id: UUID
    template: str
    version: int
    language: str
    tone: Tone | None
    category: str
    examples: str
    body: str
    sent_count: int = 0
    edit_share: float = 0.0


class ReplyClient(BaseModel):
    """How to speak to somebody; null: not known, and never guessed."""

    model_config = ConfigDict(frozen=True)

    display_name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    gender: Literal["female", "male"] | None = None
    form_of_address: Literal["formal", "first_name"] = "formal"
    vocative: str | None = None


class OpenSpan(BaseModel):
    """From opening to closing, as the house's own clock shows it."""

    model_config = ConfigDict(frozen=True)

    opens_at: datetime
    closes_at: datetime


class ReplyFacts(BaseModel):
    """All that a draft may claim."""

    model_config = ConfigDict(frozen=True)

    ticket_number: int
    next_visit: datetime | None = None
    """As the house's own clock shows it."""
    opening: tuple[OpenSpan, ...] = ()


class GoodAnswer(BaseModel):
    """An answer that ended a ticket of a pleased client; `names` are to be taken out of it."""

    model_config = ConfigDict(frozen=True)

    message_id: UUID
    question: str
    answer: str
    names: tuple[str | None, ...] = ()


class ReplyContext(BaseModel):
    """One pending draft and everything its answer may rest on."""

    model_config = ConfigDict(frozen=True)

    draft_id: UUID
    inquiry: str
    category: str
    language: str
    tier: str
    channel: str
    agent_name: str | None
    client: ReplyClient
    facts: ReplyFacts
    answers: tuple[GoodAnswer, ...] = ()
    has_consent: bool = False
    is_objected: bool = False


class SentDraft(BaseModel):
    """A draft and the answer that was sent after taking it."""

    model_config = ConfigDict(frozen=True)

    draft_id: UUID
    draft: str
    answer: str


class ReplyContexts(BaseModel):
    """As of one moment."""

    model_config = ConfigDict(frozen=True)

    settings: ReplySettings = ReplySettings()
    templates: tuple[ReplyTemplate, ...] = ()
    drafts: tuple[ReplyContext, ...] = ()
    sent: tuple[SentDraft, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What becomes of a pending draft; `draft` None: nothing to propose, and why."""

    draft: str | None
    language: str | None = None
    template_id: UUID | None = None
    sources: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    is_service_used: bool = False
    model: str | None = None
    fallback_reason: str | None = None
    service_ms: int | None = None
    token_count: int = 0


@dataclass(frozen=True)
class Edit:
    """Words put in, taken out or replaced before sending; of how many words."""

    edit_distance: int
    word_count: int
