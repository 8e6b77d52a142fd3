"""Calendars for tests, written as the project's owner, and the functions under test by name."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

import psycopg

SALON = UUID("00000000-0000-4000-8000-0000000000c1")
VIP_DESK = UUID("00000000-0000-4000-8000-0000000000c2")

# (weekday, opens, closes), minutes of the day.
Hours = Iterable[tuple[int, int, int]]
EVERY_DAY = tuple((weekday, 0, 1440) for weekday in range(1, 8))


def a_calendar(
    db: psycopg.Connection,
    hours: Hours = (),
    *,
    time_zone: str = "Europe/Warsaw",
    holiday_set: str | None = None,
    is_always_open: bool = False,
) -> UUID:
    """A calendar with these weekly hours."""
    calendar_id = uuid4()
    db.execute(
        "insert into public.calendars (id, name, time_zone, holiday_set, is_always_open)"
        " values (%s, %s, %s, %s, %s)",
        [calendar_id, f"Calendar {calendar_id}", time_zone, holiday_set, is_always_open],
    )
    days = list(hours)
    db.execute(
        "insert into public.calendar_hours (calendar_id, weekday, opens_minute, closes_minute)"
        " select %s, * from unnest(%s::smallint[], %s::smallint[], %s::smallint[])",
        [calendar_id, *([row[place] for row in days] for place in range(3))],
    )
    return calendar_id


def an_exception(
    db: psycopg.Connection,
    calendar_id: UUID,
    falls_on: date,
    hours: Sequence[tuple[int, int]] = (),
) -> None:
    """One day unlike its weekday; closed without hours."""
    add_exceptions(db, calendar_id, {falls_on: hours})


def add_exceptions(
    db: psycopg.Connection,
    calendar_id: UUID,
    days: Mapping[date, Sequence[tuple[int, int]]],
) -> None:
    """Many such days, in as many statements as one: each statement lays the calendar out."""
    db.execute(
        "insert into public.calendar_exceptions (calendar_id, falls_on, label)"
        " select %s, day, 'Inwentaryzacja' from unnest(%s::date[]) day",
        [calendar_id, list(days)],
    )
    rows = [(day, *interval) for day, hours in days.items() for interval in hours]
    if rows:
        db.execute(
            "insert into public.calendar_exception_hours"
            " select %s, * from unnest(%s::date[], %s::smallint[], %s::smallint[])",
            [calendar_id, *([row[place] for row in rows] for place in range(3))],
        )


def due(db: psycopg.Connection, calendar_id: UUID, start: datetime, seconds: int) -> datetime:
    """private.add_working_seconds."""
    row = db.execute(
        "select private.add_working_seconds(%s, %s, %s)", [calendar_id, start, seconds]
    ).fetchone()
    assert row is not None
    found = row[0]
    assert isinstance(found, datetime)
    return found


def worked(db: psycopg.Connection, calendar_id: UUID, start: datetime, end: datetime) -> int:
    """private.working_seconds_between."""
    row = db.execute(
        "select private.working_seconds_between(%s, %s, %s)", [calendar_id, start, end]
    ).fetchone()
    assert row is not None
    found = row[0]
    assert isinstance(found, int)
    return found
