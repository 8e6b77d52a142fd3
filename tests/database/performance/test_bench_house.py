"""The house that benchmarks measure: the same each time, like one that is lived in, and whole."""

from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
import polars as pl
import psycopg
import pytest
from polars.testing import assert_frame_equal

from scripts.bench.house.building import TABLES, build
from scripts.bench.house.copying import copy
from scripts.bench.house.dice import Hours
from scripts.bench.house.integrity import BrokenReferenceError, check_references
from scripts.bench.house.loading import without_guards
from scripts.bench.house.messages import messages
from scripts.bench.house.people import draw_people
from scripts.bench.house.plan import Plan
from scripts.bench.house.tickets import stretches
from scripts.bench.house.work import work

UNTIL = datetime(2026, 11, 22, 12, tzinfo=UTC)


def history(seed: int) -> dict[str, pl.DataFrame]:
    plan = Plan(tickets=300, until=UNTIL, seed=seed, chunk=200)
    people = draw_people(plan, "0" * 32)
    return {
        f"{stretch.place} {number} {table}": rows
        for stretch in stretches(plan, people)
        for number, (table, rows) in enumerate(
            [*work(plan, people, stretch), *messages(plan, people, stretch)]
        )
    }


def test_the_same_seed_writes_the_same_rows_and_another_one_others() -> None:
    one, again, other = history(7), history(7), history(8)
    assert one.keys() == again.keys()
    for name, rows in one.items():
        assert_frame_equal(rows, again[name])
    assert not any(
        rows.equals(other[name]) for name, rows in one.items() if rows.height and name in other
    )


def test_tickets_come_in_order_and_when_warsaw_is_awake() -> None:
    plan = Plan(tickets=20_000, until=UNTIL)
    halves = [Hours(plan).draw(plan.rng(0, first), first, 10_000, 20_000) for first in (0, 10_000)]
    moments = np.concatenate(halves)
    assert (np.diff(moments) >= np.timedelta64(0)).all()
    assert np.datetime64("2024-11-22") <= moments[0] <= moments[-1] <= plan.end
    assert (moments > np.datetime64("2025-11-22")).sum() > 10_500
    local = pl.Series(moments).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Warsaw")
    by_hour = Counter(local.dt.hour())
    by_weekday = Counter(local.dt.weekday())
    assert by_hour[10] > 20 * max(1, by_hour[3])
    assert by_weekday[1] > 2 * by_weekday[7]


@pytest.fixture
def house(db: psycopg.Connection) -> Counter[str]:
    """Two hundred tickets and all that followed; how many rows of what."""
    written: Counter[str] = Counter()
    db.execute("create temporary table strangers on commit drop as select id from support_tickets")
    db.execute("set local session_replication_role = replica")

    def write(table: str, rows: pl.DataFrame) -> None:
        written[table] += copy(db, table, rows)

    plan = Plan(tickets=200, until=UNTIL, seed=uuid4().int % 2**32)
    with without_guards(db, TABLES):
        build(db, plan, write, with_samples=False)
    return written


def test_a_house_is_whole_although_nothing_watched_it_being_written(
    db: psycopg.Connection, house: Counter[str]
) -> None:
    assert house["public.support_tickets"] == 200
    assert 900 <= house["public.ticket_messages"] <= 1000
    assert {table for table in TABLES if house[table] == 0} <= {
        "public.recovery_cases", "public.recovery_gestures", "public.quality_check_results",
    }  # fmt: skip
    assert all(check_references(db, table, 10**9) > 0 for table in TABLES)
    late = db.execute(
        "select count(*) from public.support_tickets where (opened_at > %s or resolved_at > %s)"
        " and id not in (select id from strangers)",
        [UNTIL, UNTIL],
    ).fetchone()
    assert late == (0,)
    db.execute("update public.ticket_messages set ticket_id = gen_random_uuid() where true")
    with pytest.raises(BrokenReferenceError, match="ticket_messages_ticket_id_fkey"):
        check_references(db, "public.ticket_messages", 10**9)
