"""One request on its way to a server on this machine and back, streamed both ways by aiohttp.

Measured on one small RPC: MEASURED.
"""

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
from yarl import URL

from scripts.stack.gateway.answers import CORS, Message, Receive, Scope, Send, send_json

CONNECT_SECONDS = 5
MAX_IDLE_SECONDS = 15  # PostgREST closes after 30
MAX_HEADER_BYTES = 65_536  # Content-Location repeats the query, which PostgREST reads up to 50 KB
NOT_PASSED_BACK = frozenset(
    b"connection keep-alive proxy-authenticate proxy-connection trailer transfer-encoding upgrade"
    b" date".split()  # uvicorn writes its own date
)
BODY_HEADERS = (b"content-length", b"transfer-encoding")
BODILESS = (204, 304)

_log = logging.getLogger(__name__)


class ClientGoneError(Exception):
    """Whoever asked has left."""


def open_session(silence_seconds: float) -> aiohttp.ClientSession:
    """A client that adds and keeps nothing of its own; inside a running loop.

    Connections are not limited: a client that reads slowly holds one, and nobody else may wait
    for it.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=MAX_IDLE_SECONDS),
        timeout=aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_SECONDS, sock_read=silence_seconds
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("accept", "accept-encoding", "content-type", "user-agent"),
        auto_decompress=False,
        max_field_size=MAX_HEADER_BYTES,
    )


class Forwarding:
    """Forwards one request of an ASGI server."""

    _presence: asyncio.Timeout

    def __init__(
        self, session: aiohttp.ClientSession, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._session = session
        self._scope = scope
        self._receive = receive
        self._send = send
        self._watcher: asyncio.Task[None] | None = None
        self._is_started = False

    async def run(self, url: URL, headers: list[tuple[str, str]]) -> None:
        """Answers the client; failures before the first byte become 503 or 504."""
        try:
            async with asyncio.timeout(None) as self._presence:  # over when the client leaves
                await self._exchange(url, headers)
        except TimeoutError:  # aiohttp's own are also of this kind
            if self._presence.expired():
                _log.debug("the client left before the end")
            else:
                await self._give_up(504, "PGRST003", "The REST server did not answer in time")
        except aiohttp.ClientError:
            await self._give_up(503, "PGRST000", "The REST server cannot be reached")

    async def _exchange(self, url: URL, headers: list[tuple[str, str]]) -> None:
        body: AsyncIterator[bytes] | None = None
        if any(name in BODY_HEADERS for name, _ in self._scope["headers"]):
            body = self._upload()
        else:
            self._start_watching()
        request = self._session.request(
            self._scope["method"], url, headers=headers, data=body, allow_redirects=False
        )
        try:
            async with request as answer:
                await self._pass_answer(answer)
        finally:
            if self._watcher:
                self._watcher.cancel()

    async def _upload(self) -> AsyncIterator[bytes]:
        """The body, as fast as the other side reads; afterwards only leaving can be heard."""
        has_more = True
        while has_more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._presence.reschedule(0)
                raise ClientGoneError  # ending quietly would pass off a part as the whole
            if body := message.get("body"):
                yield body
                await asyncio.sleep(0)  # an early answer is read before writing on may fail
            has_more = message.get("more_body", False)
        self._start_watching()

    def _start_watching(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._presence.reschedule(0)

    async def _pass_answer(self, answer: aiohttp.ClientResponse) -> None:
        """Sends a small answer as one message, a large one piece by piece."""
        content = answer.content
        body = await self._next_piece(content)
        head = _answer_head(answer, len(body) if content.at_eof() else None)
        self._is_started = True
        await self._send(head)
        while not content.at_eof():
            await self._send({"type": "http.response.body", "body": body, "more_body": True})
            body = await self._next_piece(content)
        await self._send({"type": "http.response.body", "body": body})

    async def _next_piece(self, content: aiohttp.StreamReader) -> bytes:
        async with asyncio.timeout(self._session.timeout.sock_read):  # also after broken framing
            return await content.readany()

    async def _give_up(self, status: int, code: str, message: str) -> None:
        """Answers in PostgREST's own shape, unless its answer has already begun."""
        if self._is_started:  # the client sees its connection end in the middle of the body
            _log.warning("PostgREST broke off in the middle of an answer")
            return
        _log.warning("%s: answered %d", message, status)
        body = {"code": code, "details": None, "hint": "Try again in a moment.", "message": message}
        await send_json(self._send, status, body, [(b"retry-after", b"1")])


def _answer_head(answer: aiohttp.ClientResponse, length: int | None) -> Message:
    """The start of the answer to the client; `length` of the body, once it is known."""
    headers = []
    for raw_name, value in answer.raw_headers:
        name = raw_name.lower()
        if name not in NOT_PASSED_BACK and not name.startswith(b"access-control-"):
            headers.append((name, value))
    if length or answer.status in BODILESS:
        headers = [pair for pair in headers if pair[0] != b"content-length"]
    if length:
        headers.append((b"content-length", b"%d" % length))
    return {"type": "http.response.start", "status": answer.status, "headers": headers + CORS}
