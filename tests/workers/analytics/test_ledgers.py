"""The worker of ledgers: until nobody waits, in bites, and not for ever."""

from dataclasses import dataclass, field
from typing import Any, cast

from lib.store.analytics.ledgers import LedgerProgress, supabase_ledger_store
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.analytics.ledgers import ledgers

JOB = a_job(1, None, "analytics.ledgers")


@dataclass
class ShrinkingStore:
    """So many bites are left."""

    bites: int
    asked: list[int] = field(default_factory=list)

    async def keep_ledgers(self, limit: int) -> LedgerProgress:
        self.asked.append(limit)
        self.bites -= 1
        return LedgerProgress(client_count=limit, is_left=self.bites > 0)


async def test_it_goes_on_until_nobody_waits() -> None:
    store = ShrinkingStore(3)
    handle = ledgers(store, marks_per_call=7).handle
    assert await handle([JOB, a_job(2, None, JOB.worker)]) == {1: "recorded", 2: "recorded"}
    assert store.asked == [7, 7, 7]


async def test_a_history_that_arrives_at_once_waits_for_the_next_minute_too() -> None:
    store = ShrinkingStore(1000)
    await ledgers(store, calls_per_job=5).handle([JOB])
    assert len(store.asked) == 5


async def test_the_store_asks_for_so_many_marks() -> None:
    rpc = RememberingRpc({"client_count": 2, "is_left": True})
    progress = await supabase_ledger_store(cast("Any", rpc)).keep_ledgers(500)
    assert progress == LedgerProgress(client_count=2, is_left=True)
    assert rpc.calls == [("keep_ledgers", {"p_limit": 500})]
