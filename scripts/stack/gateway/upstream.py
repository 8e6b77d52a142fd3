"""A pool of keep-alive connections to one server on this machine."""

import asyncio
from collections import deque

from scripts.stack.gateway.connection import Connection, UpstreamDownError

MAX_IDLE_CONNECTIONS = 64
MAX_IDLE_SECONDS = 15  # PostgREST closes after 30
CONNECT_SECONDS = 5


class Upstream:
    """Hands out connections, the most recently used first."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: deque[Connection] = deque()

    async def acquire(self) -> Connection:
        """An idle connection or a new one; raises UpstreamDownError."""
        loop = asyncio.get_running_loop()
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_broken and loop.time() - connection.idle_since < MAX_IDLE_SECONDS:
                return connection
            connection.close()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await loop.create_connection(Connection, "127.0.0.1", self._port)
        except OSError as error:  # TimeoutError is one
            raise UpstreamDownError(type(error).__name__) from None
        return connection

    def release(self, connection: Connection) -> None:
        """Takes a connection back, or closes it when its exchange did not come to an end."""
        if connection.is_reusable and len(self._idle) < MAX_IDLE_CONNECTIONS:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Closes the idle connections."""
        while self._idle:
            self._idle.pop().close()
