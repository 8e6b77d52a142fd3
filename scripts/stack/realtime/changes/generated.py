"""Fills in stored generated columns, which the log does not carry: they follow from the row."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from scripts.stack.realtime.changes.catalog import Table, TableColumn
from scripts.stack.realtime.changes.values import Wanted
from scripts.stack.realtime.database import Database


def missing(table: Table, row: Mapping[str, Wanted | None]) -> list[TableColumn]:
    """The generated columns a whole row lacks."""
    plain = {column.name for column in table.columns if column.expression is None}
    if not plain <= row.keys():
        return []
    return [c for c in table.columns if c.expression is not None and c.name not in row]


async def generate(
    database: Database, table: Table, row: Mapping[str, Wanted | None]
) -> dict[str, str | None]:
    """JSON text of the generated columns of a row given as Postgres text."""
    wanted = missing(table, row)
    if not wanted:
        return {}
    inputs = [column for column in table.columns if column.expression is None]
    query = sql.SQL("select {outputs} from (select {inputs}) as given").format(
        outputs=sql.SQL(", ").join(map(_output, wanted)),
        inputs=sql.SQL(", ").join(map(_input, inputs)),
    )
    texts = [cell and cell[1] for cell in (row[column.name] for column in inputs)]
    try:
        async with database.connection() as connection:
            values = await (await connection.execute(query, texts)).fetchone()
    except psycopg.Error:
        return {}
    return dict(zip((column.name for column in wanted), values or (), strict=True))


def _output(column: TableColumn) -> sql.Composed:
    """The expression as the catalogue prints it: its names are quoted already."""
    expression = str(column.expression).replace("%", "%%")
    return sql.SQL("to_jsonb(({})::{})::text").format(
        sql.SQL(expression),
        sql.SQL(column.type_path),
    )


def _input(column: TableColumn) -> sql.Composed:
    return sql.SQL("%s::text::{} as {}").format(
        sql.SQL(column.type_path),
        sql.Identifier(column.name),
    )
