"""Memberships of a year, one after another until somebody does not renew."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from scripts.bench.house import plan as shares
from scripts.bench.house.dice import Ints, ids, pick
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan
from scripts.bench.house.wares import Wares

MEMBERS = (0.22, 0.5, 0.75, 0.9)
"""Of the clients of each tier so many hold one."""
RENEWED = 0.8
YEARS = 3
YEAR = np.timedelta64(365, "D")


def memberships(plan: Plan, people: People, wares: Wares) -> Iterator[tuple[str, pl.DataFrame]]:
    """Memberships and what they cost, the earliest first."""
    rng = plan.rng(60)
    joins = rng.random(plan.clients) < np.array(MEMBERS)[people.tier]
    client = np.flatnonzero(joins)
    kind = pick(rng, np.arange(wares.plans.height, 0, -1).tolist(), len(client))
    today = plan.end.astype("M8[D]")
    start = np.maximum(people.joined[client], plan.end - np.timedelta64(shares.DAYS, "D"))
    begins = start.astype("M8[D]") + rng.integers(-200, 500, len(client)).astype("m8[D]")
    keys = [ids(rng, len(client)) for _ in range(YEARS)]
    is_there = begins <= today
    for year in range(YEARS):
        ends = begins + YEAR - np.timedelta64(1, "D")
        renews = is_there & (ends < today) & (rng.random(len(client)) < RENEWED)
        renews &= year + 1 < YEARS
        following = keys[min(year + 1, YEARS - 1)]
        rows = _rows(people, wares, client, kind).with_columns(
            id=keys[year], starts_on=begins, ends_on=ends, external_ref=keys[year],
            status=pl.when(pl.Series(renews)).then(pl.lit("renewed"))
            .when(pl.Series(ends < today)).then(pl.lit("lapsed")).otherwise(pl.lit("active")),
            renewed_by_id=pl.when(pl.Series(renews)).then(following),
        ).filter(pl.Series(is_there))  # fmt: skip
        yield "public.memberships", rows.drop("amount_minor")
        yield "public.purchases", _purchases(rows)
        begins, is_there = begins + YEAR, renews


def _rows(people: People, wares: Wares, client: Ints, kind: Ints) -> pl.DataFrame:
    return wares.plans[kind].select(plan_id="id", amount_minor="price_minor").with_columns(
        client_id=people.clients.gather(client), source=pl.lit(shares.SOURCE)
    )  # fmt: skip


def _purchases(rows: pl.DataFrame) -> pl.DataFrame:
    at = pl.col("starts_on").cast(pl.Datetime("us")) + pl.duration(hours=9)
    return rows.select(
        "client_id", "source", "amount_minor", kind=pl.lit("membership"), membership_id="id",
        purchased_at=at, external_ref=pl.lit("membership ") + pl.col("id"), told_at=at,
        recorded_at=at,
    )  # fmt: skip
