"""The worker of planned hand-overs: one read, one write for a batch."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import orjson

from lib.events import Job
from lib.store.vip.client_books import supabase_client_book_store
from tests.workers.orchestrator.building import NOON
from tests.workers.vip.answering import AnsweringRpc
from workers.vip.client_books import client_books


def a_job(job_id: int, subject_id: UUID | None) -> Job:
    kind = "book_handover.reached"
    return Job(job_id, 1, "vip.client_books", 1, 100 + job_id, kind, subject_id, {}, NOON)


async def test_a_batch_is_read_once_and_written_once() -> None:
    due, gone = uuid4(), uuid4()
    rpc = AnsweringRpc(
        {
            "client_book_contexts": {
                "read_at": NOON,
                "handovers": [
                    {
                        "handover_id": due,
                        "effective_at": NOON - timedelta(seconds=1),
                        "takers_left": 3,
                    }
                ],
            },
            "record_client_books": [
                {"job_id": 1, "status": "recorded"},
                {"job_id": 2, "status": "gone"},
            ],
        }
    )
    worker = client_books(supabase_client_book_store(cast("Any", rpc)))
    answered = await worker.handle([a_job(1, due), a_job(2, gone)])
    assert answered == {1: "recorded", 2: "gone"}
    assert [name for name, _ in rpc.calls] == ["client_book_contexts", "record_client_books"]
    items = orjson.loads(orjson.dumps(rpc.calls[1][1]["p_items"]))
    assert [(item["handover_id"], item["verdict"]) for item in items] == [
        (str(due), "carry_out"),
        (None, "wait"),
    ]
