"""What a benchmark found, and whether that is what was asked for."""

from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a value or on a ratio."""

    side: Literal["at least", "at most"]
    bound: float

    def is_met(self, value: float) -> bool:
        """Whether `value` keeps the bound."""
        return value >= self.bound if self.side == "at least" else value <= self.bound


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the table.

    `value` is a median over rounds, in `unit`. `ratio` compares it to the finding named `beside`.
    The goal is about the ratio where there is one, otherwise about the value.
    """

    question: str
    what: str
    value: float
    unit: str
    beside: str = ""
    ratio: float | None = None
    goal: Goal | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        measured = self.value if self.ratio is None else self.ratio
        return self.goal.is_met(measured) if self.goal else None


def p50(values: list[float]) -> float:
    """The median."""
    return median(values)


def p95(values: list[float]) -> float:
    """The value that 95 % stay below."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
