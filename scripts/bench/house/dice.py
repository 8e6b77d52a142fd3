"""What is thrown: ids, choices, durations with a long tail, hours of a house in Warsaw."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scripts.bench.house.plan import DAYS, Plan

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Moments = NDArray[np.datetime64]
NEVER = np.datetime64("NaT", "us")

# By the hour in Warsaw: few write at night, most before noon and after work.
HOURS = (2, 1, 1, 1, 1, 2, 6, 18, 45, 70, 82, 84, 76, 68, 66, 66, 70, 80, 86, 74, 52, 32, 16, 6)
WEEKDAYS = (1.15, 1.08, 1.05, 1.04, 1.10, 0.72, 0.36)
# By the month: weddings and holidays in summer, gifts in December.
MONTHS = (0.92, 0.95, 1.0, 1.02, 1.1, 1.12, 0.94, 0.9, 1.04, 1.05, 1.12, 1.25)
GROWTH = 0.5
"""The last day is busier than the first by this share."""


def ids(rng: np.random.Generator, count: int) -> pl.Series:
    """Random UUIDs (version 4) in hexadecimal."""
    raw = rng.integers(0, 256, (count, 16), dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    text = raw.tobytes().hex()
    return pl.Series("id", [text[at : at + 32] for at in range(0, len(text), 32)], pl.String)


def pick(rng: np.random.Generator, shares: Sequence[float], count: int) -> Ints:
    """Indices, each as often as its share says."""
    return rng.choice(len(shares), size=count, p=np.array(shares) / sum(shares))


def words(names: Sequence[str], indices: Ints) -> pl.Series:
    """The names at these places."""
    return pl.Series(list(names), dtype=pl.String).gather(indices)


def tail(rng: np.random.Generator, typical: Floats, spread: float) -> Floats:
    """Durations around what is typical, log-normal: most are short, a few very long."""
    return typical * np.exp(rng.normal(0.0, spread, len(typical)))


def after(moments: Moments, seconds: Floats) -> Moments:
    """So many seconds later, to the millisecond."""
    later: Moments = moments + (np.rint(seconds * 1000) * 1000).astype("timedelta64[us]")
    return later


def until(moments: Moments, end: np.datetime64) -> Moments:
    """NaT for what has not happened by the end."""
    return np.where(moments <= end, moments, NEVER)


class Hours:
    """Every hour of the past with its share of what happens; draws come in order of time."""

    def __init__(self, plan: Plan, hours: Sequence[int] = HOURS) -> None:
        """Lays out two years of hours in Warsaw, `hours` being how busy each of a day is."""
        first = plan.since.date()
        days = [first + timedelta(days=number) for number in range(DAYS + 1)]
        busy = np.array([_busyness(day, number / DAYS) for number, day in enumerate(days)])
        local = np.array(first, "M8[h]") + np.arange(24 * len(days))
        # The hour that spring skips is the one after it; the one that autumn repeats, the first.
        zoned = pl.Series(local.astype("M8[us]")).dt.replace_time_zone(
            "Europe/Warsaw", ambiguous="earliest", non_existent="null"
        )
        starts = zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None).to_numpy()
        weights = np.outer(busy, hours).ravel()
        inside = (starts >= np.datetime64(plan.since.replace(tzinfo=None), "h")) & (
            starts < plan.end - np.timedelta64(1, "h")
        )
        self.starts = starts[inside].astype("M8[us]")
        self.bounds = np.cumsum(weights[inside]) / weights[inside].sum()

    def draw(self, rng: np.random.Generator, first: int, count: int, total: int) -> Moments:
        """The moments of rows `first` to `first + count` of `total`, ascending."""
        place = (first + np.sort(rng.random(count)) * count) / total
        hours = np.minimum(np.searchsorted(self.bounds, place), len(self.bounds) - 1)
        below = np.concatenate(([0.0], self.bounds))[hours]
        share = (place - below) / (self.bounds[hours] - below)
        return after(self.starts[hours], 3599 * np.clip(share, 0, 1))


def _busyness(day: date, age: float) -> float:
    return WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * (1 + GROWTH * age)
