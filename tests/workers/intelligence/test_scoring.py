"""The nightly scoring: page after page, read once and written once each."""

from typing import Any, cast
from uuid import uuid4

from lib.intelligence.prediction.scoring import ScoringPolicy
from lib.store.intelligence.predictions import supabase_prediction_store
from tests.workers.intelligence.telling import PagingRpc, a_job, contexts
from workers.intelligence.scoring import scoring


async def run(rpc: PagingRpc) -> object:
    worker = scoring(supabase_prediction_store(cast("Any", rpc)), ScoringPolicy())
    return await worker.handle([a_job("intelligence.scoring")])


async def test_every_page_is_scored_and_written_until_there_is_no_next_one() -> None:
    after = uuid4()
    rpc = PagingRpc(
        scoring_contexts=[contexts(3, next=str(after)), contexts(2)],
        record_scores=[{"written": 3}, {"written": 0}],
    )
    assert await run(rpc) == {1: "recorded"}
    assert rpc.names() == ["scoring_contexts", "record_scores"] * 2
    assert [call["p_after"] for name, call in rpc.calls if name == "scoring_contexts"] == [
        None,
        after,
    ]
    assert [len(call["p_predictions"]) for name, call in rpc.calls if name == "record_scores"] == [
        3,
        2,
    ]


async def test_a_house_without_visits_writes_nothing() -> None:
    rpc = PagingRpc(scoring_contexts=[contexts(0)])
    assert await run(rpc) == {1: "recorded"}
    assert rpc.names() == ["scoring_contexts"]
