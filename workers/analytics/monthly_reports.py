"""A day begins -> the reports of the month before are asked for, if it is time and they are not."""

from collections.abc import Mapping, Sequence

from lib.analytics.monthly_reports import MonthlyReportPolicy, due_reports
from lib.events import Job, JobResult
from lib.store.analytics.reports import ReportStore
from workers.runtime.worker import Worker


def monthly_reports(store: ReportStore, policy: MonthlyReportPolicy) -> Worker:
    """Return the worker of reports that make themselves; done twice it asks for nothing more."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        due = due_reports(await store.report_calendar(), policy)
        return await store.record_due_reports(jobs, due)

    return Worker(name="analytics.monthly_reports", handle=handle, concurrency=1)
