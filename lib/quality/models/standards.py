"""What the automatic check of a conversation reads, and what it answers.

Contexts come from `worker.quality_contexts`; checks go to `worker.record_quality_checks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Answer = Literal["yes", "no", "not_applicable"]

SkipReason = Literal["one_sided", "few_words", "spam", "nobody_credited"]
"""Why a conversation is not judged: nobody answered, hardly a word, nobody to credit."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Message(_Context):
    """A public message of the cycle, in order of time, and what was found in it."""

    id: UUID
    author_kind: Literal["client", "agent", "assistant", "system"]
    author_id: UUID | None
    body: str
    created_at: datetime
    sentiment: float | None
    """-1 to 1, of clients' messages; None: not judged, or the judge abstained."""
    brand_score: int | None
    """0 to 100, of colleagues' messages that passed the gate; None: not checked."""
    brand_rules: tuple[str, ...]
    is_override: bool
    """It was sent against the gate's advice."""


class KeptPromise(_Context):
    """A promise of the cycle and what became of it."""

    id: UUID
    kind: str
    state: Literal["running", "paused", "met", "breached", "cancelled"]


class Standard(_Context):
    """An automatic standard that applies to the channel and tier of the cycle."""

    standard: str
    version: int
    check_name: str
    parameters: Mapping[str, Any]


class QualityCase(_Context):
    """A service cycle that ended and was not checked."""

    ticket_id: UUID
    cycle: int
    language: str
    category: str
    ended_at: datetime
    has_resolution: bool
    agent_id: UUID | None
    """Who is credited."""
    previous_agent_id: UUID | None
    """Who had the ticket in the cycle before."""
    given_name: str | None
    family_name: str | None
    messages: tuple[Message, ...]
    promises: tuple[KeptPromise, ...]
    standards: tuple[Standard, ...]

    @property
    def said(self) -> tuple[Message, ...]:
        """What colleagues wrote."""
        return tuple(said for said in self.messages if said.author_kind == "agent")

    @property
    def asked(self) -> tuple[Message, ...]:
        """What the client wrote."""
        return tuple(said for said in self.messages if said.author_kind == "client")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of one rule, and the messages or promises it rests on."""

    answer: Answer
    evidence: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardAnswer:
    """The answer to one version of a standard."""

    standard: str
    standard_version: int
    answer: Answer
    evidence: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityCheck:
    """What is written about one cycle: its answers, or why there are none."""

    ticket_id: UUID
    cycle: int
    agent_id: UUID | None
    skip_reason: SkipReason | None
    policy_version: str
    answers: tuple[StandardAnswer, ...] = ()
