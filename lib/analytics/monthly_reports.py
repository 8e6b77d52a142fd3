"""Which reports make themselves today? Pure: no clock."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from lib.analytics.models.reports import DueReport, Kind, KnownReport, Language, ReportCalendar

WARSAW = ZoneInfo("Europe/Warsaw")


@dataclass(frozen=True, kw_only=True)
class MonthlyReportPolicy:
    """What is made of each month, and how long after its end it is still made up for."""

    kinds: tuple[Kind, ...] = ("executive", "success")
    languages: tuple[Language, ...] = ("pl", "en")
    days: int = 7
    """When nobody ran on the first, the second will do; a new house starts with no old reports."""

    def __post_init__(self) -> None:
        if not 1 <= self.days <= 28:
            raise ValueError("days lie between 1 and 28")


def due_reports(calendar: ReportCalendar, policy: MonthlyReportPolicy) -> list[DueReport]:
    """Return the reports of the month before that are missing, in its first days."""
    today = calendar.read_at.astimezone(WARSAW).date()
    if today.day > policy.days or not _was_open_before(calendar, today.replace(day=1)):
        return []
    month = f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    return [
        DueReport(kind=kind, period=month, language=language)
        for kind in policy.kinds
        for language in policy.languages
        if KnownReport(kind=kind, period=month, language=language) not in calendar.known
    ]


def _was_open_before(calendar: ReportCalendar, day: date) -> bool:
    first = calendar.first_ticket_at
    return first is not None and first.astimezone(WARSAW).date() < day
