"""Which reports make themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from lib.analytics.models.reports import KnownReport, ReportCalendar
from lib.analytics.monthly_reports import MonthlyReportPolicy, due_reports

POLICY = MonthlyReportPolicy()
MIDNIGHT = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
"""When November begins in Warsaw."""


def a_calendar(
    at: datetime = MIDNIGHT,
    first: datetime | None = datetime(2026, 1, 2, tzinfo=UTC),
    known: tuple[KnownReport, ...] = (),
) -> ReportCalendar:
    return ReportCalendar(read_at=at, first_ticket_at=first, known=known)


def test_on_the_first_the_month_before_is_reported_in_both_languages() -> None:
    due = due_reports(a_calendar(), POLICY)
    assert {(one.kind, one.period, one.language) for one in due} == {
        (kind, "2026-10", language)
        for kind in ("executive", "success")
        for language in ("pl", "en")
    }


def test_a_day_begins_in_warsaw_not_in_greenwich() -> None:
    before = a_calendar(MIDNIGHT - timedelta(seconds=1))
    assert due_reports(before, POLICY) == []


@pytest.mark.parametrize(("days", "count"), [(6, 4), (7, 0)])
def test_a_missed_first_is_made_up_for_within_a_week(days: int, count: int) -> None:
    assert len(due_reports(a_calendar(MIDNIGHT + timedelta(days=days)), POLICY)) == count


def test_what_is_there_is_not_asked_for_again() -> None:
    known = KnownReport(kind="executive", period="2026-10", language="pl")
    old = KnownReport(kind="success", period="2026-09", language="pl")
    due = due_reports(a_calendar(known=(known, old)), POLICY)
    assert len(due) == 3
    assert all((one.kind, one.language) != ("executive", "pl") for one in due)


def test_a_house_that_was_not_open_then_has_nothing_to_report() -> None:
    assert due_reports(a_calendar(first=None), POLICY) == []
    assert due_reports(a_calendar(first=MIDNIGHT + timedelta(minutes=1)), POLICY) == []


def test_january_reports_december() -> None:
    (due, *_) = due_reports(a_calendar(datetime(2027, 1, 1, 12, tzinfo=UTC)), POLICY)
    assert due.period == "2026-12"
