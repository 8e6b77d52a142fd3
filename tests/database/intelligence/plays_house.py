"""Alerts as scoring writes them, and the worker of plays on a plain connection."""

import asyncio
from datetime import timedelta
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from lib.events import Job
from lib.intelligence.plays import PlayPolicy
from lib.store.intelligence.plays import supabase_play_store
from tests.database.orchestrator.router import DatabaseRpc, claim
from workers.intelligence.plays import plays

WORKER = "intelligence.plays"
POLICY = PlayPolicy()

MODEL: LiteralString = """
insert into public.ai_models (prediction_type, version, rung, document, sha256, feature_version,
    horizon_days, policy_version, client_count, learnt_count, judged_count)
select 'churn', coalesce(max(version), 0) + 1, 'prior', '{}', repeat('0', 64), 1, 90, 't', 1, 0, 0
from public.ai_models
on conflict do nothing
"""
PREDICTION: LiteralString = """
insert into public.ai_predictions (client_id, prediction_type, prediction, timeframe, method,
    model_id, observed_at, evidence, is_alert, created_at)
select %(client)s, 'churn', jsonb_build_object('probability', %(probability)s::float8), '90d',
    'prior', model.id, now(), 'low', %(probability)s >= 0.7, clock_timestamp()
from public.ai_models model where model.prediction_type = 'churn' and model.status = 'champion'
"""


def predict(db: psycopg.Connection, client: UUID, probability: float) -> None:
    """A new estimate of churn; from 0.7 on it is an alert, and the event is the trigger's."""
    db.execute(MODEL)
    db.execute("select set_config('luxury.causes', '', true)")
    db.execute(
        "update public.ai_predictions set status = 'superseded' where client_id = %s", [client]
    )
    db.execute(PREDICTION, {"client": client, "probability": probability})


def hold_out(db: psycopg.Connection, share: float) -> None:
    db.execute(
        "update public.ai_settings set value = value || jsonb_build_object("
        " 'holdout_share', %s::float8) where setting = 'retention_plays'",
        [share],
    )


def run(db: psycopg.Connection) -> list[str]:
    """One batch from claim to write; the results in the order of events."""
    jobs = claim(db, WORKER)
    return handle(db, jobs) if jobs else []


def handle(db: psycopg.Connection, jobs: list[Job]) -> list[str]:
    store = supabase_play_store(cast("Any", DatabaseRpc(db)))
    handler: Any = plays(store, POLICY).handle
    results = asyncio.run(handler(jobs))
    return [results[job.id] for job in jobs]


def plays_of(db: psycopg.Connection, client: UUID) -> list[dict[str, Any]]:
    """The rows, oldest alert first."""
    with db.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select * from public.retention_plays where client_id = %s"
            " order by alerted_at, created_at",
            [client],
        ).fetchall()


def pass_time(db: psycopg.Connection, days: float) -> None:
    """As if everything about plays had happened so long ago; timers that are due fire."""
    ago = timedelta(days=days)
    # One by one, the oldest first: none may touch the next on its way.
    for play in db.execute("select id from public.retention_plays order by starts_at").fetchall():
        db.execute(
            "update public.retention_plays set starts_at = starts_at - %(ago)s,"
            " ends_at = ends_at - %(ago)s, alerted_at = alerted_at - %(ago)s,"
            " period = period - 1000 where id = %(play)s",
            {"ago": ago, "play": play[0]},
        )
    db.execute(
        "update private.timers set due_at = due_at - %s where kind like 'retention_play.%%'", [ago]
    )
    db.execute("select private.fire_due_timers(1000)")
