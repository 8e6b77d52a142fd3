"""The personalisation worker: one read, one decision, one write for a batch."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import orjson
import pytest

from lib.events import Job
from lib.intelligence.personalization import PersonalizationPolicy
from lib.store.intelligence.personalization import supabase_personalization_store
from tests.workers.vip.answering import AnsweringRpc
from workers.intelligence.personalization import personalization

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLIENT, VISIT, STRANGER = (UUID(int=number) for number in (1, 2, 3))


def a_job(job_id: int, subject_id: UUID | None) -> Job:
    kind = "visit.completed"
    return Job(job_id, 1, "intelligence.personalization", 1, job_id, kind, subject_id, {}, NOON)


async def test_a_batch_is_read_once_and_written_once_and_says_nothing_of_who_did_not_agree() -> (
    None
):
    rpc = AnsweringRpc(
        {
            "personalization_contexts": {
                "read_at": NOON.isoformat(),
                "settings": {"is_enabled": True, "learning_rate": 0.1},
                "clients": [
                    {
                        "client_id": str(CLIENT),
                        "subject_ids": [str(VISIT)],
                        "choices": [["provider", "Marta", NOON.isoformat()]],
                    }
                ],
            },
            "record_preferences": [
                {"job_id": 1, "status": "recorded"},
                {"job_id": 2, "status": "gone"},
                {"job_id": 3, "status": "gone"},
            ],
        }
    )
    worker = personalization(
        supabase_personalization_store(cast("Any", rpc)), PersonalizationPolicy()
    )
    jobs = [a_job(1, VISIT), a_job(2, STRANGER), a_job(3, None)]
    assert await worker.handle(jobs) == {1: "recorded", 2: "gone", 3: "gone"}
    assert [function for function, _ in rpc.calls] == [
        "personalization_contexts",
        "record_preferences",
    ]
    assert rpc.calls[0][1]["p_subject_ids"] == [VISIT, STRANGER]
    written = orjson.loads(orjson.dumps(rpc.calls[1][1]["p_items"]))
    (learnt,) = written[0]["profile"]["preferences"]
    assert (learnt["topic"], learnt["choice"], learnt["choice_count"]) == ("provider", "Marta", 1)
    assert learnt["value"] == pytest.approx(0.55)
    assert [item["profile"] for item in written[1:]] == [None, None]
