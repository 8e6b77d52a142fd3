"""Clients who come and stay away as the BG/NBD model says, so that the truth is known."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lib.intelligence.prediction.bgnbd import BgNbd, Rhythm

Floats = NDArray[np.float64]
TRUTH = BgNbd(r=0.8, alpha=40.0, a=0.9, b=3.0)


def a_history(
    count: int, days: float, ahead: float = 90.0, seed: int = 1, truth: BgNbd = TRUTH
) -> tuple[Rhythm, Floats]:
    """The rhythm of `count` clients after so many days, and who stays away in the days ahead."""
    draw = np.random.default_rng(seed)
    rates = draw.gamma(truth.r, 1 / truth.alpha, count)
    leaving = draw.beta(truth.a, truth.b, count)
    repeats, recency, away = np.zeros(count), np.zeros(count), np.ones(count)
    for place, (rate, chance) in enumerate(zip(rates, leaving, strict=True)):
        at = 0.0
        while True:
            at += draw.exponential(1 / max(rate, 1e-12))
            if at > days:
                away[place] = float(at > days + ahead)
                break
            repeats[place] += 1
            recency[place] = at
            if draw.random() < chance:
                break
    return Rhythm(repeats, recency, np.full(count, days)), away


def a_frame(rhythm: Rhythm, outcomes: Floats | None = None) -> pl.DataFrame:
    """One row a client as the ladder reads it, with one more column that says nothing."""
    noise = np.random.default_rng(7).normal(size=len(rhythm.repeats))
    frame = pl.DataFrame(
        {
            "client_id": [f"client {place}" for place in range(len(noise))],
            "repeats": rhythm.repeats,
            "recency_days": rhythm.recency_days,
            "silence_days": rhythm.age_days - rhythm.recency_days,
            "noise": noise,
        }
    )
    return frame if outcomes is None else frame.with_columns(pl.Series("outcome", outcomes))
