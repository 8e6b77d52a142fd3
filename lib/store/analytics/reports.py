"""What the workers of reports read and write; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol
from uuid import UUID

from lib.analytics.models.reports import (
    DueReport,
    RenderedReport,
    ReportCalendar,
    ReportContext,
)
from lib.events import Job, JobResult
from lib.store.rpc import Rpc


class ReportStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def report_contexts(self, report_ids: Sequence[UUID]) -> list[ReportContext]:
        """Return what pending reports are made of; the first call freezes it."""
        ...

    async def record_reports(
        self, jobs: Sequence[Job], reports: Sequence[RenderedReport]
    ) -> Mapping[int, JobResult]:
        """Write pages with their tables and finish the jobs, in one transaction.

        A job without a page is finished as gone.
        """
        ...

    async def report_calendar(self) -> ReportCalendar:
        """Return what the reports that make themselves are decided from."""
        ...

    async def record_due_reports(
        self, jobs: Sequence[Job], due: Sequence[DueReport]
    ) -> Mapping[int, JobResult]:
        """Ask for these reports and finish the jobs, in one transaction."""
        ...


def supabase_report_store(rpc: Rpc) -> ReportStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseReportStore(rpc)


class _SupabaseReportStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def report_contexts(self, report_ids: Sequence[UUID]) -> list[ReportContext]:
        answer = await self._rpc.call("report_contexts", {"p_report_ids": report_ids})
        return [ReportContext.model_validate(report) for report in answer]

    async def record_reports(
        self, jobs: Sequence[Job], reports: Sequence[RenderedReport]
    ) -> Mapping[int, JobResult]:
        items = [report_record(job, reports) for job in jobs]
        answer = await self._rpc.call("record_reports", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}

    async def report_calendar(self) -> ReportCalendar:
        return ReportCalendar.model_validate(await self._rpc.call("report_calendar", {}))

    async def record_due_reports(
        self, jobs: Sequence[Job], due: Sequence[DueReport]
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [job.lease() for job in jobs],
            "p_due": [asdict(report) for report in due],
        }
        answer = await self._rpc.call("record_due_reports", params)
        return {item["job_id"]: item["status"] for item in answer}


def report_record(job: Job, reports: Sequence[RenderedReport]) -> dict[str, Any]:
    """Return one element of `worker.record_reports(p_items)`."""
    made = [report for report in reports if report.report_id == job.subject_id]
    return {**job.lease(), "report": asdict(made[0]) if made else None}
