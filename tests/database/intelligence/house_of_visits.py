"""Clients with months of visits, written at once; and the real workers on a plain connection."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson
import psycopg
from psycopg.types.json import Jsonb

from lib.intelligence.prediction.candidates import LadderPolicy
from lib.intelligence.prediction.scoring import ScoringPolicy
from lib.intelligence.prediction.training import TrainingPolicy
from lib.store.intelligence.predictions import PredictionStore, supabase_prediction_store
from tests.database.orchestrator.router import DatabaseRpc, claim
from workers.intelligence.predictions import predictions
from workers.intelligence.scoring import score_everybody
from workers.intelligence.training import keep, learn_everything

SCORING = ScoringPolicy()
TRAINING = TrainingPolicy(months=8, ladder=LadderPolicy(min_boosting=10**9))

PEOPLE = """
with people as (
    insert into auth.users
        (id, email, aud, role, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
    select gen_random_uuid(), gen_random_uuid() || '@example.test', 'authenticated',
        'authenticated', '{"display_name": "Klientka"}', '{}', now(), now()
    from generate_series(1, %s)
    returning id
)
select array_agg(id) from people
"""
# Each client has a rhythm of their own; every third one stopped coming at some moment.
VISITS = """
insert into public.visits (
    client_id, treatment_id, provider, source, external_ref, status, booked_at, starts_at,
    ended_at, price_minor
)
select client.id, 'massage_deep', 'Marta', 'test', gen_random_uuid()::text, 'completed',
    visit.at - interval '5 days', visit.at, visit.at + interval '1 hour', 30000
from unnest(%s::uuid[]) with ordinality client (id, place)
cross join lateral generate_series(
    now() - make_interval(days => (400 + mod(client.place * 7, 60))::integer),
    case when mod(client.place, 3) = 0
        then now() - make_interval(days => (60 + mod(client.place * 13, 300))::integer)
        else now() end,
    make_interval(days => (12 + mod(client.place * 5, 45))::integer)
) visit (at)
where visit.at < now() - interval '2 hours'
"""


def a_house_of_visits(db: psycopg.Connection, count: int = 150) -> list[UUID]:
    """So many clients with a year of visits; their ids."""
    row = db.execute(PEOPLE, [count]).fetchone()
    assert row
    ids: list[UUID] = row[0]
    db.execute(VISITS, [ids])
    return ids


class _Rpc(DatabaseRpc):
    """An empty list may be an array of SQL as well: here these are always JSON."""

    async def call(self, function: str, params: Mapping[str, Any]) -> Any:
        json = {"p_trials", "p_predictions", "p_shadows"}
        named = {
            name: Jsonb(value, dumps=orjson.dumps) if name in json and value == [] else value
            for name, value in params.items()
        }
        return await super().call(function, named)


def a_store(db: psycopg.Connection) -> PredictionStore:
    return supabase_prediction_store(cast("Any", _Rpc(db)))


async def train(db: psycopg.Connection, policy: TrainingPolicy = TRAINING) -> dict[str, str]:
    """Climbs the ladder and keeps what speaks; the rung by type."""
    store = a_store(db)
    learnt = await learn_everything(store, policy)
    for each in learnt:
        await keep(store, each)
    return {each.model["prediction_type"]: each.model["rung"] for each in learnt}


async def score_all(db: psycopg.Connection) -> int:
    """Scores everybody; how many predictions were written."""
    return await score_everybody(a_store(db), SCORING)


async def answer_requests(db: psycopg.Connection) -> list[str]:
    """The worker of request_prediction, once; its results."""
    jobs = claim(db, "intelligence.predictions")
    handle: Any = predictions(a_store(db), SCORING).handle
    return sorted((await handle(jobs)).values())


def features_at(
    db: psycopg.Connection, client_id: UUID, moment: datetime
) -> dict[str, float] | None:
    """A client's numbers by name; None for somebody who had not come by then."""
    row = db.execute(
        "select features from private.client_features(array[%s]::uuid[], %s)", [client_id, moment]
    ).fetchone()
    names = db.execute(
        "select name from public.feature_definitions"
        " where feature_set = 'client' and feature_version = 1 order by position"
    ).fetchall()
    if row is None:
        return None
    return {name: value for (name,), value in zip(names, row[0], strict=True)}
