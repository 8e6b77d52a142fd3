"""The same thing done by several people at the same moment, on connections of their own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from tests.factories import a_desk

CLEAN_UP: tuple[LiteralString, ...] = (
    "delete from private.timers where subject_id in"
    " (select id from public.support_tickets where desk_id = %(desk)s"
    "  union select id from public.profiles where desk_id = %(desk)s"
    "  union select id from public.staff_members where desk_id = %(desk)s)",
    "delete from private.jobs where subject_id in"
    " (select id from public.support_tickets where desk_id = %(desk)s"
    "  union select id from public.profiles where desk_id = %(desk)s"
    "  union select id from public.staff_members where desk_id = %(desk)s)",
    "delete from public.support_tickets where desk_id = %(desk)s",
    # The house itself would keep its last admin.
    "alter table public.staff_members disable trigger staff_members_keep_an_admin",
    "delete from auth.users where id in (select id from public.profiles where desk_id = %(desk)s"
    " union select id from public.staff_members where desk_id = %(desk)s)",
    "alter table public.staff_members enable trigger staff_members_keep_an_admin",
    "delete from public.desks where id = %(desk)s",
)


@contextmanager
def lasting_desk(database_url: str) -> Iterator[tuple[psycopg.Connection, UUID]]:
    """An autocommitting connection and a desk; what belongs to the desk goes with it."""
    with psycopg.connect(database_url, autocommit=True) as db:
        desk_id = a_desk(db)
        yield db, desk_id
        with db.transaction():
            for statement in CLEAN_UP:
                db.execute(statement, {"desk": desk_id})


def call_as(
    database_url: str, person_id: UUID, statement: LiteralString, values: Mapping[str, Any]
) -> Any:
    """The single value the statement answers, or the message it is refused with; committed."""
    claims = json.dumps({"role": "authenticated", "sub": str(person_id)})
    with psycopg.connect(database_url) as db:
        db.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        db.execute("set local role authenticated")
        try:
            row = db.execute(statement, values).fetchone()
        except psycopg.Error as error:
            return error.diag.message_primary
    assert row is not None
    return row[0]


def all_at_once(
    database_url: str,
    people: Sequence[UUID],
    statement: LiteralString,
    values: Mapping[str, Any],
) -> list[Any]:
    """What each of these people is answered when all say it together."""
    start = Barrier(len(people))

    def say(person_id: UUID) -> Any:
        start.wait(10)
        return call_as(database_url, person_id, statement, values)

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(say, people))
