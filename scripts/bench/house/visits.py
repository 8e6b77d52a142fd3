"""Visits, and what was bought at them."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from scripts.bench.house import plan as shares
from scripts.bench.house.dice import Hours, Ints, Moments, after, ids, pick, words
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan
from scripts.bench.house.wares import Wares

Rows = Iterator[tuple[str, pl.DataFrame]]
SALON = tuple(10 if 8 <= hour < 20 else 0 for hour in range(24))
PER_TICKET = 0.8
STATUSES = ("completed", "missed", "cancelled", "cancelled_late")
STATUS_SHARES = (0.86, 0.03, 0.08, 0.03)
PRODUCTS_PER_VISIT = 0.35
REFUNDED = 0.02


def visits(plan: Plan, people: People, wares: Wares) -> Rows:
    """Visits with their purchases, in the order in which they took place."""
    hours, total = Hours(plan, SALON), round(PER_TICKET * plan.tickets)
    for place, first in enumerate(range(0, total, plan.chunk)):
        rng = plan.rng(50, place)
        starts = hours.draw(rng, first, min(plan.chunk, total - first), total)
        client = people.draw(rng, starts)
        rows = _visits(rng, people, wares, client, starts)
        yield "public.visits", rows.drop("minutes")
        yield "public.purchases", _treatments(rows)
        yield "public.purchases", _products(rng, wares, rows)


def _visits(
    rng: np.random.Generator,
    people: People,
    wares: Wares,
    client: Ints,
    starts: Moments,
) -> pl.DataFrame:
    kind = pick(rng, (1 / np.arange(2, 2 + wares.treatments.height)).tolist(), len(client))
    booked = after(starts, -rng.lognormal(12.6, 0.8, len(client)))
    status = words(STATUSES, pick(rng, STATUS_SHARES, len(client)))
    rows = wares.treatments[kind].select(
        treatment_id="id", price_minor="price_minor", minutes="minutes"
    )
    ends = pl.lit(pl.Series(starts)) + pl.duration(minutes=pl.col("minutes"))
    keys = ids(rng, len(client))
    return rows.with_columns(
        id=keys, client_id=people.clients.gather(client), source=pl.lit(shares.SOURCE),
        external_ref=keys, status=status, starts_at=starts, booked_at=booked,
        provider=words(("Marta", "Kinga", "Oleh", "Sara"), pick(rng, (4, 3, 2, 1), len(client))),
        ended_at=pl.when(status == "completed").then(ends), told_at=booked, recorded_at=booked,
    )  # fmt: skip


def _treatments(visits_: pl.DataFrame) -> pl.DataFrame:
    return visits_.filter(pl.col("status") == "completed").select(
        "client_id", "source", kind=pl.lit("treatment"), visit_id="id", amount_minor="price_minor",
        purchased_at="ended_at", external_ref=pl.lit("visit ") + pl.col("id"),
        told_at="ended_at", recorded_at="ended_at",
    )  # fmt: skip


def _products(rng: np.random.Generator, wares: Wares, visits_: pl.DataFrame) -> pl.DataFrame:
    chosen = rng.random(visits_.height) < PRODUCTS_PER_VISIT
    at = visits_.filter(pl.Series(chosen) & (pl.col("status") == "completed"))
    kind = pick(rng, (1 / np.arange(2, 2 + wares.products.height)).tolist(), at.height)
    quantity = 1 + pick(rng, (85, 12, 3), at.height)
    amount = quantity * wares.products["price_minor"].to_numpy()[kind]
    return at.select(
        "client_id", "source", kind=pl.lit("product"), product_id=wares.products["id"].gather(kind),
        quantity=quantity, amount_minor=amount,
        refunded_minor=np.where(rng.random(at.height) < REFUNDED, amount, 0),
        purchased_at="ended_at", external_ref=pl.lit("product ") + pl.col("id"),
        told_at="ended_at", recorded_at="ended_at",
    )  # fmt: skip
