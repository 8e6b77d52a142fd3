"""The exclusive-access worker: one write for a batch; nothing is read, nothing decided."""

from typing import Any, cast
from uuid import uuid4

from lib.events import Job
from lib.store.vip.exclusive_access import supabase_exclusive_access_store
from tests.unit.vip.wellness_cases import NOON
from tests.workers.orchestrator.building import RememberingRpc
from workers.vip.exclusive_access import exclusive_access


async def test_each_item_is_settled_in_one_write() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    worker = exclusive_access(supabase_exclusive_access_store(cast("Any", rpc)))
    items = [uuid4(), uuid4()]
    jobs = [
        Job(each, 3, worker.name, 1, 9, "exclusive_place.freed", item, {}, NOON)
        for each, item in enumerate(items, 1)
    ]
    assert await worker.handle(jobs) == {1: "recorded", 2: "gone"}
    ((function, params),) = rpc.calls
    assert function == "record_exclusive_access"
    assert params["p_items"] == [
        {"job_id": each, "fence": 3, "item_id": item} for each, item in enumerate(items, 1)
    ]


def test_the_worker_carries_the_name_it_is_subscribed_under() -> None:
    rpc = RememberingRpc([])
    worker = exclusive_access(supabase_exclusive_access_store(cast("Any", rpc)))
    assert worker.name == "vip.exclusive_access"
