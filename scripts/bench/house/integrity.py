"""Triggers were off: does every foreign key hold all the same, and is everything there?"""

import psycopg
from psycopg import sql

KEYS = """
select con.conname,
    (select space.nspname || '.' || kin.relname from pg_class kin
        join pg_namespace space on space.oid = kin.relnamespace where kin.oid = con.confrelid),
    array(select attname from unnest(con.conkey) with ordinality as key (number, place)
        join pg_attribute on attrelid = con.conrelid and attnum = number order by place),
    array(select attname from unnest(con.confkey) with ordinality as key (number, place)
        join pg_attribute on attrelid = con.confrelid and attnum = number order by place)
from pg_constraint con
where con.contype = 'f' and con.conrelid = %s::regclass and con.conparentid = 0
order by 1
"""


class BrokenReferenceError(Exception):
    """Rows name others that are not there."""


def check_references(db: psycopg.Connection, table: str, sample: int) -> int:
    """Checks every foreign key of a table on about `sample` of its rows; answers how many keys.

    Raises BrokenReferenceError for the first that does not hold.
    """
    rows = _one(db, sql.SQL("select count(*) from {}").format(_name(table)))
    percent = min(100.0, 100.0 * sample / max(1, rows))
    keys = db.execute(KEYS, [table]).fetchall()
    for name, referenced, columns, targets in keys:
        if lost := _one(db, _orphans(table, referenced, columns, targets, percent)):
            raise BrokenReferenceError(f"{name}: {lost} rows of {table}")
    return len(keys)


def _one(db: psycopg.Connection, statement: sql.Composed) -> int:
    row = db.execute(statement).fetchone()
    return int(row[0]) if row else 0


def _orphans(
    table: str, referenced: str, columns: list[str], targets: list[str], percent: float
) -> sql.Composed:
    """Counts rows all of whose columns are set and that find nobody."""
    there = sql.SQL(" and ").join(
        sql.SQL("one.{} = other.{}").format(sql.Identifier(column), sql.Identifier(target))
        for column, target in zip(columns, targets, strict=True)
    )
    is_set = sql.SQL(" and ").join(
        sql.SQL("one.{} is not null").format(sql.Identifier(column)) for column in columns
    )
    return sql.SQL(
        "select count(*) from {} one tablesample system ({}) where {} and not exists"
        " (select from {} other where {})"
    ).format(_name(table), sql.Literal(percent), is_set, _name(referenced), there)


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))
