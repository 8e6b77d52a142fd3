"""The backlog worker: nothing to decide, one write."""

from typing import Any, cast

from lib.store.orchestrator.routing import supabase_orchestrator_store
from tests.workers.orchestrator.building import AGENT, RememberingRpc, RememberingStore, a_job
from workers.orchestrator.backlog import backlog

NAME = "orchestrator.backlog"


async def test_a_batch_is_one_write() -> None:
    store = RememberingStore()
    jobs = [a_job(1, AGENT, NAME), a_job(2, None, NAME)]
    assert await backlog(store).handle(jobs) == {1: "recorded", 2: "recorded"}
    assert store.calls == ["record_backlog"]


async def test_only_leases_travel() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}])
    store = supabase_orchestrator_store(cast("Any", rpc))
    assert await store.record_backlog([a_job(1, AGENT, NAME)]) == {1: "recorded"}
    assert rpc.calls == [("record_backlog", {"p_items": [{"job_id": 1, "fence": 1}]})]


def test_one_batch_at_a_time_is_enough_for_a_look_at_everything() -> None:
    worker = backlog(RememberingStore())
    assert (worker.name, worker.concurrency) == (NAME, 1)
