"""Connections for everything but the stream: a small pool that survives a restart of Postgres."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from scripts.stack.realtime.settings import RealtimeSettings

# Values become text in these sessions, so their look must not depend on the server's settings.
SESSION_OPTIONS = (
    "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex"
    " -c extra_float_digits=1 -c search_path=extensions"
)
_POOL_OPTIONS = (
    f"{SESSION_OPTIONS} -c statement_timeout=15s -c idle_in_transaction_session_timeout=60s"
)
_POOL_SIZE = 6
_CATALOGUE_TRIES = 5


class DatabaseUnavailableError(Exception):
    """Postgres cannot be reached, or has no connection to spare in time."""


class Database:
    """A pool of superuser connections in autocommit mode."""

    def __init__(self, settings: RealtimeSettings) -> None:
        self._wait_seconds = settings.database_wait_seconds
        self._pool = AsyncConnectionPool(
            settings.database_url,
            kwargs={
                "autocommit": True,
                "options": _POOL_OPTIONS,
                "application_name": "realtime",
                "prepare_threshold": 2,
            },
            min_size=0,
            max_size=_POOL_SIZE,
            timeout=self._wait_seconds,
            open=False,
        )

    async def open(self) -> None:
        """Begin to connect; returns at once."""
        await self._pool.open(wait=False)

    async def renew(self) -> None:
        """Give up all connections: the server they lead to is gone."""
        await self._pool.drain()

    async def close(self) -> None:
        """Give all connections back for good."""
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """Borrow a connection; DatabaseUnavailableError if none can be had or it breaks."""
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, psycopg.OperationalError, psycopg.InterfaceError) as error:
            if isinstance(error, psycopg.errors.QueryCanceled):
                raise
            raise DatabaseUnavailableError(str(error)) from error

    async def rows(self, query: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of one query; its text is ours, never a client's.

        Catalogue views fail with an internal error when a table is dropped while they look at it;
        the next look no longer sees the table.
        """
        for _ in range(_CATALOGUE_TRIES - 1):
            try:
                return await self._rows(query, params)
            except psycopg.errors.InternalError_:
                continue
        return await self._rows(query, params)

    async def _rows(self, query: str, params: dict[str, Any] | None) -> list[tuple[Any, ...]]:
        async with self.connection() as connection:
            cursor = await connection.execute(query.encode(), params)
            return await cursor.fetchall()


@asynccontextmanager
async def acting_as(
    connection: psycopg.AsyncConnection, role: str, settings: dict[str, str]
) -> AsyncIterator[None]:
    """A transaction in which `role` and the given settings hold."""
    names, values = ["role", *settings], [role, *settings.values()]
    async with connection.transaction():
        await connection.execute(
            "select set_config(s.name, s.value, true)"
            " from unnest(%s::text[], %s::text[]) as s (name, value)",
            (names, values),
        )
        yield


async def pause(seconds: float) -> None:
    """Wait, unless there is nothing to wait for."""
    if seconds > 0:
        await asyncio.sleep(seconds)
