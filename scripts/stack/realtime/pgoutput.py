"""Reads Postgres's logical replication messages, plugin `pgoutput`, protocol 1, text (pure)."""

import enum
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

Kind = Literal["INSERT", "UPDATE", "DELETE"]
_KINDS: dict[int, Kind] = {ord("I"): "INSERT", ord("U"): "UPDATE", ord("D"): "DELETE"}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Unchanged(enum.Enum):
    """Stands for a long value stored out of line that an update did not touch or send."""

    TOAST = "toast"


Cell = str | Unchanged | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the log knows it; `is_key`: part of the replica identity."""

    name: str
    type_oid: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A table as it was when its changes were made."""

    oid: int
    schema: str
    table: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One row's change; `old` is the replica identity, whole rows only if it is full."""

    kind: Kind
    relation: Relation
    new: Row | None
    old: Row | None
    is_old_full: bool


@dataclass(frozen=True, slots=True)
class RawChange:
    """A change not yet decoded: most have no reader."""

    relation: Relation
    data: bytes

    @property
    def kind(self) -> Kind:
        """INSERT, UPDATE or DELETE."""
        return _KINDS[self.data[0]]


@dataclass(slots=True)
class Transaction:
    """What one commit did, in order; `notes` are the prefixes of its logical messages."""

    commit_lsn: int
    committed_at: datetime
    xid: int
    changes: list[RawChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Decoder:
    """Collects a stream's messages into transactions, as far as `wants` says somebody cares."""

    def __init__(self, wants: Callable[[Relation], bool]) -> None:
        self._wants = wants
        self._relations: dict[int, Relation] = {}
        self._open: Transaction | None = None

    def feed(self, data: bytes) -> Transaction | None:
        """Take one message; the transaction, if this is its commit."""
        kind = data[0]
        if kind in _KINDS and self._open:
            (oid,) = struct.unpack_from("!I", data, 1)
            if self._wants(relation := self._relations[oid]):
                self._open.changes.append(RawChange(relation, data))
        elif kind == ord("B"):
            lsn, micros, xid = struct.unpack_from("!QqI", data, 1)
            self._open = Transaction(lsn, _EPOCH + timedelta(microseconds=micros), xid)
        elif kind == ord("C"):
            done, self._open = self._open, None
            return done
        elif kind == ord("R"):
            relation = decode_relation(data)
            self._relations[relation.oid] = relation
        elif kind == ord("M") and self._open:
            self._open.notes.append(_text_at(data, 10)[0])
        return None


def _text_at(data: bytes, position: int) -> tuple[str, int]:
    """A zero-terminated string and the position behind it."""
    end = data.index(0, position)
    return data[position:end].decode(), end + 1


def decode_relation(data: bytes) -> Relation:
    """Read a Relation message."""
    (oid,) = struct.unpack_from("!I", data, 1)
    schema, position = _text_at(data, 5)
    table, position = _text_at(data, position)
    (count,) = struct.unpack_from("!H", data, position + 1)
    position += 3
    columns = []
    for _ in range(count):
        is_key = data[position] & 1 == 1
        name, position = _text_at(data, position + 1)
        (type_oid,) = struct.unpack_from("!I", data, position)
        columns.append(Column(name, type_oid, is_key))
        position += 8
    return Relation(oid, schema or "pg_catalog", table, tuple(columns))


def decode_change(raw: RawChange) -> Change:
    """Read an Insert, Update or Delete message."""
    data, position = raw.data, 5
    rows: dict[str, Row] = {}
    while position < len(data):
        part = chr(data[position])
        rows[part], position = _decode_row(data, position + 1)
    old = rows.get("O", rows.get("K"))
    return Change(raw.kind, raw.relation, rows.get("N"), old, "O" in rows)


def _decode_row(data: bytes, position: int) -> tuple[Row, int]:
    (count,) = struct.unpack_from("!H", data, position)
    position += 2
    cells: list[Cell] = []
    for _ in range(count):
        mark = data[position]
        position += 1
        if mark == 0x74:  # t: text follows
            (size,) = struct.unpack_from("!I", data, position)
            position += 4
            cells.append(data[position : position + size].decode())
            position += size
        else:
            cells.append(Unchanged.TOAST if mark == 0x75 else None)
    return tuple(cells), position
