"""Requests for predictions: one read and one write for a batch, an answer for each."""

from typing import Any, cast
from uuid import uuid4

from lib.intelligence.models.predictions import Prediction
from lib.intelligence.prediction.scoring import ScoringPolicy
from lib.store.intelligence.predictions import supabase_prediction_store
from tests.workers.intelligence.telling import PagingRpc, a_job, contexts
from workers.intelligence.predictions import predictions


async def test_a_batch_is_answered_by_a_prediction_a_reason_or_not_at_all() -> None:
    scored, refused, gone = uuid4(), uuid4(), uuid4()
    read = contexts(1)
    client_id = read["clients"][0]["client_id"]
    requests = [
        {"request_id": str(scored), "client_id": client_id, "prediction_type": "churn"},
        {"request_id": str(refused), "client_id": str(uuid4()), "prediction_type": "churn"},
    ]
    rpc = PagingRpc(
        prediction_contexts=[
            read | {"requests": [each | {"is_objected": False} for each in requests]}
        ],
        record_predictions=[
            [
                {"job_id": 1, "status": "recorded"},
                {"job_id": 2, "status": "recorded"},
                {"job_id": 3, "status": "gone"},
            ]
        ],
    )
    worker = predictions(supabase_prediction_store(cast("Any", rpc)), ScoringPolicy())
    jobs = [
        a_job("intelligence.predictions", subject, number)
        for number, subject in enumerate((scored, refused, gone), 1)
    ]
    assert await worker.handle(jobs) == {1: "recorded", 2: "recorded", 3: "gone"}
    assert rpc.names() == ["prediction_contexts", "record_predictions"]
    first, second, third = rpc.calls[1][1]["p_items"]
    assert isinstance(first["prediction"], Prediction)
    assert second["reason"] == "no_history"
    assert "request_id" not in third
