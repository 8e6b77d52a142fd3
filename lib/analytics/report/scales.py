"""Where values stand on an axis, and which of them are written beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on the way from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Where the value stands; what lies outside stands at the edge."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def ticks(self, most: int = 6) -> list[float]:
        """Round values within it."""
        step = tidy_step(self.high - self.low, most)
        first = math.ceil(round(self.low / step, 9))
        last = math.floor(round(self.high / step, 9))
        return [round(number * step, 9) for number in range(first, last + 1)]


def tidy_step(span: float, most: int) -> float:
    """The smallest round step that needs at most so many."""
    rough = span / most
    unit = 10.0 ** math.floor(math.log10(rough))
    return next(step * unit for step in STEPS if step * unit >= rough * (1 - 1e-9))


def tidy_range(
    values: Sequence[float], *, floor: float | None = None, ceiling: float | None = None
) -> tuple[float, float]:
    """Round ends around the values, within floor and ceiling, never of no width."""
    low, high = min(values), max(values)
    if high - low < 1e-6 * max(abs(low), abs(high), 1.0):
        pad = max(abs(high) * 0.1, 0.1)
        low, high = low - pad, high + pad
    step = tidy_step(high - low, 5)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    if floor is not None:
        low = max(low, floor)
    if ceiling is not None:
        high = min(high, ceiling)
    return (low, high) if high > low else (low - step, low + step)
