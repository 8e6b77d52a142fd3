"""Rows into tables as fast as Postgres takes them."""

from collections.abc import Iterator
from io import BytesIO

import polars as pl
import psycopg
from psycopg import sql

PIECE = 1 << 20


def copy(db: psycopg.Connection, table: str, rows: pl.DataFrame) -> int:
    """Appends the rows to `schema.table`; moments are UTC, lists are Postgres' own literals."""
    if rows.is_empty():
        return 0
    statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, rows.columns))
    )
    with db.cursor() as cursor, cursor.copy(statement) as stream:
        for piece in _pieces(rows):
            stream.write(piece)
    return rows.height


def _pieces(rows: pl.DataFrame) -> Iterator[bytes]:
    text = BytesIO()
    rows.write_csv(text, include_header=False)
    text.seek(0)
    while piece := text.read(PIECE):
        yield piece
