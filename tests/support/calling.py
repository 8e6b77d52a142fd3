"""Calling the functions of schema public as somebody, and expecting to be refused."""

from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.sql import Composed

from tests.support.acting import acting_as


def call(db: psycopg.Connection, person_id: UUID, function: LiteralString, *values: Any) -> Any:
    """The answer of `select public.<function>` to this person."""
    with acting_as(db, "authenticated", person_id):
        row = db.execute("select public." + function, values).fetchone()
    assert row is not None
    return row[0]


def refusal(
    db: psycopg.Connection, person_id: UUID, function: LiteralString, *values: Any
) -> tuple[str, str, str]:
    """SQLSTATE, message and hint of the refusal; what the call had done is undone."""
    try:
        with acting_as(db, "authenticated", person_id), db.transaction():
            db.execute("select public." + function, values)
    except psycopg.Error as error:
        told = error.diag
        db.execute("reset role")
        return str(told.sqlstate), str(told.message_primary), str(told.message_hint)
    raise AssertionError("it was not refused")


def rows(
    db: psycopg.Connection, person_id: UUID, statement: LiteralString | Composed, *values: Any
) -> list[Any]:
    """What this person reads under the policies."""
    with acting_as(db, "authenticated", person_id):
        return db.execute(statement, values).fetchall()
