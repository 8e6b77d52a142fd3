"""Asks row level security, as the subscriber, which rows exist for them right now."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from scripts.stack.realtime.changes.catalog import Table
from scripts.stack.realtime.database import Database, acting_as

Key = tuple[str | None, ...]  # the primary key's values as text, in the order of the columns


@dataclass(frozen=True, slots=True)
class Visible:
    """Which keys a subscriber sees, and for which the policies raised an error."""

    seen: frozenset[Key] = frozenset()
    failed: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody the policies can tell apart: a role and its claims as JSON text."""

    role: str
    claims: str


async def see(
    database: Database,
    place: tuple[str, str],
    table: Table,
    keys: Sequence[Key],
    reader: Reader,
) -> Visible:
    """What the reader sees of the rows with these keys; `place` is schema and table."""
    return await _see(database, _query(place, table), keys, reader)


def _query(place: tuple[str, str], table: Table) -> sql.Composed:
    """Read the rows' keys back; every part is quoted or comes from the catalogue.

    The scalar subquery keeps Postgres from joining: each row is looked up by its key, so that no
    policy is evaluated on rows nobody asked about.
    """
    primary = [column for column in table.columns if column.is_primary_key]
    names = [sql.Identifier(f"key_{index}") for index in range(len(primary))]
    conditions = [
        sql.SQL("t.{} = k.{}::{}").format(
            sql.Identifier(column.name),
            name,
            sql.SQL(column.type_path),
        )
        for column, name in zip(primary, names, strict=True)
    ]
    return sql.SQL(
        "select k.position from unnest({arrays}) with ordinality as k ({names}, position)"
        " where (select true from {table} t where {conditions} limit 1)"
    ).format(
        arrays=sql.SQL(", ").join([sql.SQL("%s::text[]")] * len(primary)),
        names=sql.SQL(", ").join(names),
        table=sql.Identifier(*place),
        conditions=sql.SQL(" and ").join(conditions),
    )


async def _see(
    database: Database, query: sql.Composed, keys: Sequence[Key], reader: Reader
) -> Visible:
    try:
        return Visible(seen=await _ask(database, query, keys, reader))
    except psycopg.Error:
        if len(keys) == 1:
            return Visible(failed=frozenset(keys))
    # One row's policy may fail where the others' do not.
    answers = [await _see(database, query, [key], reader) for key in keys]
    seen = frozenset[Key]().union(*(answer.seen for answer in answers))
    return Visible(seen, frozenset[Key]().union(*(answer.failed for answer in answers)))


async def _ask(
    database: Database, query: sql.Composed, keys: Sequence[Key], reader: Reader
) -> frozenset[Key]:
    settings = {"request.jwt.claims": reader.claims}
    columns = [list(column) for column in zip(*keys, strict=True)]
    async with (
        database.connection() as connection,
        connection.pipeline(),
        acting_as(connection, reader.role, settings),
    ):
        cursor = await connection.execute(query, columns)
        rows = await cursor.fetchall()
    return frozenset(keys[position - 1] for (position,) in rows)
