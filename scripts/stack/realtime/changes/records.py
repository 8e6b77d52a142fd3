"""One change with its values as JSON, and the frames' data made from it (pure)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from scripts.stack.realtime.changes.catalog import Table
from scripts.stack.realtime.changes.filters import Record, as_text
from scripts.stack.realtime.changes.values import Wanted
from scripts.stack.realtime.jsontext import dumps
from scripts.stack.realtime.pgoutput import Change, Kind, Row

_SMALL_VALUE_BYTES = 64
_COLUMN_BYTES = 70  # what the log's JSON spends on a column beside its name and value
NO_PRIMARY_KEY = "Error 400: Bad Request, no primary key"
UNAUTHORIZED = "Error 401: Unauthorized"
TOO_LARGE = "Error 413: Payload Too Large"
POLICY_FAILED = "Error 500: Internal Server Error, RLS policy evaluation failed"


@dataclass(frozen=True, slots=True)
class RowChange:
    """A change as subscribers see it: `new` and `old` map columns to JSON text.

    `old` holds the replica identity: of an update that kept its key, the key from the new row.
    """

    kind: Kind
    schema: str
    table: str
    committed_at: datetime
    new: Record
    old: Record

    def key(self, table: Table) -> tuple[str | None, ...]:
        """The primary key as text, in the order of the table's columns."""
        names = (column.name for column in table.columns if column.is_primary_key)
        return tuple(as_text(self.new.get(name)) for name in names)

    def size(self) -> int:
        """About as many bytes as the change takes in the log's JSON form."""
        return 200 + sum(
            _COLUMN_BYTES + len(name) + len((value or "null").encode())
            for record in (self.new, self.old)
            for name, value in record.items()
        )


def cells(change: Change) -> tuple[dict[str, Wanted | None], dict[str, Wanted | None]]:
    """The new and the old row's values, still as Postgres text; values not sent are missing."""
    columns = change.relation.columns

    def take(row: Row | None, *, is_key_only: bool) -> dict[str, Wanted | None]:
        return {
            column.name: None if cell is None else (column.type_oid, cell)
            for column, cell in zip(columns, row or (), strict=False)
            if (column.is_key or not is_key_only) and (cell is None or isinstance(cell, str))
        }

    new = take(change.new, is_key_only=False)
    if change.kind == "INSERT":
        return new, {}
    identity = change.old if change.old is not None else change.new
    return new, take(identity, is_key_only=not change.is_old_full)


def render(
    change: RowChange, table: Table, role: str, selected: Collection[str] | None, limit: int
) -> str:
    """The `data` of a frame for everybody of a role who selected the same columns."""
    is_too_large = change.size() > limit
    readable = table.readable(role)

    def is_shown(name: str) -> bool:
        return name in readable and (selected is None or name in selected or name in table.keys)

    def is_kept(name: str, value: str | None) -> bool:
        is_small = value is not None and len(value.encode()) <= _SMALL_VALUE_BYTES
        return is_shown(name) and (is_small or not is_too_large)

    shown = [column for column in table.columns if is_shown(column.name)]
    columns = [{"name": column.name, "type": column.type_name} for column in shown]
    parts = _head(change, commit_timestamp(change.committed_at), columns or None)
    if change.kind != "DELETE":
        record = {**change.old, **change.new}
        parts.append(f'"record":{_object(record, is_kept)}')
    if change.kind != "INSERT":
        hides_rest = change.kind == "DELETE" and table.has_row_security
        old = {n: v for n, v in change.old.items() if not hides_rest or n in table.keys}
        parts.append(f'"old_record":{_object(old, is_kept)}')
    parts.append(f'"errors":{dumps([TOO_LARGE]) if is_too_large else "null"}')
    return f"{{{','.join(parts)}}}"


def render_error(change: RowChange, error: str) -> str:
    """The `data` of a frame that withholds the row."""
    parts = _head(change, None, [])
    if change.kind != "DELETE":
        parts.append('"record":{}')
    if change.kind != "INSERT":
        parts.append('"old_record":{}')
    return f'{{{",".join(parts)},"errors":{dumps([error])}}}'


def commit_timestamp(moment: datetime) -> str:
    """UTC with exactly milliseconds, cut, not rounded."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _head(change: RowChange, timestamp: str | None, columns: Iterable[object] | None) -> list[str]:
    fields = {
        "schema": change.schema,
        "table": change.table,
        "type": change.kind,
        "commit_timestamp": timestamp,
        "columns": columns,
    }
    return [f'"{name}":{dumps(value)}' for name, value in fields.items()]


def _object(record: Record, is_kept: Callable[[str, str | None], bool]) -> str:
    """A JSON object; null, not `{}`, if nothing is left of the row, as in the original."""
    pairs = [
        f"{dumps(name)}:{'null' if value is None else value}"
        for name, value in record.items()
        if is_kept(name, value)
    ]
    return f"{{{','.join(pairs)}}}" if pairs else "null"
