"""Streams committed transactions from a temporary slot, over libpq's COPY BOTH."""

import asyncio
import contextlib
import secrets
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

import psycopg
from psycopg import pq, sql

from scripts.stack.realtime.database import SESSION_OPTIONS
from scripts.stack.realtime.pgoutput import Decoder, Relation, Transaction

_STATUS_SECONDS = 10.0
_POSTGRES_EPOCH = 946_684_800
_WAL, _KEEPALIVE = ord("w"), ord("k")


class Reader(Protocol):
    """Who the transactions are for."""

    def wants(self, relation: Relation) -> bool:
        """Whether changes of this table are of any use now."""

    def push(self, transaction: Transaction) -> None:
        """Take a committed transaction."""


class Stream:
    """The open stream: hands transactions over as soon as their bytes arrive."""

    def __init__(self, pgconn: pq.abc.PGconn, reader: Reader) -> None:
        self._pgconn, self._reader = pgconn, reader
        self._decoder = Decoder(reader.wants)
        self._descriptor = pgconn.socket  # libpq forgets it when the connection is lost
        self._loop = asyncio.get_running_loop()
        self._position = 0
        self._ended: asyncio.Future[None] = self._loop.create_future()

    async def run(self) -> None:
        """Stream until the connection ends, which raises psycopg.OperationalError."""
        self._pgconn.nonblocking = 1
        self._loop.add_reader(self._descriptor, self._on_readable)
        try:
            self._on_readable()
            while True:
                with contextlib.suppress(TimeoutError):
                    return await asyncio.wait_for(asyncio.shield(self._ended), _STATUS_SECONDS)
                self._confirm()
        finally:
            self._loop.remove_reader(self._descriptor)

    def _on_readable(self) -> None:
        try:
            self._pgconn.consume_input()
            while self._read_one():
                pass
        except (psycopg.Error, ValueError, LookupError, struct.error) as error:
            self._end(error)

    def _read_one(self) -> bool:
        size, data = self._pgconn.get_copy_data(1)
        if size == 0:
            return False
        if size < 0:
            raise psycopg.OperationalError("the replication stream ended")
        self._take(bytes(data))
        return True

    def _take(self, data: bytes) -> None:
        if data[0] == _WAL:
            start, _end = struct.unpack_from("!QQ", data, 1)
            self._position = max(self._position, start)
            if transaction := self._decoder.feed(data[25:]):
                self._reader.push(transaction)
        elif data[0] == _KEEPALIVE:
            end, _, wants_reply = struct.unpack_from("!QqB", data, 1)
            self._position = max(self._position, end)
            if wants_reply:
                self._confirm()

    def _confirm(self) -> None:
        """Say how far we read: the slot may forget what lies before."""
        now = int((time.time() - _POSTGRES_EPOCH) * 1_000_000)
        at = self._position
        self._pgconn.put_copy_data(struct.pack("!cQQQqB", b"r", at, at, at, now, 0))
        self._pgconn.flush()

    def _end(self, error: Exception) -> None:
        if not self._ended.done():
            self._loop.remove_reader(self._descriptor)
            self._ended.set_exception(psycopg.OperationalError(str(error)))


@asynccontextmanager
async def open_stream(
    database_url: str, publications: list[str], reader: Reader
) -> AsyncIterator[Stream]:
    """A stream of all commits from now on; its slot ends with the connection."""
    connection = await psycopg.AsyncConnection.connect(
        database_url,
        autocommit=True,
        replication="database",
        application_name="realtime_replication",
        options=SESSION_OPTIONS,
    )
    try:
        slot = sql.Identifier(f"supabase_realtime_replication_slot_{secrets.token_hex(6)}")
        await connection.execute(
            sql.SQL(
                "CREATE_REPLICATION_SLOT {} TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')"
            ).format(slot)
        )
        await _start(connection, slot, publications)
        yield Stream(connection.pgconn, reader)
    finally:
        connection.pgconn.finish()
        await connection.close()


async def _start(
    connection: psycopg.AsyncConnection, slot: sql.Identifier, publications: list[str]
) -> None:
    names = sql.Literal(",".join(f'"{name}"' for name in publications))
    command = sql.SQL(
        "START_REPLICATION SLOT {} LOGICAL 0/0"
        " (proto_version '1', publication_names {}, messages 'true')"
    ).format(slot, names)
    pgconn = connection.pgconn
    pgconn.send_query(command.as_bytes(connection))
    while pgconn.is_busy():
        await _readable(pgconn)
        pgconn.consume_input()
    result = pgconn.get_result()
    if result is None or result.status != pq.ExecStatus.COPY_BOTH:
        raise psycopg.OperationalError(pgconn.get_error_message())


async def _readable(pgconn: pq.abc.PGconn) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(pgconn.socket, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(pgconn.socket)
