"""Days and hours of occasions: tables of dates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.vip.models.occasions import DayOfYear
from lib.vip.occasion_dates import (
    customary_name_day,
    day_in_year,
    local_day,
    morning_of,
    runs_out,
    sessions_so_far,
)

BARBARA = ((9, 20), (12, 4))
MARIA = ((1, 23), (2, 2), (3, 25), (8, 15), (9, 12), (12, 8))


@pytest.mark.parametrize(
    ("birthday", "days", "kept"),
    [
        ((11, 1), BARBARA, (12, 4)),
        ((12, 4), BARBARA, (9, 20)),  # after the birthday, so not on it
        ((12, 5), BARBARA, (9, 20)),
        ((9, 19), BARBARA, (9, 20)),
        ((8, 14), MARIA, (8, 15)),
        ((12, 31), MARIA, (1, 23)),
        ((2, 29), MARIA, (3, 25)),
        ((12, 4), ((12, 4),), (12, 4)),  # the only one there is
        (None, ((12, 24),), (12, 24)),
        (None, BARBARA, None),  # nobody can tell which
        ((5, 5), (), None),
    ],
)
def test_the_name_day_kept_is_the_nearest_after_the_birthday(
    birthday: DayOfYear | None, days: tuple[DayOfYear, ...], kept: DayOfYear | None
) -> None:
    assert customary_name_day(birthday, days) == kept


@pytest.mark.parametrize(
    ("year", "day", "expected"),
    [
        (2024, (2, 29), date(2024, 2, 29)),
        (2025, (2, 29), date(2025, 2, 28)),
        (2100, (2, 29), date(2100, 2, 28)),
        (2000, (2, 29), date(2000, 2, 29)),
        (2025, (12, 31), date(2025, 12, 31)),
    ],
)
def test_the_29_february_is_kept_on_the_28th_in_common_years(
    year: int, day: DayOfYear, expected: date
) -> None:
    assert day_in_year(year, day) == expected


@pytest.mark.parametrize(
    ("day", "zone", "utc"),
    [
        (date(2026, 3, 28), "Europe/Warsaw", datetime(2026, 3, 28, 9, tzinfo=UTC)),
        (date(2026, 3, 29), "Europe/Warsaw", datetime(2026, 3, 29, 8, tzinfo=UTC)),
        (date(2026, 10, 24), "Europe/Warsaw", datetime(2026, 10, 24, 8, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Warsaw", datetime(2026, 10, 25, 9, tzinfo=UTC)),
        (date(2026, 7, 1), "America/New_York", datetime(2026, 7, 1, 14, tzinfo=UTC)),
        (date(2026, 7, 1), "Asia/Kathmandu", datetime(2026, 7, 1, 4, 15, tzinfo=UTC)),
    ],
)
def test_a_day_is_due_at_ten_by_the_clients_own_clock(day: date, zone: str, utc: datetime) -> None:
    assert morning_of(day, zone) == utc


def test_a_day_is_the_one_the_clients_clock_shows() -> None:
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert local_day(at, "Europe/Warsaw") == date(2026, 7, 2)
    assert local_day(at, "America/New_York") == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("stock", "empty_on"),
    [
        ([], None),
        ([("2026-01-01", 60)], "2026-03-02"),
        ([("2026-01-01", 60), ("2026-02-01", 60)], "2026-05-01"),  # bought ahead: lasts longer
        ([("2026-01-01", 60), ("2026-04-01", 60)], "2026-05-31"),  # a pause between
        ([("2026-01-01", 120)], "2026-05-01"),  # two pieces
    ],
)
def test_what_is_bought_ahead_lasts_on_from_what_is_left(
    stock: list[tuple[str, int]], empty_on: str | None
) -> None:
    bought = [(date.fromisoformat(day), days) for day, days in stock]
    assert runs_out(bought) == (date.fromisoformat(empty_on) if empty_on else None)


@pytest.mark.parametrize(
    ("pauses", "sessions"),
    [([], 1), ([42], 2), ([42, 42, 126], 4), ([42, 127], 1), ([127, 42], 2)],
)
def test_a_long_pause_begins_the_course_anew(pauses: list[int], sessions: int) -> None:
    days = [date(2026, 1, 1)]
    for pause in pauses:
        days.append(days[-1] + timedelta(days=pause))
    assert sessions_so_far(days, 42) == sessions


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(1990, 2100))
def test_a_birthday_comes_once_in_every_year(birth_on: date, year: int) -> None:
    falls_on = day_in_year(year, (birth_on.month, birth_on.day))
    assert falls_on.year == year
    assert (falls_on.month, falls_on.day) == (birth_on.month, birth_on.day) or (
        (birth_on.month, birth_on.day) == (2, 29) and (falls_on.month, falls_on.day) == (2, 28)
    )
