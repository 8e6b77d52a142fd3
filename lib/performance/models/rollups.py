"""What rolling metrics up reads (`worker.rollup_contexts`) and what it decides."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Grain(_Context):
    """One size of cells, and since when they are there."""

    grain: str
    kept_days: int | None
    """None: for ever."""

    kept_since_at: datetime | None
    """None: none was ever deleted."""


class RollupContexts(_Context):
    """What is stale and what is kept, at one moment of the database's clock."""

    read_at: datetime
    marks: int
    grains: tuple[Grain, ...]


@dataclass(frozen=True, kw_only=True)
class Pruning:
    """Cells of this size from before the day of that moment go."""

    grain: str
    before: datetime


@dataclass(frozen=True, kw_only=True)
class RollupPlan:
    """How many rounds of rolling at most, and what is pruned first."""

    rounds: int
    prunings: tuple[Pruning, ...]
