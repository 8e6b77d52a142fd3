"""Days of visits by client, from a file or simulated, and snapshots of them at earlier moments."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Days = NDArray[np.int64]
EPOCH = date(1970, 1, 1)
NAMES = ("repeats", "recency_days", "silence_days", "visits_30", "visits_90", "visits_180")
SNAPSHOTS = 4
LAST = 10_000


@dataclass(frozen=True)
class Visits:
    """Sorted by client and day: clients are numbers, days count from 1970; a day once a client."""

    clients: Days
    days: Days


def read_visits(path: Path) -> tuple[Visits, list[str]]:
    """Return the visits of a file, and a sentence about lines that are none."""
    found, bad = set(), 0
    for line in path.read_text("utf-8", errors="replace").splitlines():
        fields = line.split()
        try:
            found.add((fields[0], _day(fields[1])))
        except (IndexError, ValueError):
            bad += bool(fields) and bool(found)
    _, clients = np.unique([client for client, _ in found], return_inverse=True)
    notes = [f"{bad} lines were no visit and left out."] if bad else []
    return _sorted(clients.astype(np.int64), np.array([day for _, day in found])), notes


def simulate(count: int = 6000, days: int = 540, seed: int = 1) -> Visits:
    """Clients as BG/NBD has them: each a rate of their own, each a chance to stop after a visit."""
    draw = np.random.default_rng(seed)
    rates, stops = draw.gamma(0.8, 1 / 40, count), draw.beta(0.9, 3, count)
    at, left = draw.uniform(0, days / 3, count), np.arange(count)
    clients, when = [left], [at]
    while len(left):
        at = at + draw.exponential(1 / np.maximum(rates[left], 1e-9))
        stays = at < days
        at, left = at[stays], left[stays]
        clients.append(left)
        when.append(at)
        stays = draw.random(len(left)) >= stops[left]
        at, left = at[stays], left[stays]
    return _sorted(np.concatenate(clients), LAST + np.concatenate(when).astype(np.int64))


def snapshots(visits: Visits, horizon: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(everybody a horizon before the last day, the same at the moments another horizon before).

    Columns: client_id, as_of, outcome (1: nobody came within the horizon), NAMES.
    """
    newest = int(visits.days.max()) - horizon - 1
    moments = [newest - place * (horizon + 1) for place in range(SNAPSHOTS + 1)]
    frames = [_snapshot(visits, moment, horizon) for moment in moments]
    return frames[0], pl.concat(frames[1:])


def _snapshot(visits: Visits, moment: int, horizon: int) -> pl.DataFrame:
    is_past = visits.days <= moment
    is_ahead = ~is_past & (visits.days <= moment + horizon)
    came = set(visits.clients[is_ahead].tolist())
    clients, first = np.unique(visits.clients[is_past], return_index=True)
    days = visits.days[is_past]
    last = np.append(first[1:], len(days)) - 1
    counts = {
        f"visits_{width}": np.add.reduceat(days > moment - width, first).astype(float)
        for width in (30, 90, 180)
    }
    return pl.DataFrame(
        {
            "client_id": clients.astype(str),
            "outcome": [int(client not in came) for client in clients.tolist()],
            "repeats": (last - first).astype(float),
            "recency_days": (days[last] - days[first]).astype(float),
            "silence_days": (moment - days[last]).astype(float),
            **counts,
        }
    ).with_columns(pl.lit(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=moment)).alias("as_of"))


def _day(word: str) -> int:
    if len(word) != 8:
        raise ValueError("not a date")
    return (date(int(word[:4]), int(word[4:6]), int(word[6:])) - EPOCH).days


def _sorted(clients: Days, days: Days) -> Visits:
    pairs = np.unique(np.stack([clients, days], axis=1), axis=0)
    return Visits(pairs[:, 0], pairs[:, 1])
