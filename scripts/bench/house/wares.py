"""What the house sells, read from the catalogue that its migrations bring."""

from dataclasses import dataclass
from typing import LiteralString

import polars as pl
import psycopg


@dataclass(frozen=True, kw_only=True)
class Wares:
    """What the house sells: keys with prices in minor units, as the migrations say."""

    treatments: pl.DataFrame
    products: pl.DataFrame
    plans: pl.DataFrame


def read_wares(db: psycopg.Connection) -> Wares:
    """The catalogue, in a fixed order."""

    def rows(statement: LiteralString) -> list[tuple[object, ...]]:
        return db.execute(statement).fetchall()

    return Wares(
        treatments=pl.DataFrame(
            rows("select id, price_minor, duration_minutes from public.treatments order by id"),
            schema=["id", "price_minor", "minutes"], orient="row",
        ),
        products=pl.DataFrame(
            rows("select id, price_minor from public.products order by id"),
            schema=["id", "price_minor"], orient="row",
        ),
        plans=pl.DataFrame(
            rows("select id, price_minor, period_months from public.membership_plans"
                 " where period_months = 12 order by id"),
            schema=["id", "price_minor", "months"], orient="row",
        ),
    )  # fmt: skip
