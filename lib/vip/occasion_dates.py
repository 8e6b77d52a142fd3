"""On which day, at which hour. Pure arithmetic with days of the year and local clocks."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lib.vip.models.occasions import DayOfYear

SEND_HOUR = 10
"""The local hour at which what belongs to a day is due."""


def local_day(at: datetime, time_zone: str) -> date:
    """Return the day the clocks of the time zone show at that instant."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def morning_of(day: date, time_zone: str) -> datetime:
    """Return the instant at which the clocks there show SEND_HOUR on that day."""
    local = datetime.combine(day, time(SEND_HOUR), ZoneInfo(time_zone))
    return local.astimezone(UTC)


def day_in_year(year: int, day: DayOfYear) -> date:
    """Return that day of that year; the 29 February of a common year is its 28th."""
    month, number = day
    try:
        return date(year, month, number)
    except ValueError:
        return date(year, 2, 28)


def years_around(day: date) -> Iterator[int]:
    """Yield the years in which something yearly may be due around that day."""
    yield from (day.year - 1, day.year, day.year + 1)


def customary_name_day(birthday: DayOfYear | None, days: Iterable[DayOfYear]) -> DayOfYear | None:
    """Return the name day that is kept: the nearest after the birthday.

    A name with one day has that one. With several and no birthday known nobody can tell: None.
    """
    ordered = sorted(days)
    if len(ordered) <= 1:
        return next(iter(ordered), None)
    if birthday is None:
        return None
    return next((day for day in ordered if day > birthday), ordered[0])


def runs_out(stock: Iterable[tuple[date, int]]) -> date | None:
    """Return when a product is used up: what is bought before the last is used lasts on from it.

    `stock`: day and days of use of each purchase, in the order they were made.
    """
    empty_on: date | None = None
    for bought_on, days in stock:
        begins_on = bought_on if empty_on is None else max(bought_on, empty_on)
        empty_on = begins_on + timedelta(days=days)
    return empty_on


def sessions_so_far(days: Iterable[date], gap_days: int) -> int:
    """Return how many sessions the present course has had.

    A pause of more than three gaps ended the course before: the next session began a new one.
    """
    count, before = 0, None
    for day in days:
        is_pause = before is not None and (day - before).days > 3 * gap_days
        count = 1 if is_pause else count + 1
        before = day
    return count
