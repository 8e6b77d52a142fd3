"""Random pairs of instants, ten thousand and more in six zones, against a slow oracle."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.database.performance.calendars import EVERY_DAY, Hours, a_calendar, add_exceptions

PAIRS = 1_500  # in each of the calendars below
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
# Whoever reads a clock every quarter of an hour misses nothing: all hours below begin and end on
# one, and all these zones differ from UTC by quarters of an hour and change on one.
QUARTER = 900
SECOND = 1_000_000
EASTERS = (
    *(date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)),
    *(date(2028, 4, 16), date(2029, 4, 1), date(2030, 4, 21)),
)
FIXED = ((1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
HOLIDAYS = (
    {easter + timedelta(days=days) for easter in EASTERS for days in (0, 1, 49, 60)}
    | {date(year, month, day) for year in range(2024, 2031) for month, day in FIXED}
    | {date(year, 12, 24) for year in range(2025, 2031)}
)
SALON = [*((day, 540, 1200) for day in range(1, 6)), (6, 600, 960)]
# In and out of the hours that clocks skip and repeat, which they do on Sundays.
NIGHTS = [(day, *part) for day in (6, 7) for part in ((15, 105), (120, 165), (1305, 1440))]
EXCEPTIONS = {
    date(2024, 12, 24): [(600, 840)],
    date(2026, 3, 29): [(75, 150), (165, 600)],
    date(2026, 10, 25): [(60, 135), (150, 195)],
    date(2027, 5, 3): [(540, 1200)],
    date(2028, 2, 29): [],
}
CALENDARS = (
    ("Europe/Warsaw", SALON, "pl"),
    ("Europe/Warsaw", NIGHTS, None),
    ("America/New_York", NIGHTS, None),
    ("Asia/Kathmandu", SALON, "pl"),
    ("Australia/Lord_Howe", NIGHTS, None),
    ("Australia/Lord_Howe", EVERY_DAY, None),
    ("Africa/Cairo", [(weekday, 1350, 1440) for weekday in range(1, 8)], None),
    ("UTC", SALON, "pl"),
)


class SlowOracle:
    """Reads the clock of a zone at every quarter of an hour, and counts."""

    def __init__(self, zone: ZoneInfo, hours: Hours, closed: set[date]) -> None:
        week: dict[int, list[tuple[int, int]]] = {}
        for weekday, opens, closes in hours:
            week.setdefault(weekday, []).append((opens, closes))
        start, steps = int(FIRST.timestamp()), int((LAST - FIRST).total_seconds()) // QUARTER
        self._start = start
        self._open = [
            _is_open(datetime.fromtimestamp(start + n * QUARTER, zone), week, closed)
            for n in range(steps)
        ]
        self._passed = [0, *accumulate(QUARTER * is_open for is_open in self._open)]

    def worked(self, start: int, end: int) -> int:
        """Working microseconds between two instants in microseconds of the epoch."""
        return self._until(end) - self._until(start)

    def due(self, start: int, seconds: int) -> int | None:
        """The first instant with so much working time behind it; None beyond the last year."""
        if seconds == 0:
            return start
        target = self._until(start) + seconds * SECOND
        step = bisect_left(self._passed, target, key=lambda passed: passed * SECOND)
        if step == len(self._passed):
            return None
        # Reached within the quarter before this step, so many microseconds before its end.
        missing = self._passed[step] * SECOND - target
        return (self._start + step * QUARTER) * SECOND - missing

    def _until(self, at: int) -> int:
        step, rest = divmod(at - self._start * SECOND, QUARTER * SECOND)
        return self._passed[step] * SECOND + rest * self._open[step]


def _is_open(clock: datetime, week: dict[int, list[tuple[int, int]]], closed: set[date]) -> bool:
    day, minute = clock.date(), 60 * clock.hour + clock.minute
    if day in EXCEPTIONS:
        hours = EXCEPTIONS[day]
    elif day in closed:
        return False
    else:
        hours = week.get(clock.isoweekday(), [])
    return any(opens <= minute < closes for opens, closes in hours)


# Microseconds of the epoch both ways: exact, and nothing for a driver to round.
ASK = """
    with pairs as (
        select
            n, seconds,
            timestamptz 'epoch' + a * interval '1 microsecond' as a,
            timestamptz 'epoch' + b * interval '1 microsecond' as b
        from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) with ordinality
            as pairs (a, b, seconds, n)
    )
    select
        private.working_seconds_between(%s, a, b),
        private.working_microseconds_between(%s, a, b),
        (extract(epoch from due.at) * 1000000)::bigint,
        private.working_seconds_between(%s, a, due.at) - seconds
    from pairs
    cross join lateral (select private.add_working_seconds(%s, a, seconds)) due (at)
    order by n
"""


@pytest.mark.parametrize(("zone", "hours", "holiday_set"), CALENDARS)
def test_both_directions_are_exact(
    db: psycopg.Connection,
    zone: str,
    hours: Sequence[tuple[int, int, int]],
    holiday_set: str | None,
) -> None:
    calendar_id = a_calendar(db, hours, time_zone=zone, holiday_set=holiday_set)
    add_exceptions(db, calendar_id, EXCEPTIONS)
    oracle = SlowOracle(ZoneInfo(zone), hours, HOLIDAYS if holiday_set else set())
    asked = random_pairs(Random(f"{zone} {len(hours)}"))
    answers = ask(db, calendar_id, asked)
    wrong = [
        (pair, answer)
        for pair, answer in zip(asked, answers, strict=True)
        if not is_right(oracle, pair, answer)
    ]
    assert len(answers) == PAIRS
    assert not wrong


def random_pairs(random: Random) -> list[tuple[int, int, int]]:
    """Two instants and a promise of up to half a year; every other one on whole seconds."""
    first, last = int(FIRST.timestamp()) * SECOND, int(LAST.timestamp()) * SECOND - 1
    pairs = []
    for n in range(PAIRS):
        a, b = (random.randint(first, last) for _ in range(2))
        if n % 2:
            a, b = a // SECOND * SECOND, b // SECOND * SECOND
        pairs.append((a, b, int(10 ** random.uniform(0, 7.2)) - 1))
    return pairs


def ask(
    db: psycopg.Connection, calendar_id: UUID, pairs: Sequence[tuple[int, int, int]]
) -> list[tuple[int, ...]]:
    columns = [list(column) for column in zip(*pairs, strict=True)]
    return db.execute(ASK, [*columns, *[calendar_id] * 4]).fetchall()


def is_right(oracle: SlowOracle, pair: tuple[int, int, int], answer: tuple[int, ...]) -> bool:
    a, b, seconds = pair
    between, exactly, due, error = answer
    expected = oracle.worked(a, b)
    whole = abs(expected) // SECOND * (1 if expected >= 0 else -1)
    expected_due = oracle.due(a, seconds)
    return (between, exactly, error) == (whole, expected, 0) and (
        expected_due is None or due == expected_due
    )
