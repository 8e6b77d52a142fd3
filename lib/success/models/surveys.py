"""What surveys read and what is decided about them.

Contexts come from `worker.survey_contexts`, one snapshot; decisions go to `worker.record_surveys`.
All instants are the database's own: no worker's clock is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Outcome = Literal["ask", "wait", "skip", "mark_sent", "expire"]
"""Put it to the client; not yet; never; it has reached them; nobody answered in time."""

Manner = Literal["link", "phone"]


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Rule(_Context):
    """When clients of a tier are asked about this kind of service."""

    is_active: bool
    ask_at: datetime
    """The end of the service and the delay, in opening hours."""
    cooldown_seconds: int
    sample_share: float
    """0 to 1."""
    answer_seconds: int
    is_by_phone: bool
    excluded_categories: frozenset[str]


class Ticket(_Context):
    """The ticket of the service, as it stands now."""

    is_merged: bool
    is_reopened: bool
    """The cycle went on, or another one began."""
    category: str


class Question(_Context):
    """One question of the current version, in order."""

    question: str
    is_required: bool
    shown_if_question: str | None
    repeat_seconds: int
    """A client who was asked it within this time is not asked again."""


class Questionnaire(_Context):
    """What is asked at present."""

    version: int
    is_worded: bool
    """There is a language for the client in which no word is missing."""
    questions: tuple[Question, ...]


class Carried(_Context):
    """The message with the link."""

    state: str
    reason: str | None


class SurveyCase(_Context):
    """One survey that is not over, and all that decides how it goes on."""

    survey_id: UUID
    kind: Literal["cycle", "recovery", "treatment"]
    state: Literal["waiting", "queued", "sent", "skipped"]
    happened_at: datetime
    expires_at: datetime | None
    rule: Rule | None
    """None: nobody of this tier is asked any more."""
    ticket: Ticket | None
    is_internal: bool
    """The client works here."""
    has_phone_consent: bool
    caller_ids: tuple[UUID, ...]
    """Managers who may call: none of them has served the client."""
    last_asked_at: datetime | None
    asked_questions: Mapping[str, datetime]
    """Questions this client was asked before, and when last."""
    questionnaire: Questionnaire | None
    outreach: Carried | None
    fingerprint: str
    """Stands for all of the above: the write compares it with the rows under lock."""
    subject_ids: frozenset[UUID]
    """Which of the subjects asked about led to this survey."""


class SurveyContexts(_Context):
    """The surveys asked about, as they were at one moment."""

    read_at: datetime
    cases: tuple[SurveyCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDecision:
    """What becomes of one survey now; only the fields of its outcome are filled."""

    survey_id: UUID
    fingerprint: str
    subject_ids: frozenset[UUID]
    outcome: Outcome
    reason: str | None = None
    """Of a skip: the first that holds."""
    ask_at: datetime | None = None
    manner: Manner | None = None
    caller_id: UUID | None = None
    call_until: datetime | None = None
    questionnaire_version: int | None = None
    questions: tuple[str, ...] = ()
