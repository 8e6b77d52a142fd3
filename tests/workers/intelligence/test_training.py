"""Training: only when it is due, everything read before anything is kept."""

from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from lib.intelligence.models.predictions import TYPES
from lib.intelligence.prediction.training import TrainingPolicy
from lib.store.intelligence.predictions import supabase_prediction_store
from tests.workers.intelligence.telling import (
    NAMES,
    NO_CASES,
    NOON,
    PagingRpc,
    a_champion,
    a_job,
    contexts,
)
from workers.intelligence.training import training

KEPT = {"prediction_type": "churn", "rung": "prior", "version": 1}


async def run(rpc: PagingRpc) -> object:
    worker = training(supabase_prediction_store(cast("Any", rpc)), TrainingPolicy())
    return await worker.handle([a_job("intelligence.training")])


async def test_what_was_confirmed_lately_is_left_alone() -> None:
    speaks = {kind: a_champion() for kind in TYPES}
    rpc = PagingRpc(scoring_contexts=[contexts(1, models=speaks)])
    assert await run(rpc) == {1: "recorded"}
    assert rpc.names() == ["scoring_contexts"]


async def test_when_it_is_due_everything_is_read_then_each_type_is_kept() -> None:
    stale = {"churn": a_champion(confirmed_at=NOON - timedelta(days=40))}
    after = uuid4()
    rpc = PagingRpc(
        scoring_contexts=[
            contexts(1, models=stale),
            contexts(60, models=stale, next=str(after)),
            contexts(60, models=stale),
        ],
        training_rows=[{"names": NAMES, "rows": [], "next": None}],
        training_cases=[NO_CASES | {"next": str(after)}, NO_CASES],
        record_model=[KEPT],
    )
    assert await run(rpc) == {1: "recorded"}
    reads = [*["scoring_contexts"] * 3, "training_rows", *["training_cases"] * 4]
    assert rpc.names() == [*reads, *["record_model"] * 4]
    kept = [call["p_model"] for name, call in rpc.calls if name == "record_model"]
    assert [each["prediction_type"] for each in kept] == list(TYPES)
    assert [each["rung"] for each in kept] == ["prior", *["insufficient"] * 3]
    assert kept[0]["client_count"] == 120


async def test_who_scored_in_shadow_is_judged_before_anybody_learns() -> None:
    stale = {"churn": a_champion(confirmed_at=NOON - timedelta(days=40))}
    unheard = a_champion(rung="logistic")
    outcomes = [[str(uuid4()), 0.5, 0.9 if place % 2 else 0.1, place % 2] for place in range(400)]
    rpc = PagingRpc(
        scoring_contexts=[contexts(60, models=stale, challengers={"churn": unheard})],
        shadow_outcomes=[outcomes],
        settle_challenger=[{}],
        training_rows=[{"names": NAMES, "rows": [], "next": None}],
        training_cases=[NO_CASES],
        record_model=[KEPT],
    )
    assert await run(rpc) == {1: "recorded"}
    assert rpc.names()[:4] == ["scoring_contexts", "shadow_outcomes", "settle_challenger",
                               "scoring_contexts"]  # fmt: skip
    [settled] = [call for name, call in rpc.calls if name == "settle_challenger"]
    assert str(settled["p_model_id"]) == unheard["id"]
    assert settled["p_trial"]["basis"] == "shadow"
    assert settled["p_trial"]["verdict"] == "badly_calibrated"
