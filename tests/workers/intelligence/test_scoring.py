"""The nightly scoring: page after page, read once and written once each."""

from typing import Any, cast
from uuid import uuid4

from lib.intelligence.prediction.scoring import ScoringPolicy
from lib.store.intelligence.predictions import supabase_prediction_store
from tests.workers.intelligence.telling import PagingRpc, a_champion, a_job, contexts
from workers.intelligence.scoring import scoring


async def run(rpc: PagingRpc) -> object:
    worker = scoring(supabase_prediction_store(cast("Any", rpc)), ScoringPolicy())
    return await worker.handle([a_job("intelligence.scoring")])


async def test_every_page_is_scored_and_written_until_there_is_no_next_one() -> None:
    after = uuid4()
    rpc = PagingRpc(
        end_stale_predictions=[{"ended": 0}],
        scoring_contexts=[contexts(3, next=str(after)), contexts(2)],
        record_scores=[{"written": 3}, {"written": 0}],
    )
    assert await run(rpc) == {1: "recorded"}
    assert rpc.names() == ["end_stale_predictions", *["scoring_contexts", "record_scores"] * 2]
    assert [call["p_after"] for name, call in rpc.calls if name == "scoring_contexts"] == [
        None,
        after,
    ]
    assert [len(call["p_predictions"]) for name, call in rpc.calls if name == "record_scores"] == [
        3,
        2,
    ]


async def test_a_house_without_visits_writes_nothing() -> None:
    rpc = PagingRpc(end_stale_predictions=[{"ended": 0}], scoring_contexts=[contexts(0)])
    assert await run(rpc) == {1: "recorded"}
    assert rpc.names() == ["end_stale_predictions", "scoring_contexts"]


async def test_a_challenger_scores_beside_the_champion_and_nothing_else_comes_of_it() -> None:
    rpc = PagingRpc(
        end_stale_predictions=[{"ended": 0}],
        scoring_contexts=[contexts(2, challengers={"churn": a_champion(rung="logistic")})],
        record_shadows=[{"written": 2}],
        record_scores=[{"written": 2}],
    )
    await run(rpc)
    assert rpc.names()[-2:] == ["record_shadows", "record_scores"]
    [shadows] = [call["p_shadows"] for name, call in rpc.calls if name == "record_shadows"]
    [scores] = [call["p_predictions"] for name, call in rpc.calls if name == "record_scores"]
    assert len(shadows) == len(scores) == 2
    assert not {each.model_id for each in shadows} & {each.model_id for each in scores}
    assert [each.champion_probability for each in shadows] == [each.probability for each in scores]
