"""Do clients still look like those a model learnt from? The population stability index, honestly.

The textbook limits of 0.1 and 0.2 are noise below some hundred rows: the alarm is the index that
equal populations of these sizes exceed once in twenty times, if that is larger.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BINS = 10
LIMIT = 0.2
DRAWS = 200


@dataclass(frozen=True, slots=True)
class Drift:
    """The index of one feature and what it is compared with."""

    index: float
    alarm_at: float

    @property
    def is_alarming(self) -> bool:
        """Whether it is more than chance and more than 0.2."""
        return self.index > self.alarm_at


def compare(reference: Floats, present: Floats, seed: int = 0) -> Drift:
    """Two samples of one feature, of any sizes; ValueError if one is empty."""
    if not len(reference) or not len(present):
        raise ValueError("both samples need values")
    edges = np.unique(np.quantile(reference, np.linspace(0, 1, BINS + 1)[1:-1]))
    before, after = shares(edges, reference), shares(edges, present)
    return Drift(index(before, after), _alarm(before, len(reference), len(present), seed))


def shares(edges: Floats, values: Floats) -> Floats:
    """The share of values in each bin, none of them quite 0."""
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return smoothed(counts)


def smoothed(counts: NDArray[np.int64]) -> Floats:
    """Shares, as if each bin had half a value more."""
    more = counts.astype(np.float64) + 0.5
    shared: Floats = more / np.sum(more)
    return shared


def index(before: Floats, after: Floats) -> float:
    """The population stability index of two lists of shares: 0 when they are the same."""
    return float(np.sum((after - before) * np.log(after / before)))


def _alarm(before: Floats, reference: int, present: int, seed: int) -> float:
    draw = np.random.default_rng(seed)
    chances = before / before.sum()

    chance = [
        index(*(smoothed(draw.multinomial(size, chances)) for size in (reference, present)))
        for _ in range(DRAWS)
    ]
    return max(LIMIT, float(np.quantile(chance, 0.95)))
