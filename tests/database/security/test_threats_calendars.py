"""What is tried with calendars: they say when promises are due, so nobody may bend them."""

from typing import LiteralString

import psycopg
import pytest

from tests.support.acting import refused
from tests.support.house import House, a_house

SALON = "00000000-0000-4000-8000-0000000000c1"
TABLES: tuple[LiteralString, ...] = (
    "public.calendars",
    "public.calendar_hours",
    "public.calendar_exceptions",
    "public.calendar_exception_hours",
    "public.holiday_rules",
    "public.holiday_sets",
    "private.calendar_layouts",
    "private.calendar_spans",
)
ARITHMETIC: tuple[LiteralString, ...] = (
    "private.add_working_seconds(%s, now(), 60)",
    "private.working_seconds_between(%s, now(), now())",
    "private.lay_out_calendar(%s)",
)


@pytest.fixture
def house(db: psycopg.Connection) -> House:
    return a_house(db)


@pytest.mark.parametrize("table", TABLES)
def test_threat_480_nobody_writes_working_time_past_the_functions(
    db: psycopg.Connection, house: House, table: LiteralString
) -> None:
    for person in ("visitor", "client", "agent", "manager", "admin", "service"):
        for statement in ("delete from ", "truncate "):
            with house.act(db, person), refused(db, "42501"):
                db.execute(statement + table)
            assert db.execute("select 1 from public.calendars").fetchone()


@pytest.mark.parametrize("table", ["private.calendar_layouts", "private.calendar_spans"])
def test_threat_481_what_is_laid_out_is_not_for_people(
    db: psycopg.Connection, house: House, table: LiteralString
) -> None:
    for person in ("visitor", "client", "admin"):
        with house.act(db, person), refused(db, "42501"):
            db.execute("select 1 from " + table)


@pytest.mark.parametrize("call", ARITHMETIC)
def test_threat_482_nobody_makes_the_server_count_for_them(
    db: psycopg.Connection, house: House, call: LiteralString
) -> None:
    for person in ("visitor", "client", "admin"):
        with house.act(db, person), refused(db, "42501"):
            db.execute("select " + call, [SALON])


def test_threat_483_a_manager_cannot_close_the_house_to_keep_their_promises(
    db: psycopg.Connection, house: House
) -> None:
    for person in ("agent", "manager", "executive", "revoked", "banned"):
        with house.act(db, person), refused(db, "PT403", "admin_required"):
            db.execute("select public.set_calendar_exception(%s, current_date, 'x')", [SALON])
    row = db.execute("select count(*) from public.calendar_exceptions").fetchone()
    assert row == (0,)


def test_threat_484_a_malformed_calendar_changes_nothing(
    db: psycopg.Connection, house: House
) -> None:
    state: LiteralString = (
        "select (select array_agg(hours::text order by hours::text) from public.calendar_hours"
        " hours), (select array_agg(known::text order by known.id) from public.calendars known),"
        " (select sum(microseconds_before) from private.calendar_spans)"
    )
    before = db.execute(state).fetchone()
    overlapping = (
        '{"name": "R", "hours": [{"weekday": 1, "opens": "09:00", "closes": "12:00"},'
        ' {"weekday": 1, "opens": "11:00", "closes": "13:00"}]}'
    )
    with house.act(db, "admin"), refused(db, "PT422", "hours_overlap"):
        db.execute("select public.save_calendar(%s)", [overlapping])
    assert db.execute(state).fetchone() == before
