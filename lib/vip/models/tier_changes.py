"""What the worker of ending tiers reads and what it decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class TierPeriod(_Context):
    """A tier that a client has until a certain moment."""

    period_id: UUID
    valid_until: datetime
    is_warned: bool


class TierChangeContexts(_Context):
    """The periods asked about that run and have an end, as of one moment."""

    read_at: datetime
    periods: tuple[TierPeriod, ...]


@dataclass(frozen=True, slots=True)
class TierVerdict:
    """What is to be done about one period now, and when to look again."""

    verdict: Literal["warn", "end"] | None
    look_again_at: datetime | None
