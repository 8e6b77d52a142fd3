"""How fast is everybody scored: features, model, factors and write-back, beside bare predict?

The rival is scikit-learn's predict_proba on the same matrix: the model alone, nothing around it.
"""

import time

import numpy as np
import psycopg
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lib.intelligence.prediction.scoring import ScoringPolicy, score
from lib.intelligence.prediction.training import TrainingPolicy
from lib.settings import load_settings
from lib.store.client import worker_rpc
from lib.store.intelligence.predictions import PredictionStore, supabase_prediction_store
from scripts.bench.findings import Finding
from scripts.bench.ground import Ground
from workers.intelligence.training import learn_everything

Floats = NDArray[np.float64]
CLIENTS = 100_000
PAGE = 1_000
STAGES = ("features", "model and factors", "write-back")
PEOPLE = """
insert into auth.users
    (id, email, aud, role, raw_user_meta_data, raw_app_meta_data, created_at, updated_at)
select gen_random_uuid(), gen_random_uuid() || '@bench.example', 'authenticated', 'authenticated',
    '{"display_name": "Klientka"}', '{}', now(), now()
from generate_series(1, %s)
"""
VISITS = """
insert into public.visits (
    client_id, treatment_id, provider, source, external_ref, status, booked_at, starts_at,
    ended_at, price_minor
)
select client.id, 'massage_deep', 'Marta', 'bench', gen_random_uuid()::text, 'completed',
    visit.at - interval '5 days', visit.at, visit.at + interval '1 hour', 30000
from public.profiles client
cross join lateral generate_series(1, 1 + abs(hashtext(client.id::text)) %% 10) number
cross join lateral (
    select now() - random() * number * interval '50 days' - interval '3 hours'
) visit (at)
"""


async def measure(ground: Ground) -> list[Finding]:
    """Clients scored a second, the share of each stage, and the ratio to bare predict."""
    count = ground.scaled(CLIENTS)
    ground.note(f"{count} clients with visits")
    _people_the_house(ground.admin_db_url, count)
    settings = load_settings(
        None, supabase_url=ground.state.url, supabase_secret_key=ground.state.secret_key
    )
    async with worker_rpc(settings) as rpc:
        store = supabase_prediction_store(rpc)
        ground.note("training")
        for learnt in await learn_everything(store, TrainingPolicy(months=4)):
            await store.record_model(learnt.model, learnt.trials)
        ground.note("scoring")
        spent, matrix = await _score_everybody(store)
    bare = _bare_seconds(matrix)
    total = sum(spent.values())
    rate = len(matrix) / total
    question = f"{len(matrix):,} clients scored and written"
    return [
        Finding(question=question, what="bare predict", value=len(matrix) / bare, unit="clients/s"),
        Finding(
            question=question, what="all of it", value=rate, unit="clients/s",
            beside="bare predict", ratio=rate * bare / len(matrix),
        ),
        *(
            Finding(
                question=question, what=f"share of {stage}", value=100 * spent[stage] / total,
                unit="%",
            )
            for stage in STAGES
        ),
    ]  # fmt: skip


def _people_the_house(admin_db_url: str, count: int) -> None:
    with psycopg.connect(admin_db_url, autocommit=True) as db:
        # Nobody is to hear of each visit: what is measured is scoring.
        db.execute("alter table public.visits disable trigger user")
        # A transaction holds a lock for each address: thousands at once would fill its table.
        for first in range(0, count, PAGE):
            db.execute(PEOPLE, [min(PAGE, count - first)])
        db.execute(VISITS, [])
        db.execute("alter table public.visits enable trigger user")
        db.execute("vacuum (analyze) public.visits, public.profiles")


async def _score_everybody(store: PredictionStore) -> tuple[dict[str, float], Floats]:
    spent = dict.fromkeys(STAGES, 0.0)
    rows: list[tuple[float, ...]] = []
    after = None
    while True:
        begun = time.perf_counter()
        contexts = await store.scoring_contexts(after, PAGE)
        read = time.perf_counter()
        predictions = score(contexts, ScoringPolicy())
        decided = time.perf_counter()
        await store.record_scores(contexts.as_of, predictions)
        written = time.perf_counter()
        for stage, seconds in zip(
            STAGES, (read - begun, decided - read, written - decided), strict=True
        ):
            spent[stage] += seconds
        rows += (client.features for client in contexts.clients)
        after = contexts.next
        if after is None:
            return spent, np.array(rows)


def _bare_seconds(matrix: Floats) -> float:
    outcomes = (matrix[:, 2] > np.median(matrix[:, 2])).astype(int)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(matrix[:2000], outcomes[:2000])
    begun = time.perf_counter()
    model.predict_proba(matrix)
    return time.perf_counter() - begun
