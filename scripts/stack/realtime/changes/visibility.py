"""Asks row level security, as the subscriber, which rows exist for them right now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from scripts.stack.realtime import jsontext
from scripts.stack.realtime.changes.catalog import Table
from scripts.stack.realtime.database import Database

Key = tuple[str | None, ...]  # the primary key's values as text, in the order of the columns
_SEE = "select * from _realtime.see_rows(%(query)s, %(roles)s, %(claims)s, %(keys)s::jsonb)"


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
    wanted: Mapping[Reader, Sequence[Key]],
) -> dict[Reader, Visible]:
    """What each reader sees of the rows they ask for; `place` is schema and table."""
    asked = list(wanted.items())
    answers = await _see(database, _query(place, table), asked)
    # One row's policy may fail where the others' do not: ask about each alone.
    again = [
        (reader, [key])
        for (reader, keys), seen in _paired(asked, answers)
        if seen is None
        for key in keys
    ]
    alone = await _see(database, _query(place, table), again) if again else []
    found = {
        reader: Visible(seen=frozenset(keys[position - 1] for position in seen))
        for (reader, keys), seen in _paired(asked, answers)
        if seen is not None
    }
    for (reader, keys), seen in _paired(again, alone):
        before = found.get(reader, Visible())
        found[reader] = Visible(
            before.seen | frozenset(keys if seen else ()),
            before.failed | frozenset(keys if seen is None else ()),
        )
    return found


Asked = Sequence[tuple[Reader, Sequence[Key]]]
Answers = Sequence[list[int] | None]


def _paired(
    asked: Asked, answers: Answers
) -> list[tuple[tuple[Reader, Sequence[Key]], list[int] | None]]:
    return list(zip(asked, answers, strict=True))


async def _see(database: Database, query: str, asked: Asked) -> Answers:
    """Positions (from 1) of the keys each reader sees; None where a policy failed."""
    rows = await database.rows(
        _SEE,
        {
            "query": query,
            "roles": [reader.role for reader, _ in asked],
            "claims": [reader.claims for reader, _ in asked],
            "keys": jsontext.dumps([keys for _, keys in asked]),
        },
    )
    return [seen for (seen,) in rows]


def _query(place: tuple[str, str], table: Table) -> str:
    """Find the rows of `$1`, a JSON array of keys; every name is quoted or from the catalogue.

    The scalar subquery keeps Postgres from joining: each row is looked up by its key, so that no
    policy is evaluated on rows nobody asked about.
    """
    primary = [column for column in table.columns if column.is_primary_key]
    conditions = [
        sql.SQL("t.{} = (k.key ->> {})::{}").format(
            sql.Identifier(column.name), index, sql.SQL(column.type_path)
        )
        for index, column in enumerate(primary)
    ]
    return (
        sql.SQL(
            "select coalesce(array_agg(k.position::int), '{{}}')"
            " from jsonb_array_elements($1) with ordinality as k (key, position)"
            " where (select true from {table} t where {conditions} limit 1)"
        )
        .format(table=sql.Identifier(*place), conditions=sql.SQL(" and ").join(conditions))
        .as_string(None)
    )
