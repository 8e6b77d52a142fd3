"""Working time: the table of deadlines the house agreed on, and the rules at every edge."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.database.performance.calendars import (
    EVERY_DAY,
    SALON,
    VIP_DESK,
    a_calendar,
    add_exceptions,
    an_exception,
    due,
    worked,
)
from tests.support.acting import refused

WARSAW = ZoneInfo("Europe/Warsaw")
MINUTE, HOUR = 60, 3600
DAY = 24 * HOUR
YEAR = 365 * DAY


def local(text: str, zone: ZoneInfo = WARSAW, *, fold: int = 0) -> datetime:
    """What the clocks of a zone show, as an instant; `fold` 1 is the second pass in autumn."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


DEADLINES = (
    (SALON, "2026-12-23 19:30", 4 * HOUR, "2026-12-28 12:30"),
    (SALON, "2026-12-23 20:00:00", 60, "2026-12-28 09:01:00"),  # the closing instant is closed
    (SALON, "2024-12-24 10:00", HOUR, "2024-12-24 11:00"),
    (SALON, "2025-12-24 10:00", HOUR, "2025-12-27 11:00"),
    (SALON, "2026-04-03 19:59:30", 60, "2026-04-04 10:00:30"),  # Good Friday is no holiday
    (SALON, "2026-04-30 19:00", 2 * HOUR, "2026-05-02 11:00"),
    (SALON, "2026-06-03 19:59:45", 30, "2026-06-05 09:00:15"),  # Corpus Christi
    (SALON, "2026-06-06 15:59:40", 30, "2026-06-08 09:00:10"),
    (SALON, "2026-11-10 19:30", HOUR, "2026-11-12 09:30"),
    (SALON, "2027-03-27 15:30", HOUR, "2027-03-30 09:30"),  # Easter in the night of the change
    (VIP_DESK, "2026-10-24 23:00", 6 * HOUR, "2026-10-25 04:00"),
    (VIP_DESK, "2026-03-28 23:00", 6 * HOUR, "2026-03-29 06:00"),
    # On a closing instant: the promise is broken there, no second of work later.
    (SALON, "2026-11-25 19:59:30", 30, "2026-11-25 20:00:00"),
    (SALON, "2026-11-25 19:59:30", 31, "2026-11-26 09:00:01"),
    # Nothing is due at once, day or night.
    (SALON, "2026-11-25 23:00", 0, "2026-11-25 23:00"),
    (SALON, "2026-11-26 09:00", 11 * HOUR, "2026-11-26 20:00"),
    (SALON, "2026-11-28 23:00", 1, "2026-11-30 09:00:01"),
)


@pytest.mark.parametrize(("calendar", "given", "seconds", "expected"), DEADLINES)
def test_a_promise_is_due_then(
    db: psycopg.Connection, calendar: UUID, given: str, seconds: int, expected: str
) -> None:
    start, end = local(given), local(expected)
    assert due(db, calendar, start, seconds) == end
    assert worked(db, calendar, start, end) == seconds
    assert worked(db, calendar, end, start) == -seconds


def test_parts_of_seconds_are_neither_lost_nor_invented(db: psycopg.Connection) -> None:
    start = local("2026-11-25 19:59:59.250001")
    end = due(db, SALON, start, 2)
    assert end == local("2026-11-26 09:00:01.250001")
    assert worked(db, SALON, start, end) == 2
    just_before = end - timedelta(microseconds=1)
    assert worked(db, SALON, start, just_before) == 1
    assert worked(db, SALON, just_before, start) == -1


def test_a_ledger_can_add_up_parts_of_seconds(db: psycopg.Connection) -> None:
    start = local("2026-11-25 12:00:00.5")
    row = db.execute(
        "select private.working_microseconds_between(%(c)s, %(at)s, %(at)s + interval '0.6 s'),"
        " private.add_working_microseconds(%(c)s, %(at)s, 600000)",
        {"c": SALON, "at": start},
    ).fetchone()
    assert row == (600_000, start + timedelta(milliseconds=600))


# The clocks of Warsaw go from 02:00 to 03:00 on 2026-03-29 and from 03:00 to 02:00 on 2026-10-25.
NIGHTS = (
    ("a night of 23 hours", "2026-03-29", (0, 360), 5 * HOUR),
    ("a night of 25 hours", "2026-10-25", (0, 360), 7 * HOUR),
    ("opening at a time that is skipped: at the jump", "2026-03-29", (150, 300), 2 * HOUR),
    ("closing at a time that is skipped: at the jump", "2026-03-29", (60, 150), HOUR),
    ("all of it skipped", "2026-03-29", (130, 170), 0),
    ("the repeated hour counts twice", "2026-10-25", (120, 180), 2 * HOUR),
    ("opening within the repeated hour", "2026-10-25", (150, 300), 3 * HOUR),
    ("closing within the repeated hour", "2026-10-25", (60, 150), 2 * HOUR),
    ("both within the repeated hour", "2026-10-25", (130, 140), 20 * MINUTE),
)


@pytest.mark.parametrize(("what", "day", "hours", "seconds"), NIGHTS)
def test_opening_hours_are_what_the_clocks_show(
    db: psycopg.Connection, what: str, day: str, hours: tuple[int, int], seconds: int
) -> None:
    calendar = a_calendar(db, [(7, *hours)])
    midnight = local(f"{day} 00:00")
    assert worked(db, calendar, midnight, midnight + timedelta(hours=30)) == seconds, what


def test_opening_at_a_skipped_time_is_opening_at_the_jump(db: psycopg.Connection) -> None:
    calendar = a_calendar(db, [(7, 150, 300)])
    assert due(db, calendar, local("2026-03-28 12:00"), 1) == local("2026-03-29 03:00:01")


def test_between_the_passes_of_a_repeated_half_hour_the_clocks_show_closed(
    db: psycopg.Connection,
) -> None:
    calendar = a_calendar(db, [(7, 150, 300)])
    first_pass = local("2026-10-25 02:30")
    assert due(db, calendar, first_pass, 30 * MINUTE) == first_pass + timedelta(minutes=30)
    assert due(db, calendar, first_pass, 31 * MINUTE) == local("2026-10-25 02:31", fold=1)


def test_cutting_an_interval_in_two_changes_nothing(db: psycopg.Connection) -> None:
    whole = a_calendar(db, [(7, 0, 360)])
    cut = a_calendar(db, [(7, 0, 145), (7, 145, 360)])
    start = local("2026-03-01 00:00")
    for hours in range(0, 24 * 365, 31):
        end = start + timedelta(hours=hours, minutes=hours % 60)
        assert worked(db, cut, start, end) == worked(db, whole, start, end)


def test_a_day_that_a_zone_skipped_had_no_working_time(db: psycopg.Connection) -> None:
    # Samoa went from 29 to 31 December 2011; long before what is laid out, so from the rules.
    calendar = a_calendar(db, [(5, 540, 1020)], time_zone="Pacific/Apia")
    thursday = local("2011-12-29 12:00", ZoneInfo("Pacific/Apia"))
    assert worked(db, calendar, thursday, thursday + timedelta(days=4)) == 0


def test_clocks_set_back_over_midnight_repeat_the_end_of_the_day_before(
    db: psycopg.Connection,
) -> None:
    # In Cairo, 31 October 2025 begins an hour after it first would have: 30 October, 23:00, again.
    calendar = a_calendar(db, [(4, 1380, 1440), (5, 0, 60)], time_zone="Africa/Cairo")
    evening = local("2025-10-30 22:00", ZoneInfo("Africa/Cairo"))
    assert worked(db, calendar, evening, evening + timedelta(hours=6)) == 3 * HOUR


def test_around_the_clock_is_every_second(db: psycopg.Connection) -> None:
    start = datetime(2026, 3, 28, 11, 59, 58, 765432, tzinfo=UTC)
    for seconds in (1, 59, DAY, 3 * YEAR, 10 * YEAR, 30 * YEAR):
        end = start + timedelta(seconds=seconds)
        assert due(db, VIP_DESK, start, seconds) == end
        assert worked(db, VIP_DESK, start, end) == seconds


def test_several_intervals_a_day(db: psycopg.Connection) -> None:
    calendar = a_calendar(db, [(1, 480, 720), (1, 780, 1020)])
    monday = local("2026-11-23 11:30")
    assert due(db, calendar, monday, HOUR) == local("2026-11-23 13:30")
    assert due(db, calendar, monday, 5 * HOUR) == local("2026-11-30 08:30")


def test_closing_at_midnight_and_opening_at_midnight_is_no_pause(db: psycopg.Connection) -> None:
    calendar = a_calendar(db, EVERY_DAY)
    assert due(db, calendar, local("2026-11-23 23:59:59"), 2) == local("2026-11-24 00:00:01")


def test_a_reduced_day_and_a_closure_of_our_own(db: psycopg.Connection) -> None:
    an_exception(db, SALON, date(2026, 12, 31), [(540, 840)])
    an_exception(db, SALON, date(2026, 11, 24))
    assert due(db, SALON, local("2026-11-23 19:30"), HOUR) == local("2026-11-25 09:30")
    assert due(db, SALON, local("2026-12-31 13:30"), HOUR) == local("2027-01-02 10:30")


def test_a_house_may_open_on_a_holiday(db: psycopg.Connection) -> None:
    an_exception(db, SALON, date(2026, 12, 24), [(600, 840)])
    assert due(db, SALON, local("2026-12-23 19:30"), HOUR) == local("2026-12-24 10:30")


def test_even_around_the_clock_a_day_can_be_reduced(db: psycopg.Connection) -> None:
    an_exception(db, VIP_DESK, date(2026, 12, 24), [(0, 840)])
    assert due(db, VIP_DESK, local("2026-12-24 13:59:30"), 60) == local("2026-12-25 00:00:30")


def test_a_small_promise_survives_a_long_closure(db: psycopg.Connection) -> None:
    add_exceptions(db, SALON, {date(2026, 11, 24) + timedelta(days=n): () for n in range(400)})
    assert due(db, SALON, local("2026-11-23 19:59:45"), 30) == local("2027-12-29 09:00:15")


def test_a_calendar_with_one_open_day_in_years_is_patient(db: psycopg.Connection) -> None:
    calendar = a_calendar(db)
    an_exception(db, calendar, date(2063, 5, 4), [(540, 600)])
    assert due(db, calendar, local("2026-11-23 12:00"), 60) == local("2063-05-04 09:01")
    with refused(db, "PT409", "calendar_never_opens"):
        due(db, calendar, local("2026-11-23 12:00"), HOUR + 1)


def test_a_calendar_that_never_opens_says_so(db: psycopg.Connection) -> None:
    calendar = a_calendar(db)
    assert due(db, calendar, local("2026-11-23 12:00"), 0) == local("2026-11-23 12:00")
    assert worked(db, calendar, local("2026-11-23 12:00"), local("2027-11-23 12:00")) == 0
    with refused(db, "PT409", "calendar_never_opens"):
        due(db, calendar, local("2026-11-23 12:00"), 1)


OUTSIDE = (
    ("1999-07-01 12:00", 10 * HOUR),
    ("2003-12-31 19:00", 10 * HOUR),
    ("2016-12-31 15:59:59", DAY),
    ("2041-12-30 12:00:00.5", DAY),
    ("2042-06-01 12:00", 3),
    ("2030-01-01 12:00", 9 * YEAR),
    ("2077-07-01 12:00", YEAR),
)


@pytest.mark.parametrize(("given", "seconds"), OUTSIDE)
def test_what_is_not_laid_out_is_as_exact(db: psycopg.Connection, given: str, seconds: int) -> None:
    start = local(given)
    end = due(db, SALON, start, seconds)
    assert worked(db, SALON, start, end) == seconds
    assert worked(db, SALON, start, end - timedelta(microseconds=1)) == seconds - 1


def test_what_is_laid_out_agrees_with_the_rules(db: psycopg.Connection) -> None:
    """Without its layout the same calendar answers the same, from the rules alone."""
    an_exception(db, SALON, date(2027, 2, 1), [(1, 2), (700, 701)])
    ask = "select private.add_working_seconds(%s, %s + n * interval '17 h', n * 7777)" + (
        " from generate_series(0, 300) n"
    )
    values = [SALON, local("2026-11-23 19:59:59.5")]
    laid_out = db.execute(ask, values).fetchall()
    db.execute(
        "update private.calendar_layouts set starts_at = '1901-01-01', ends_at = '1902-01-01'"
    )
    assert db.execute(ask, values).fetchall() == laid_out


@pytest.mark.parametrize("seconds", [-1, -(2**63), 100 * 366 * DAY, 2**63 - 1])
def test_working_time_has_bounds(db: psycopg.Connection, seconds: int) -> None:
    with refused(db, "PT422", "working_time_out_of_range"):
        due(db, SALON, local("2026-11-23 12:00"), seconds)


def test_time_has_bounds(db: psycopg.Connection) -> None:
    for at in ("-infinity", "infinity", "1969-12-31", "2200-01-02"):
        with refused(db, "PT422", "instant_out_of_range"):
            db.execute("select private.add_working_seconds(%s, %s, 1)", [SALON, at])
        with refused(db, "PT422", "instant_out_of_range"):
            db.execute("select private.working_seconds_between(%s, now(), %s)", [SALON, at])


def test_there_is_no_working_time_without_a_calendar(db: psycopg.Connection) -> None:
    with refused(db, "PT404", "calendar_not_found"):
        due(db, uuid4(), local("2026-11-23 12:00"), 1)
    with refused(db, "PT404", "calendar_not_found"):
        worked(db, uuid4(), local("2026-11-23 12:00"), local("2026-11-23 13:00"))


def test_a_calendar_that_changes_zone_or_holidays_answers_by_the_new_ones(
    db: psycopg.Connection,
) -> None:
    start = local("2026-12-24 15:00")
    assert due(db, SALON, start, 1) == local("2026-12-28 09:00:01")
    db.execute("update public.calendars set holiday_set = null where id = %s", [SALON])
    assert due(db, SALON, start, 1) == start + timedelta(seconds=1)
    db.execute("update public.calendars set time_zone = 'America/New_York' where id = %s", [SALON])
    assert due(db, SALON, start - timedelta(hours=6), 1) == local("2026-12-24 15:00:01")


def test_a_new_holiday_closes_the_calendars_that_keep_them(db: psycopg.Connection) -> None:
    db.execute(
        "insert into public.holiday_rules (holiday_set, name_pl, name_en, easter_offset_days)"
        " values ('pl', 'Wielki Piątek', 'Good Friday', -2)"
    )
    assert due(db, SALON, local("2026-04-02 19:59:30"), 60) == local("2026-04-04 10:00:30")


def test_hours_edited_row_by_row_count_at_once(db: psycopg.Connection) -> None:
    start = local("2026-11-23 12:00")
    for statement, expected in (
        ("update public.calendar_hours set closes_minute = 780 where calendar_id = %s", HOUR),
        ("delete from public.calendar_hours where calendar_id = %s and weekday = 1", 0),
    ):
        db.execute(statement, [SALON])
        assert worked(db, SALON, start, local("2026-11-24 06:00")) == expected


def test_the_layout_moves_along_with_time(db: psycopg.Connection) -> None:
    ask = "select starts_at, ends_at from private.calendar_layouts where calendar_id = %s"
    fresh = db.execute(ask, [SALON]).fetchone()
    db.execute(
        "update private.calendar_layouts set ends_at = now() where calendar_id = %s", [SALON]
    )
    moved = db.execute("select private.lay_out_calendars(now() + interval '11 years')").fetchone()
    assert moved == (1,)
    assert db.execute(ask, [SALON]).fetchone() == fresh
    everything = db.execute(
        "select private.lay_out_calendars() = count(*) from public.calendars"
    ).fetchone()
    assert everything == (True,)
