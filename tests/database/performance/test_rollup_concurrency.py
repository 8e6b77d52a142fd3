"""Marks and rolling at the same moment, on connections of their own: no wait, and nothing is lost.

What is committed here stays in roll-ups only until the desk is gone: that marks it again.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.database.performance.measured import a_cycle
from tests.factories import a_client, an_agent
from tests.support.parallel import lasting_desk
from tests.support.waiting import eventually

ROLL = "select worker.roll_metrics(2000, 1)"
WAITING = "select exists (select from pg_locks where pid = %s and not granted)"
CORRECT = (
    "update public.support_tickets set first_responded_at = first_responded_at"
    " + interval '10 s' where id = %s"
)


class Place:
    """A desk with one answer, given a while ago; everything is committed."""

    def __init__(self, db: psycopg.Connection, desk_id: UUID, database_url: str) -> None:
        self.db, self.desk_id, self.database_url = db, desk_id, database_url
        agent = an_agent(db, desk_id=desk_id)
        client = a_client(db, "vip_gold", desk_id=desk_id)
        began_at = datetime.now(UTC).replace(second=5, microsecond=0) - timedelta(minutes=90)
        self.ticket = a_cycle(
            db,
            client,
            desk_id,
            began_at,
            response_seconds=20,
            resolve_seconds=40,
            assignees=[agent],
        )

    def connect(self, **options: Any) -> psycopg.Connection:
        """Whoever would wait fails instead."""
        return psycopg.connect(self.database_url, options="-c lock_timeout=2s", **options)

    def seconds(self, db: psycopg.Connection | None = None) -> float:
        """What the roll-ups say of the answer, to somebody who reads now."""
        row = (
            (db or self.db)
            .execute(
                "select total from private.summarise_metric('vip_response_time', now() - interval"
                " '1 day', now(), array[%s::uuid])",
                [self.desk_id],
            )
            .fetchone()
        )
        assert row
        return float(row[0])

    def rolled_seconds(self) -> float | None:
        """What stands in the cell of the hour."""
        row = self.db.execute(
            "select total from private.metric_rollups where metric = 'vip_response_time'"
            " and grain = 'hour' and desk_id = %s",
            [self.desk_id],
        ).fetchone()
        return None if row is None else float(row[0])


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    with lasting_desk(database_url) as (db, desk_id):
        yield Place(db, desk_id, database_url)


def test_what_is_committed_after_the_rolling_is_still_marked(place: Place) -> None:
    with place.connect() as writer:
        writer.execute(CORRECT, [place.ticket])
        place.db.execute(ROLL)
        assert place.rolled_seconds() == 20
        writer.commit()
    assert place.seconds() == 30
    place.db.execute(ROLL)
    assert (place.rolled_seconds(), place.seconds()) == (30, 30)


def test_what_is_marked_while_rolling_waits_for_nobody_and_is_not_lost(place: Place) -> None:
    with place.connect() as roller, place.connect() as writer:
        roller.execute(ROLL)
        writer.execute(CORRECT, [place.ticket])
        assert place.seconds() == 20, "neither has been committed"
        writer.commit()
        assert place.seconds() == 30, "before the rolling is committed"
        roller.commit()
    assert place.rolled_seconds() == 20
    assert place.seconds() == 30, "after it"
    place.db.execute(ROLL)
    assert (place.rolled_seconds(), place.seconds()) == (30, 30)


def test_a_rolling_that_fails_leaves_its_marks(place: Place) -> None:
    with place.connect() as roller:
        roller.execute(ROLL)
        roller.rollback()
    assert place.rolled_seconds() is None
    assert place.seconds() == 20
    place.db.execute(ROLL)
    assert (place.rolled_seconds(), place.seconds()) == (20, 20)


def test_one_rolls_at_a_time(place: Place) -> None:
    with (
        place.connect() as first,
        psycopg.connect(place.database_url, autocommit=True) as second,
        ThreadPoolExecutor(1) as pool,
    ):
        first.execute(ROLL)
        place.db.execute(CORRECT, [place.ticket])
        rolling = pool.submit(second.execute, ROLL)
        eventually(lambda: is_waiting(place, second))
        first.commit()
        rolling.result(10)
    assert (place.rolled_seconds(), place.seconds()) == (30, 30)


def is_waiting(place: Place, other: psycopg.Connection) -> bool:
    row = place.db.execute(WAITING, [other.info.backend_pid]).fetchone()
    return bool(row and row[0])
