"""Two connections begin a play of the same client at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.intelligence.plays_house import plays_of
from tests.factories import a_client
from tests.support.acting import refused
from tests.support.parallel import lasting_desk


@pytest.fixture
def lasting(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """An autocommitting connection and a client; both are gone afterwards."""
    with lasting_desk(database_url) as (db, desk):
        client = a_client(db, desk_id=desk)
        yield db, client
        db.execute(
            "delete from private.timers where subject_id in"
            " (select id from public.retention_plays where client_id = %(client)s"
            "  union select id from public.outreach_tasks where client_id = %(client)s)",
            {"client": client},
        )
        db.execute("delete from public.outreach_tasks where client_id = %s", [client])


def beginning(client: UUID, period: int) -> dict[str, Any]:
    return {
        "verdict": "begin",
        "client_id": str(client),
        "period": period,
        "arm": "treated",
        "draw": 0.5,
        "holdout_share": 0.1,
        "probability": 0.9,
        "policy_version": "t",
    }


@pytest.mark.parametrize("periods", [(1, 1), (1, 2)])
def test_only_one_of_two_begins(
    database_url: str, lasting: tuple[psycopg.Connection, UUID], periods: tuple[int, int]
) -> None:
    db, client = lasting
    start = Barrier(2, timeout=20)

    def begin(period: int) -> str:
        items = Jsonb([{"job_id": 1, "decision": beginning(client, period)}])
        with psycopg.connect(database_url) as connection:
            start.wait()
            row = connection.execute("select private.apply_plays(%s)", [items]).fetchone()
        assert row is not None
        return str(row[0][0]["status"])

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(begin, periods))
    assert results == ["gone", "recorded"]
    assert len(plays_of(db, client)) == 1
    found = db.execute("select 1 from public.outreach_tasks where client_id = %s", [client])
    assert len(found.fetchall()) == 1


def test_the_database_itself_lets_no_second_play_in(
    lasting: tuple[psycopg.Connection, UUID],
) -> None:
    db, client = lasting
    for period, days, sqlstate in ((1, 0, None), (2, 59, "23P01"), (3, 60, None)):
        statement = (
            "insert into public.retention_plays (client_id, period, arm, draw, holdout_share,"
            " state, starts_at, ends_at, policy_version) values (%s, %s, 'treated', 0.5, 0.1,"
            " 'open', '2026-01-01Z'::timestamptz + make_interval(hours => 24 * %s),"
            " '2026-01-01Z'::timestamptz + make_interval(hours => 24 * (%s + 60)), 't')"
        )
        values = [client, period, days, days]
        if sqlstate:
            with refused(db, sqlstate):
                db.execute(statement, values)
        else:
            db.execute(statement, values)
