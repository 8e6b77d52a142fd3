"""What the worker of goals reads and what it decides.

Contexts come from `worker.goal_contexts`, judgements go to `worker.record_goals`. Days are those of
Warsaw; values are in the goal's own unit.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Kind = Literal["level", "cumulative", "stated"]
"""A KPI over its period; a sum from the goal's first day on; whatever its owner says."""

State = Literal["open", "reached", "missed"]

Verdict = Literal["on_course", "likely", "at_risk", "will_miss", "unknown"]
"""Even the worse end of the interval reaches the target; the forecast does; only the better end
does; not even that; there are too few days to say."""


class _Context(BaseModel):
    model_config = ConfigDict(frozen=True)


class Point(_Context):
    """The value of a whole day."""

    on: date
    value: float


class Goal(_Context):
    """An open goal, where it stands and what it was made of."""

    id: UUID
    version: int
    kind: Kind
    baseline: float
    target: float
    starts_on: date
    due_on: date
    window_days: int
    """Of a level: over how many days, up to the last one."""
    value: float | None
    """None: nothing was observed."""
    progress: float
    """As it was known, 0 to 100."""
    lowest: float | None
    highest: float | None
    """The ends of the scale; None: it has none."""
    warned_at: datetime | None
    points: tuple[Point, ...]
    """In order; days without a value are left out."""

    def reaches(self, value: float) -> bool:
        """Return whether the value is as good as the target."""
        return value >= self.target if self.target > self.baseline else value <= self.target


class GoalContexts(_Context):
    """Open goals at one moment of the database's clock."""

    read_at: datetime
    today: date
    goals: tuple[Goal, ...]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The value of the day a goal is due: low <= value <= high."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class GoalJudgement:
    """What becomes of a goal."""

    goal_id: UUID
    version: int
    read_at: datetime
    value: float | None
    progress: float
    state: State
    forecast: Forecast | None
    verdict: Verdict
    is_warned: bool
    """Its owner is to be told now that it will be missed."""
