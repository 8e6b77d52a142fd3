"""The way to the database: one pool, one transaction at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[Any]
Pool = AsyncConnectionPool[Connection]

POOL_SIZE = 8
CONNECT_SECONDS = 5


def database_pool(url: str) -> Pool:
    """A pool that is not open yet."""
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=POOL_SIZE,
        timeout=CONNECT_SECONDS,
        kwargs={"connect_timeout": CONNECT_SECONDS, "application_name": "auth"},
        check=AsyncConnectionPool.check_connection,  # Postgres may have restarted meanwhile
        open=False,
    )


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """A connection whose work is committed as one at the end."""
    async with pool.connection() as connection, connection.transaction():
        yield connection
