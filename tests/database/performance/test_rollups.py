"""Roll-ups say at any moment what the observations say, whatever came late, twice or was corrected.

The raw computation reads private.observe_metric and does the rest in Python.
"""

import statistics
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lib.performance.rollups import RollupPolicy
from tests.database.performance.measured import a_cycle, a_promise, a_rating, reopen
from tests.database.performance.roller import cells, mark_count, roll, run_rollups
from tests.factories import a_client, a_desk, an_agent

WARSAW = ZoneInfo("Europe/Warsaw")
SHORTEST, LONGEST = date(2026, 3, 29), date(2026, 10, 25)
METRICS = (
    "client_satisfaction",
    "first_contact_resolution",
    "promises_kept",
    "reopen_rate",
    "support_efficiency",
    "vip_response_time",
)


class Desk:
    """A desk to which things happen."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        self.id = a_desk(db)
        self.other_id = a_desk(db)
        self.agents = [an_agent(db, desk_id=self.id) for _ in range(2)]
        self.client = a_client(db, "vip_gold", desk_id=self.id)
        self.tickets: list[UUID] = []

    def serve(self, began_at: datetime, seconds: float) -> None:
        """A cycle with all that belongs to it."""
        ticket = a_cycle(
            self.db,
            self.client,
            self.id,
            began_at,
            response_seconds=seconds,
            resolve_seconds=seconds * 20,
            assignees=self.agents[: 1 + (seconds % 3 < 1)],
            answers=1 + (seconds % 2 < 1),
        )
        rated_at = began_at + timedelta(seconds=seconds * 21)
        a_rating(self.db, self.client, ticket, rated_at, 1 + int(seconds) % 5)
        a_promise(self.db, ticket, began_at + timedelta(seconds=90), is_kept=seconds < 150)
        self.tickets.append(ticket)


@pytest.fixture
def desk(db: psycopg.Connection) -> Desk:
    return Desk(db)


Range = tuple[datetime, datetime]


def observed(db: psycopg.Connection, metric: str, since: datetime, until: datetime) -> list[float]:
    rows = db.execute(
        "select value from private.observe_everywhere(%s, %s, %s)"
        " where observed_at >= %s and observed_at < %s",
        [metric, since, until, since, until],
    )
    return [float(value) for (value,) in rows]


def at_desk(
    db: psycopg.Connection, metric: str, desk_id: UUID, since: datetime, until: datetime
) -> list[float]:
    rows = db.execute(
        "select value from private.observe_metric(%s, %s, %s, array[%s::uuid])",
        [metric, since, until, desk_id],
    )
    return [float(value) for (value,) in rows]


def summary(
    db: psycopg.Connection, metric: str, span: Range, desk_id: UUID | None
) -> dict[str, Any]:
    row = db.execute(
        "select to_jsonb(one) from private.summarise_metric(%s, %s, %s, %s) one",
        [metric, *span, None if desk_id is None else [desk_id]],
    ).fetchone()
    assert row
    told: dict[str, Any] = row[0]
    return told


def assert_same(told: dict[str, Any], values: list[float], why: object) -> None:
    """Counts and sums are exact, quantiles within 1 %."""
    assert told["sample_count"] == len(values), why
    assert told["total"] == pytest.approx(sum(values), abs=1e-6), why
    if values:
        cut = [*values, values[0]] if len(values) == 1 else values
        p90 = statistics.quantiles(cut, n=10, method="inclusive")[8]
        assert told["mean"] == pytest.approx(statistics.fmean(values), abs=1e-4), why
        assert told["median"] == pytest.approx(statistics.median(values), rel=0.01001), why
        assert told["p90"] == pytest.approx(p90, rel=0.01001), why


def assert_everything_is_told(db: psycopg.Connection, desk: Desk, spans: list[Range]) -> None:
    for metric in METRICS:
        for span in spans:
            house = observed(db, metric, *span)
            assert_same(summary(db, metric, span, None), house, (metric, span))
            own = at_desk(db, metric, desk.id, *span)
            assert_same(summary(db, metric, span, desk.id), own, (metric, span, "desk"))


def ranges(day: date, random: Random) -> Iterator[Range]:
    """The day, the month it is in, and ranges that begin and end anywhere."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=WARSAW)
    yield midnight, (midnight + timedelta(days=1)).replace(tzinfo=WARSAW)
    yield midnight.replace(day=1), midnight + timedelta(days=12)
    moments = sorted(midnight + timedelta(hours=random.uniform(-60, 70)) for _ in range(3))
    yield from pairwise(moments)


@pytest.mark.parametrize(
    "day", [SHORTEST, LONGEST, date(2025, 9, 30)], ids=["shortest", "longest", "before_hours_end"]
)
def test_rolled_or_not_a_range_says_what_was_observed(
    db: psycopg.Connection, desk: Desk, day: date
) -> None:
    random = Random(day.toordinal())
    midnight = datetime(day.year, day.month, day.day, tzinfo=WARSAW)
    for _ in range(8):
        desk.serve(midnight + timedelta(hours=random.uniform(-30, 50)), random.uniform(5, 400))
    for ticket in desk.tickets[:3]:
        reopen(db, ticket, midnight + timedelta(hours=60))
    spans = list(ranges(day, random))
    assert mark_count(db) > 0
    assert_everything_is_told(db, desk, spans)
    roll(db)
    assert mark_count(db) == 0
    assert_everything_is_told(db, desk, spans)
    assert_the_worst_are_found(db, desk, spans[0])
    days = cells(db, "promises_kept", desk.id, "day")
    starts = [at.astimezone(WARSAW) for at in days]
    assert starts
    assert all((at.hour, at.minute) == (0, 0) for at in starts)


def assert_the_worst_are_found(db: psycopg.Connection, desk: Desk, span: Range) -> None:
    """The evidence is found through cells; here by looking at every observation."""
    for metric in METRICS:
        row = db.execute(
            "select private.list_metric_evidence(known, %s, %s, array[%s::uuid], 4), direction"
            " from public.metric_definitions known where metric = %s",
            [*span, desk.id, metric],
        ).fetchone()
        assert row
        items = [(UUID(one["subject_id"]), one["value"]) for one in row[0]]
        sign = 1 if row[1] == "lower" else -1
        found = db.execute(
            "select observed_at, subject_id, value from private.observe_metric(%s, %s, %s,"
            " array[%s::uuid])",
            [metric, *span, desk.id],
        ).fetchall()
        worst = sorted(found, key=lambda one: (sign * one[2], one[0]), reverse=True)
        assert items == [(subject, float(value)) for _, subject, value in worst[:4]], metric


def test_the_worker_rolls_and_prunes_and_every_number_stays(
    db: psycopg.Connection, desk: Desk
) -> None:
    noon = datetime.now(WARSAW).replace(hour=12, minute=0, second=0, microsecond=0)
    long_ago = noon - timedelta(days=20)
    db.execute(
        "update private.metric_grains set kept_since_at = %s where grain = 'minute'",
        [long_ago.replace(hour=0)],
    )
    desk.serve(long_ago, 40)
    desk.serve(noon - timedelta(days=2), 90)
    spans = [(long_ago - timedelta(hours=1), noon), (long_ago, long_ago + timedelta(seconds=95))]
    roll(db)
    assert any(at < long_ago + timedelta(days=1) for at in minutes(desk))
    desk.serve(noon - timedelta(days=3), 70)
    assert run_rollups(db, RollupPolicy())
    assert minutes(desk)
    assert all(at > noon - timedelta(days=10) for at in minutes(desk))
    assert_everything_is_told(db, desk, spans)
    assert mark_count(db) == 0


def minutes(desk: Desk) -> list[datetime]:
    return list(cells(desk.db, "vip_response_time", desk.id, "minute"))


# What can happen, in any order, rolled up in between or not.
CHANGES: dict[str, LiteralString] = {
    "answered_later": "update public.support_tickets set first_responded_at = first_responded_at"
    " + interval '13 min', resolved_at = resolved_at + interval '1 hour' where id = %(id)s",
    "written_twice": "update public.support_tickets set first_responded_at = first_responded_at"
    " where id = %(id)s",
    "moved": "update public.support_tickets set desk_id = %(other)s where id = %(id)s",
    "promise_broken": "update public.ticket_promises set state = 'breached', breached_at = due_at,"
    " met_at = null where ticket_id = %(id)s and state = 'met'",
    "promise_gone": "delete from public.ticket_promises where ticket_id = %(id)s",
    "rating_gone": "delete from public.surveys where ticket_id = %(id)s",
    "late_answer": "insert into public.ticket_messages (ticket_id, author_kind, body, created_at,"
    " author_id) select id, 'agent', 'Jeszcze jedno', resolved_at - interval '1 s', %(agent)s"
    " from public.support_tickets where id = %(id)s and resolved_at is not null",
    "declined": "update public.ticket_assignments set state = 'declined', answered_at = now()"
    " where ticket_id = %(id)s and state = 'completed' and answered_at is not null",
    "other_tier": "update public.support_tickets set tier = 'standard' where id = %(id)s",
    "gone": "delete from public.support_tickets where id = %(id)s",
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("served"), st.floats(-40, 60), st.floats(5, 400)),
        st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 5), st.booleans()),
        st.tuples(st.just("reopened"), st.integers(0, 5), st.booleans()),
    ),
    min_size=6,
    max_size=10,
)


@settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_late_repeated_and_corrected_events_are_all_the_same_thing(
    db: psycopg.Connection, steps: list[tuple[Any, Any, Any]]
) -> None:
    midnight = datetime(2026, 10, 25, tzinfo=WARSAW)
    with db.transaction(force_rollback=True):
        desk = Desk(db)
        desk.serve(midnight + timedelta(hours=3), 70)
        desk.serve(midnight + timedelta(hours=9), 170)
        for name, one, two in steps:
            happen(desk, midnight, name, one, two)
        spans = list(ranges(LONGEST, Random(len(steps))))[:3]
        assert_everything_is_told(db, desk, spans)
        roll(db)
        assert_everything_is_told(db, desk, spans)


def happen(desk: Desk, midnight: datetime, name: str, one: Any, two: Any) -> None:
    if name == "served":
        desk.serve(midnight + timedelta(hours=one), two)
        return
    if two:
        roll(desk.db)
    ticket = desk.tickets[one % len(desk.tickets)]
    if name == "reopened":
        row = desk.db.execute(
            "select resolved_at from public.support_tickets where id = %s", [ticket]
        ).fetchone()
        if row and row[0]:
            reopen(desk.db, ticket, row[0] + timedelta(hours=2))
        return
    values = {"id": ticket, "other": desk.other_id, "agent": desk.agents[0]}
    desk.db.execute(CHANGES[name], values)
