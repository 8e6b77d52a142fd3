"""The worker that keeps the months of samples writes only when there is something to do."""

from datetime import date
from typing import Any, cast

from lib.performance.metric_months import MonthPolicy
from lib.store.performance.metrics import supabase_metric_store
from tests.workers.orchestrator.building import NOON, RememberingRpc, a_job
from workers.performance.metric_months import metric_months

NAME = "performance.metric_months"


async def calls_for(months: list[str]) -> list[tuple[str, Any]]:
    rpc = RememberingRpc({"read_at": NOON, "months": months, "made": 2, "dropped": 1})
    worker = metric_months(supabase_metric_store(cast("Any", rpc)), MonthPolicy())
    assert not worker.records
    assert await worker.handle([a_job(1, None, NAME)]) == {1: "recorded"}
    return list(rpc.calls)


async def test_missing_months_are_made_and_old_ones_dropped_in_one_call() -> None:
    assert await calls_for(["2024-01-01", "2026-11-01"]) == [
        ("metric_months", {}),
        (
            "keep_metric_months",
            {"p_made": [date(2026, 12, 1), date(2027, 1, 1)], "p_dropped": [date(2024, 1, 1)]},
        ),
    ]


async def test_when_every_month_is_there_nothing_is_written() -> None:
    months = ["2026-11-01", "2026-12-01", "2027-01-01"]
    assert await calls_for(months) == [("metric_months", {})]
