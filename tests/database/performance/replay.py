"""Works out from the ledger's bare rows what a promise must say, in Python and by its own clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import class_row

WARSAW = ZoneInfo("Europe/Warsaw")
MICROSECOND = timedelta(microseconds=1)


@dataclass
class Hours:
    """A calendar as people write it down: hours by weekday, and days unlike them."""

    week: Mapping[int, Sequence[tuple[int, int]]]
    """Minutes from opening to closing, by ISO weekday."""
    unlike: dict[date, Sequence[tuple[int, int]]]

    def spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When it is open from `start` on, without end."""
        day = start.astimezone(WARSAW).date() - timedelta(days=1)
        while True:
            for opens, closes in self.unlike.get(day, self.week.get(day.isoweekday(), ())):
                span = (max(instant(day, opens), start), instant(day, closes))
                if span[0] < span[1]:
                    yield span
            day += timedelta(days=1)

    def worked(self, start: datetime, end: datetime) -> int:
        """Working microseconds from one to the other."""
        total = 0
        for opens, closes in self.spans(start):
            if opens >= end:
                break
            total += (min(closes, end) - opens) // MICROSECOND
        return total

    def add(self, start: datetime, microseconds: int) -> datetime:
        """When so much has been worked."""
        left = max(microseconds, 0)
        for opens, closes in self.spans(start):
            if left == 0:
                break
            length = (closes - opens) // MICROSECOND
            if left <= length:
                return opens + left * MICROSECOND
            left -= length
        return start


def instant(day: date, minute: int) -> datetime:
    """Minutes of the local day as an instant; of an hour that comes twice the first."""
    local = datetime.combine(day, time(), WARSAW) + timedelta(minutes=minute)
    return min(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


@dataclass(frozen=True, kw_only=True)
class Span:
    """A row of promise_spans."""

    position: int
    is_running: bool
    calendar_id: UUID | None
    target_seconds: int
    starts_at: datetime
    ends_at: datetime | None
    used_microseconds: int


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A row of ticket_promises, and what the database derives for it."""

    id: UUID
    ticket_id: UUID
    kind: str
    state: str
    started_at: datetime
    due_at: datetime | None
    derived_due_at: datetime | None
    ended_at: datetime | None
    ticket_status: str


def stored_promises(db: psycopg.Connection, tickets: Sequence[UUID]) -> list[Stored]:
    """Every promise of these tickets."""
    with db.cursor(row_factory=class_row(Stored)) as cursor:
        return cursor.execute(
            "select promise.id, ticket_id, kind, state, started_at, due_at, ended_at,"
            " private.derive_due_at(promise.id) as derived_due_at, ticket.status as ticket_status"
            " from public.ticket_promises promise"
            " join public.support_tickets ticket on ticket.id = ticket_id"
            " where ticket_id = any (%s)",
            [list(tickets)],
        ).fetchall()


def ledgers(db: psycopg.Connection, tickets: Sequence[UUID]) -> dict[UUID, list[Span]]:
    """The spans of every promise of these tickets, in order."""
    found: dict[UUID, list[Span]] = {}
    for promise_id, *values in db.execute(
        "select promise_id, position, is_running, span.calendar_id, span.target_seconds,"
        " starts_at, ends_at, used_microseconds from public.promise_spans span"
        " join public.ticket_promises promise on promise.id = promise_id"
        " where ticket_id = any (%s) order by promise_id, position",
        [list(tickets)],
    ):
        names = tuple(Span.__dataclass_fields__)
        found.setdefault(promise_id, []).append(Span(**dict(zip(names, values, strict=True))))
    return found


def due_at(ledger: Sequence[Span], calendars: Mapping[UUID, Hours]) -> datetime | None:
    """When the promise is due if its last span goes on; None in a pause."""
    last = ledger[-1]
    if not last.is_running:
        return None
    left = last.target_seconds * 1_000_000 - sum(span.used_microseconds for span in ledger[:-1])
    if last.calendar_id is None or last.calendar_id not in calendars:
        return last.starts_at + max(left, 0) * MICROSECOND
    return calendars[last.calendar_id].add(last.starts_at, left)


def used(span: Span, calendars: Mapping[UUID, Hours]) -> int:
    """What a span that has just ended must have used, by the calendar as it was until then."""
    assert span.ends_at is not None
    if not span.is_running:
        return 0
    if span.calendar_id is None or span.calendar_id not in calendars:
        return (span.ends_at - span.starts_at) // MICROSECOND
    return calendars[span.calendar_id].worked(span.starts_at, span.ends_at)
