"""The worker of reports: what is read, drawn and written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import orjson

from lib.analytics.models.reports import DueReport, RenderedReport, ReportCalendar, ReportContext
from lib.events import Job, JobResult
from lib.store.analytics.reports import supabase_report_store
from tests.unit.analytics.report_house import REPORT, a_context
from tests.workers.orchestrator.building import RememberingRpc, a_job
from workers.analytics.reports import reports

NAME = "analytics.reports"
GONE = UUID(int=71)


@dataclass
class RememberingStore:
    """Knows some reports that are to be drawn."""

    contexts: list[ReportContext]
    calendar: ReportCalendar | None = None
    asked: list[UUID] = field(default_factory=list)
    written: list[RenderedReport] = field(default_factory=list)
    due: list[DueReport] = field(default_factory=list)

    async def report_contexts(self, report_ids: Sequence[UUID]) -> list[ReportContext]:
        self.asked += report_ids
        return self.contexts

    async def record_reports(
        self, jobs: Sequence[Job], reports: Sequence[RenderedReport]
    ) -> Mapping[int, JobResult]:
        self.written += reports
        return {job.id: "recorded" for job in jobs}

    async def report_calendar(self) -> ReportCalendar:
        assert self.calendar is not None
        return self.calendar

    async def record_due_reports(
        self, jobs: Sequence[Job], due: Sequence[DueReport]
    ) -> Mapping[int, JobResult]:
        self.due += due
        return {job.id: "recorded" for job in jobs}


async def test_a_batch_is_one_look_and_one_write() -> None:
    store = RememberingStore([a_context()])
    results = await reports(store).handle([a_job(1, REPORT, NAME), a_job(2, GONE, NAME)])
    assert results == {1: "recorded", 2: "recorded"}
    assert store.asked == [REPORT, GONE]
    (made,) = store.written
    assert made.report_id == REPORT
    assert made.inputs_digest == "5f" * 32
    assert made.html.startswith("<!doctype html>")
    assert made.tables


async def test_each_job_carries_its_own_page_or_none() -> None:
    rpc = RememberingRpc([{"job_id": 1, "status": "recorded"}, {"job_id": 2, "status": "gone"}])
    store = supabase_report_store(cast("Any", rpc))
    page = RenderedReport(
        report_id=REPORT, inputs_digest="5f", renderer_version="v", html="<p>", tables=()
    )
    jobs = [a_job(1, REPORT, NAME), a_job(2, GONE, NAME)]
    assert await store.record_reports(jobs, [page]) == {1: "recorded", 2: "gone"}
    first, second = orjson.loads(orjson.dumps(rpc.calls[0][1]))["p_items"]
    assert (first["report"]["html"], first["report"]["report_id"]) == ("<p>", str(REPORT))
    assert second["report"] is None


async def test_what_the_database_answers_is_read_whole() -> None:
    context = a_context("success", "en")
    rpc = RememberingRpc([orjson.loads(context.model_dump_json()) | {"more": 1}])
    store = supabase_report_store(cast("Any", rpc))
    assert await store.report_contexts([REPORT]) == [context]
    assert rpc.calls == [("report_contexts", {"p_report_ids": [REPORT]})]
