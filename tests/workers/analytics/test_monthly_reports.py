"""The worker of the reports that make themselves."""

from datetime import UTC, datetime
from typing import Any, cast

import orjson

from lib.analytics.models.reports import DueReport, ReportCalendar
from lib.analytics.monthly_reports import MonthlyReportPolicy
from lib.store.analytics.reports import supabase_report_store
from tests.workers.analytics.test_reports import RememberingStore
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.analytics.monthly_reports import monthly_reports

NAME = "analytics.monthly_reports"
POLICY = MonthlyReportPolicy(kinds=("success",), languages=("pl",))
DUE = DueReport(kind="success", period="2026-10", language="pl")


def a_calendar(day: int) -> ReportCalendar:
    return ReportCalendar(
        read_at=datetime(2026, 11, day, 6, tzinfo=UTC),
        first_ticket_at=datetime(2026, 2, 1, tzinfo=UTC),
        known=(),
    )


async def test_the_first_of_a_month_asks_for_the_one_before() -> None:
    store = RememberingStore([], a_calendar(1))
    assert await monthly_reports(store, POLICY).handle([a_job(1, None, NAME)]) == {1: "recorded"}
    assert store.due == [DUE]


async def test_any_other_day_only_finishes_its_job() -> None:
    store = RememberingStore([], a_calendar(20))
    assert await monthly_reports(store, POLICY).handle([a_job(1, None, NAME)]) == {1: "recorded"}
    assert store.due == []


async def test_the_store_says_what_is_due_and_whose_jobs_are_done() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}])
    store = supabase_report_store(cast("Any", rpc))
    assert await store.record_due_reports([a_job(1, None, NAME)], [DUE]) == {1: "recorded"}
    name, params = rpc.calls[0]
    sent = orjson.loads(orjson.dumps(params))
    assert name == "record_due_reports"
    assert sent["p_due"] == [{"kind": "success", "period": "2026-10", "language": "pl"}]
    assert [item["job_id"] for item in sent["p_items"]] == [1]


async def test_the_calendar_is_read_whole() -> None:
    calendar = a_calendar(1)
    rpc = RememberingRpc(orjson.loads(calendar.model_dump_json()))
    assert await supabase_report_store(cast("Any", rpc)).report_calendar() == calendar
