"""Acting as somebody inside the test's own transaction, as PostgREST would."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL, Identifier


@contextmanager
def acting_as(
    db: psycopg.Connection, role: str, person_id: UUID | str | None = None
) -> Iterator[None]:
    """Runs the block as `role` (anon, authenticated, service_role), signed in as `person_id`."""
    claims = {"role": role, "aud": role}
    if person_id is not None:
        claims["sub"] = str(person_id)
    db.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
    db.execute(SQL("set local role {}").format(Identifier(role)))
    try:
        yield
    finally:
        if db.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
            db.execute("reset role")
            db.execute("select set_config('request.jwt.claims', '', true)")


@contextmanager
def refused(db: psycopg.Connection, sqlstate: str, message: str | None = None) -> Iterator[None]:
    """Expects the block to fail with `sqlstate` (and message) and undoes it, role and all."""
    with pytest.raises(psycopg.Error) as caught, db.transaction():
        yield
    found = (caught.value.sqlstate, caught.value.diag.message_primary)
    assert found == (sqlstate, message if message is not None else found[1])
