"""Two years of samples, one a minute for each monitored metric; of each desk for a quarter.

The backlog is counted from the tickets themselves; the others wander around what is usual at that
hour, as sampled numbers do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import psycopg

from scripts.bench.house.dice import Floats, Ints, Moments, ids
from scripts.bench.house.people import People
from scripts.bench.house.plan import DAYS, Plan
from scripts.bench.house.tickets import Stretch

SAMPLES = "public.performance_metrics"
MINUTES = DAYS * 1440
BLOCK = 30 * 1440
DESK_MINUTES = 90 * 1440
"""The desks have had samples of their own for so long."""
USUAL = {
    "vip_response_time": ("response", "seconds", 24.0, 6.0),
    "client_satisfaction": ("satisfaction", "points", 4.6, 0.1),
    "support_efficiency": ("efficiency", "percent", 82.0, 4.0),
}
"""Category, unit, and how far a metric wanders around which value."""
WORDS = {"system_health": ("system", "percent"), "backlog": ("load", "count")} | {
    metric: each[:2] for metric, each in USUAL.items()
}


@dataclass
class Backlog:
    """Counts, stretch by stretch, what was open at each minute at each desk."""

    plan: Plan
    people: People
    changes: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.changes = np.zeros((len(self.people.desks), MINUTES), dtype=np.int64)

    def count(self, stretch: Stretch) -> None:
        """Cycles begin and end."""
        for desk, key in enumerate(self.people.desks):
            mine = stretch.cycles.filter(pl.col("desk_id") == key)
            for column, step in (("began_at", 1), ("resolved_at", -1)):
                minutes = self._minutes(mine[column].drop_nulls())
                self.changes[desk] += step * np.bincount(minutes, minlength=MINUTES)

    def _minutes(self, moments: pl.Series) -> Ints:
        age = moments.to_numpy() - (self.plan.end - np.timedelta64(MINUTES, "m"))
        return np.clip(age.astype("m8[m]").astype(np.int64) + 1, 0, MINUTES - 1)

    def levels(self) -> Ints:
        """Open cycles, desk by minute."""
        return np.cumsum(self.changes, axis=1)


def make_months(db: psycopg.Connection, plan: Plan) -> list[str]:
    """Makes the partitions, and says which there are."""
    db.execute(
        "select private.make_metric_month(month_at::date)"
        " from generate_series(date_trunc('month', %s), %s, interval '1 month') month_at",
        [plan.since, plan.until],
    )
    rows = db.execute("select partition::text from private.list_metric_months()").fetchall()
    return [name for (name,) in rows]


def samples(plan: Plan, people: People, levels: Ints) -> Iterator[tuple[str, pl.DataFrame]]:
    """A month at a time, minute by minute, as they would have been written."""
    begin = plan.end.astype("M8[m]") - np.timedelta64(MINUTES - 1, "m")
    for first in range(0, MINUTES, BLOCK):
        rng = plan.rng(90, first)
        minutes = np.arange(first, min(first + BLOCK, MINUTES))
        at = (begin + minutes).astype("M8[us]")
        health = 100 - rng.exponential(0.6, len(at)).clip(0, 40)
        parts = [_series(rng, at, "system_health", None, health)]
        parts += _place(rng, at, None, levels[:, minutes].sum(axis=0))
        if first + BLOCK > MINUTES - DESK_MINUTES:
            for desk, key in enumerate(people.desks):
                parts += _place(rng, at, key, levels[desk, minutes])
        yield SAMPLES, pl.concat(parts).sort("measured_at", maintain_order=True)


def _place(
    rng: np.random.Generator, at: Moments, desk: str | None, backlog: Ints
) -> list[pl.DataFrame]:
    rest = [_wandering(rng, at, metric, desk) for metric in USUAL]
    return [_series(rng, at, "backlog", desk, backlog.astype(np.float64)), *rest]


def _wandering(
    rng: np.random.Generator, at: Moments, metric: str, desk: str | None
) -> pl.DataFrame:
    _, _, usual, spread = USUAL[metric]
    drift = np.convolve(rng.normal(0, spread, len(at) + 119), np.full(120, 1 / 11), "valid")
    rows = _series(rng, at, metric, desk, np.maximum(usual + drift, 1))
    if metric != "vip_response_time" or desk is None:
        return rows
    # At night nobody of a single desk was answered within the hour.
    return rows.filter(pl.col("measured_at").dt.hour().is_between(6, 21))


def _series(
    rng: np.random.Generator, at: Moments, metric: str, desk: str | None, value: Floats
) -> pl.DataFrame:
    category, unit = WORDS[metric]
    return pl.DataFrame({"measured_at": at, "value": value.round(4)}).with_columns(
        id=ids(rng, len(at)), metric_name=pl.lit(metric), desk_id=pl.lit(desk, pl.String),
        category=pl.lit(category), unit=pl.lit(unit), metadata=pl.lit('{"version": 1}'),
        created_at="measured_at",
    )  # fmt: skip
