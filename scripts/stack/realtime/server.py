"""The server: its routes, and the loop that keeps it connected to Postgres."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType

import psycopg
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from scripts.stack.realtime import frames, tokens
from scripts.stack.realtime.database import DatabaseUnavailableError, pause
from scripts.stack.realtime.feed import Feed
from scripts.stack.realtime.http import Http, x_headers
from scripts.stack.realtime.replication import open_stream
from scripts.stack.realtime.services import now, services
from scripts.stack.realtime.settings import RealtimeSettings
from scripts.stack.realtime.socket import Socket

_log = logging.getLogger(__name__)
_SQL = Path(__file__).with_name("sql")
_PUBLICATIONS = ["supabase_realtime_mirror", "supabase_realtime_messages_publication"]
_RECONNECT_SECONDS = 0.25
_MAINTENANCE_SECONDS = 3600.0


class Realtime:
    """A Realtime server inside an ASGI application.

    `async with Realtime(settings) as realtime:` connects in the background and keeps connected;
    `realtime.routes()` goes into a Starlette application served by uvicorn with UVICORN_OPTIONS.
    """

    def __init__(self, settings: RealtimeSettings) -> None:
        self._settings = settings
        self._server = services(settings)
        self._feed = Feed(self._server)
        self._http = Http(self._server)
        self._reported: str | None = None

    async def __aenter__(self) -> "Realtime":
        await self._server.database.open()
        self._server.start(self._feed.run())
        self._server.start(self._stay_connected())
        self._server.start(self._keep_partitions())
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        tasks = list(self._server.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.database.close()

    async def ready(self, seconds: float = 10.0) -> None:
        """Return once commits are followed; TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            await self._server.is_streaming.wait()

    def routes(self) -> list[BaseRoute]:
        """The paths inside Realtime."""
        one = "/api/broadcast/{rest:path}"
        return [
            WebSocketRoute("/socket/websocket", self._connect),
            Route("/api/broadcast", self._http.broadcast_batch, methods=["POST"]),
            Route(one, self._http.broadcast_one, methods=["POST"]),
            Route("/api/ping", self._http.ping),
            Route("/healthcheck", self._http.health),
        ]

    async def _connect(self, websocket: WebSocket) -> None:
        query, settings = websocket.query_params, self._settings
        version = frames.parse_version(query.get("vsn"))
        if version is None:
            await websocket.send_denial_response(Response(status_code=403))
            return
        given = websocket.headers.get("x-api-key", query.get("apikey"))
        try:
            if not given:
                raise tokens.TokenError("malformed", "API key is missing")
            token = tokens.verify(given, settings.jwt_secret, now())
        except tokens.TokenError as error:
            await self._deny(websocket, 401, error.connect_text)
            return
        if problem := self._crowd():
            await self._deny(websocket, 429, problem)
            return
        await websocket.accept()
        async with self._counted():
            headers = x_headers(websocket.headers)
            await Socket(self._server, websocket, version, token, headers).serve()

    async def _deny(self, websocket: WebSocket, status: int, text: str) -> None:
        await pause(self._settings.connect_error_backoff_seconds)
        await websocket.send_denial_response(JSONResponse({"error": text}, status))

    def _crowd(self) -> str | None:
        limits, most = self._server.limits, self._settings.max_sockets
        if most is not None and limits.sockets >= most:
            return "Too many connected users"
        return "Too many joins per second" if limits.joins.is_exceeded(now()) else None

    @contextlib.asynccontextmanager
    async def _counted(self) -> AsyncIterator[None]:
        self._server.limits.sockets += 1
        try:
            yield
        finally:
            self._server.limits.sockets -= 1

    async def _stay_connected(self) -> None:
        """Follow the commits; when the stream breaks, prepare the database and start anew."""
        while True:
            try:
                await self._prepare()
                self._server.is_reachable.set()
                await self._follow()
            except (psycopg.Error, DatabaseUnavailableError, OSError) as error:
                self._report(error)
                self._server.is_reachable.clear()
                await self._server.database.renew()
            finally:
                self._server.is_streaming.clear()
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _report(self, error: Exception) -> None:
        """Say once that and why commits are not followed, not at every new attempt."""
        state = getattr(error, "sqlstate", None) or type(error).__name__
        if state != self._reported:
            _log.warning("not following commits: %s", state)
        self._reported = state

    async def _prepare(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            self._settings.database_url, options="-c client_min_messages=warning"
        ) as connection:
            # Two servers starting at once would trip over each other's definitions.
            await connection.execute("select pg_advisory_xact_lock(7263, 2)")
            for name in ("mirror.sql", "subscriptions.sql"):
                await connection.execute((_SQL / name).read_bytes())
            await connection.execute("select realtime.ensure_message_partitions()")

    async def _follow(self) -> None:
        url = self._settings.database_url
        async with open_stream(url, _PUBLICATIONS, self._feed) as stream:
            await self._feed.begin()
            self._server.is_streaming.set()
            self._reported = None
            await stream.run()

    async def _keep_partitions(self) -> None:
        """Tomorrow's messages need tomorrow's partition, however long the server runs."""
        while True:
            await asyncio.sleep(_MAINTENANCE_SECONDS)
            with contextlib.suppress(psycopg.Error, DatabaseUnavailableError):
                await self._server.database.rows("select realtime.ensure_message_partitions()")
