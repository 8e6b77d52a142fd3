"""What the worker of planned hand-overs reads and what it decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class PlannedHandover(_Context):
    """A client book that is to change hands."""

    handover_id: UUID
    effective_at: datetime
    takers_left: int
    """How many could take clients, as of now."""


class ClientBookContexts(_Context):
    """The hand-overs asked about that are still planned, as of one moment."""

    read_at: datetime
    handovers: tuple[PlannedHandover, ...]


@dataclass(frozen=True, slots=True)
class HandoverVerdict:
    """What is to be done about one hand-over now."""

    verdict: Literal["carry_out", "call_off", "wait"]
    look_again_at: datetime | None
