"""Turns the text of Postgres values into JSON text, as `to_jsonb(text::type)` does.

The types most columns have are turned right here, where the result is provably the same; all
others are cast by the database, in one statement per type.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

import psycopg
from psycopg import sql

from scripts.stack.realtime.database import Database
from scripts.stack.realtime.jsontext import dumps

Wanted = tuple[int, str]  # type OID and text
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")
JSON_TYPES = frozenset({114, 3802})
_NOT_A_NUMBER = frozenset({"NaN", "Infinity", "-Infinity"})


def _from_numeric(text: str) -> str | None:
    return "null" if text in _NOT_A_NUMBER else text


def _from_float(text: str) -> str | None:
    if text in _NOT_A_NUMBER:
        return "null"
    return text if _PLAIN_NUMBER.fullmatch(text) else None


def _from_timestamp(text: str) -> str | None:
    return dumps(text.replace(" ", "T", 1)) if text[0].isdigit() else None


def _from_timestamptz(text: str) -> str | None:
    if not text[0].isdigit() or not text.endswith("+00"):
        return None
    return dumps(f"{text.replace(' ', 'T', 1)}:00")


def _as_is(text: str) -> str | None:
    return text


# OIDs of pg_type: they never change.
_QUICK: dict[int, Callable[[str], str | None]] = {
    16: lambda text: "true" if text == "t" else "false",
    17: lambda text: dumps(text.removeprefix("\\x")),
    **dict.fromkeys((20, 21, 23, 3802), _as_is),
    **dict.fromkeys((19, 25, 26, 1043, 2950), dumps),
    **dict.fromkeys((700, 701), _from_float),
    1082: dumps,
    1114: _from_timestamp,
    1184: _from_timestamptz,
    1700: _from_numeric,
}


def quick(wanted: Wanted) -> str | None:
    """The value's JSON text, if it can be told without the database."""
    convert = _QUICK.get(wanted[0])
    return convert(wanted[1]) if convert else None


class Values:
    """Converts values, remembering how each type is written in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._casts: dict[int, str] = {}

    async def convert(self, wanted: Iterable[Wanted]) -> dict[Wanted, str | None]:
        """JSON text for each pair; None for a value the database no longer can cast."""
        found: dict[Wanted, str | None] = {}
        slow: defaultdict[int, list[str]] = defaultdict(list)
        for pair in set(wanted):
            found[pair] = quick(pair)
            if found[pair] is None:
                slow[pair[0]].append(pair[1])
        if slow:
            await self._learn(slow)
        for oid, texts in slow.items():
            answers = await self._cast_all(oid, texts)
            found.update(((oid, text), answers.get(text)) for text in texts)
        return found

    async def _learn(self, oids: Iterable[int]) -> None:
        """Look types up every time: one may have been renamed since."""
        rows = await self._database.rows(
            "select oid, oid::regtype::text from pg_type where oid = any(%(oids)s::oid[])",
            {"oids": list(oids)},
        )
        self._casts = dict(rows)

    async def _cast_all(self, oid: int, texts: list[str]) -> dict[str, str | None]:
        try:
            return await self._cast(oid, texts)
        except psycopg.DataError:
            return {text: await self._cast_one(oid, text) for text in texts}
        except psycopg.ProgrammingError:
            return {}

    async def _cast_one(self, oid: int, text: str) -> str | None:
        try:
            return (await self._cast(oid, [text]))[text]
        except psycopg.Error:
            return None

    async def _cast(self, oid: int, texts: list[str]) -> dict[str, str | None]:
        if oid not in self._casts:
            return {}
        query = sql.SQL("select v, to_jsonb(v::{})::text from unnest(%s::text[]) v")
        composed = query.format(sql.SQL(self._casts[oid]))
        async with self._database.connection() as connection:
            cursor = await connection.execute(composed, (texts,))
            return dict(await cursor.fetchall())
