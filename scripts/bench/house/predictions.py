"""What was predicted of each client: each kind as it is now, churn as it was before."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
import psycopg

from scripts.bench.house.dice import Floats, ids
from scripts.bench.house.people import People
from scripts.bench.house.plan import Plan

Rows = Iterator[tuple[str, pl.DataFrame]]
KINDS = ("churn", "satisfaction", "upsell")
EARLIER = 5
FACTORS = ("days_since_visit", "visits_90_days", "missed_visits")
ALERT = 0.7
MODEL = """
insert into public.ai_models (
    prediction_type, version, rung, document, sha256, feature_version, horizon_days,
    policy_version, client_count, learnt_count, judged_count
)
select %(kind)s, 1, 'prior', '{}', repeat('0', 64), 1, 90, 'house', %(clients)s, %(clients)s, 0
where not exists (
    select from public.ai_models known
    where known.prediction_type = %(kind)s and known.status = 'champion'
)
"""
CHAMPIONS = "select prediction_type, id::text from public.ai_models where status = 'champion'"


def make_models(db: psycopg.Connection, plan: Plan) -> list[str]:
    """The champion of each kind, made where there is none; ids as in KINDS."""
    for kind in KINDS:
        db.execute(MODEL, {"kind": kind, "clients": plan.clients})
    champions: dict[str, str] = dict(db.execute(CHAMPIONS).fetchall())
    return [champions[kind] for kind in KINDS]


def predictions(plan: Plan, people: People, models: Sequence[str]) -> Rows:
    """Predictions, the oldest first, and the factors of the current ones."""
    rng = plan.rng(80)
    for age in range(EARLIER, 0, -1):
        at = plan.end - np.timedelta64(28 * age, "D")
        share = rng.beta(1.5, 5, plan.clients)
        rows = _predicted(people, "churn", models[0], at, share, "superseded")
        yield "public.ai_predictions", rows.with_columns(id=ids(rng, plan.clients))
    for kind, model in zip(KINDS, models, strict=True):
        rows = _predicted(
            people, kind, model, plan.end, rng.beta(1.5, 5, plan.clients), "current"
        ).with_columns(id=ids(rng, plan.clients))
        yield "public.ai_predictions", rows
        factors = pl.DataFrame({"name": FACTORS, "position": range(1, 1 + len(FACTORS))})
        every = rows.select(prediction_id="id").join(factors, how="cross")
        yield (
            "public.prediction_factors",
            every.with_columns(
                value=rng.exponential(20, every.height).round(2),
                contribution=rng.normal(0, 0.4, every.height).round(4),
            ),
        )


def _predicted(
    people: People, kind: str, model: str, at: np.datetime64, share: Floats, status: str
) -> pl.DataFrame:
    rounded = pl.Series(share.round(5))
    at_series = pl.lit(at.item(), pl.Datetime("us"))
    return pl.DataFrame({"client_id": people.clients, "confidence": rounded}).with_columns(
        prediction_type=pl.lit(kind), model_id=pl.lit(model), status=pl.lit(status),
        prediction=pl.lit('{"probability": ') + pl.col("confidence").cast(pl.String) + "}",
        timeframe=pl.lit("90d"), method=pl.lit("prior"), evidence=pl.lit("medium"),
        is_alert=pl.col("confidence") >= ALERT, observed_at=at_series, created_at=at_series,
    )  # fmt: skip
