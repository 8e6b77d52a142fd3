"""The worker of ending tiers: one read, one write for a batch."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import orjson

from lib.events import Job
from lib.store.vip.tier_changes import supabase_tier_change_store
from lib.vip.tier_changes import TierPolicy
from tests.workers.orchestrator.building import NOON
from tests.workers.vip.answering import AnsweringRpc
from workers.vip.tier_changes import tier_changes


def a_job(job_id: int, subject_id: UUID | None) -> Job:
    kind = "tier_period.deadline_reached"
    return Job(job_id, 1, "vip.tier_changes", 1, 100 + job_id, kind, subject_id, {}, NOON)


async def test_a_batch_is_read_once_and_written_once() -> None:
    ending, gone = uuid4(), uuid4()
    rpc = AnsweringRpc(
        {
            "tier_change_contexts": {
                "read_at": NOON,
                "periods": [
                    {
                        "period_id": ending,
                        "valid_until": NOON - timedelta(seconds=1),
                        "is_warned": True,
                    }
                ],
            },
            "record_tier_changes": [
                {"job_id": 1, "status": "recorded"},
                {"job_id": 2, "status": "gone"},
            ],
        }
    )
    worker = tier_changes(supabase_tier_change_store(cast("Any", rpc)), TierPolicy())
    answered = await worker.handle([a_job(1, ending), a_job(2, gone)])
    assert answered == {1: "recorded", 2: "gone"}
    assert [name for name, _ in rpc.calls] == ["tier_change_contexts", "record_tier_changes"]
    items = orjson.loads(orjson.dumps(rpc.calls[1][1]["p_items"]))
    assert [(item["period_id"], item["verdict"]) for item in items] == [
        (str(ending), "end"),
        (None, None),
    ]
