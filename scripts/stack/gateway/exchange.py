"""One request on its way to PostgREST and back, streamed both ways."""

import asyncio
import logging

from scripts.stack.gateway.answers import CORS, Receive, Scope, Send, send_json
from scripts.stack.gateway.connection import (
    ClientGoneError,
    Connection,
    UpstreamDownError,
    UpstreamSlowError,
)
from scripts.stack.gateway.keyring import Headers

WATCH_AFTER_SECONDS = 0.1  # quick answers do not pay for watching the client
NOT_PASSED_BACK = frozenset(
    b"connection keep-alive proxy-authenticate proxy-connection trailer transfer-encoding upgrade"
    b" date".split()  # uvicorn writes its own date
)

_log = logging.getLogger(__name__)


class Exchange:
    """Forwards one request over an upstream connection of its own."""

    def __init__(
        self, connection: Connection, scope: Scope, receive: Receive, send: Send, timeout: float
    ) -> None:
        self._connection = connection
        self._scope = scope
        self._receive = receive
        self._send = send
        self._timeout = timeout
        self._watcher: asyncio.Task[None] | None = None
        self._is_started = False

    async def run(self, head: list[bytes]) -> None:
        """Answers the client; failures before the first byte become 503 or 504."""
        timers: list[asyncio.TimerHandle] = []
        try:
            await self._send_request(head)
            loop = asyncio.get_running_loop()
            timers.append(loop.call_later(WATCH_AFTER_SECONDS, self._start_watching))
            timers.append(loop.call_later(self._timeout, self._expire))
            await self._pass_answer()
        except ClientGoneError:
            _log.debug("the client left before the end")
        except UpstreamDownError:
            await self._give_up(503)
        except (UpstreamSlowError, TimeoutError):
            await self._give_up(504)
        finally:
            for timer in timers:
                timer.cancel()
            if self._watcher:
                self._watcher.cancel()

    async def _send_request(self, head: list[bytes]) -> None:
        length, is_chunked = _framing(self._scope["headers"])
        is_head_only = self._scope["method"] == "HEAD"
        if length is None and not is_chunked:
            self._connection.start(b"".join([*head, b"\r\n"]), is_head_only=is_head_only)
            return
        body, has_more = await self._next_piece()
        if not has_more:
            head += [b"content-length: %d\r\n\r\n" % len(body), body]
            self._connection.start(b"".join(head), is_head_only=is_head_only)
            return
        framing = b"transfer-encoding: chunked" if length is None else b"content-length: " + length
        head += [framing, b"\r\n\r\n"]
        self._connection.start(b"".join(head), is_head_only=is_head_only)
        await self._stream_request(body, is_chunked=length is None)

    async def _stream_request(self, body: bytes, *, is_chunked: bool) -> None:
        has_more = True
        while not self._connection.has_head:  # an early answer, such as 401, ends the upload
            if body:
                framed = b"%x\r\n%s\r\n" % (len(body), body) if is_chunked else body
                await self._connection.write(framed)
            if not has_more:
                if is_chunked:
                    await self._connection.write(b"0\r\n\r\n")
                return
            body, has_more = await self._next_piece()

    async def _next_piece(self) -> tuple[bytes, bool]:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        return message.get("body", b""), message.get("more_body", False)

    async def _pass_answer(self) -> None:
        """Sends a small answer as one message, a large one piece by piece."""
        connection = self._connection
        status = await connection.read_head()
        body = await connection.read()
        headers = _answer_headers(connection.headers)
        if connection.is_complete and body:
            headers = [pair for pair in headers if pair[0] != b"content-length"]
            headers.append((b"content-length", b"%d" % len(body)))
        self._is_started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        while not connection.is_complete:
            await self._send({"type": "http.response.body", "body": body, "more_body": True})
            async with asyncio.timeout(self._timeout):
                body = await connection.read()
        await self._send({"type": "http.response.body", "body": body})

    def _start_watching(self) -> None:
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """Ends the exchange when the client leaves."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._connection.fail(ClientGoneError())

    def _expire(self) -> None:
        if not self._is_started:
            self._connection.fail(UpstreamSlowError())

    async def _give_up(self, status: int) -> None:
        if self._is_started:  # the client sees its connection end in the middle of the body
            _log.warning("PostgREST broke off in the middle of an answer")
        elif status == 503:
            await send_down(self._send)
        else:
            await send_slow(self._send)


async def send_down(send: Send) -> None:
    """503 in PostgREST's own shape: nobody listens there, or the connection broke."""
    await _send_error(send, 503, "PGRST000", "The REST server cannot be reached")


async def send_slow(send: Send) -> None:
    """504 in PostgREST's own shape: no answer in time."""
    await _send_error(send, 504, "PGRST003", "The REST server did not answer in time")


async def _send_error(send: Send, status: int, code: str, message: str) -> None:
    _log.warning("%s: answered %d", message, status)
    body = {"code": code, "details": None, "hint": "Try again in a moment.", "message": message}
    await send_json(send, status, body, [(b"retry-after", b"1")])


def _framing(headers: Headers) -> tuple[bytes | None, bool]:
    """The announced length of a request's body, and whether it comes in chunks."""
    length, is_chunked = None, False
    for name, value in headers:
        if name == b"content-length":
            length = value
        elif name == b"transfer-encoding":
            is_chunked = True
    return length, is_chunked


def _answer_headers(headers: Headers) -> Headers:
    kept = [
        pair
        for pair in headers
        if pair[0] not in NOT_PASSED_BACK and not pair[0].startswith(b"access-control-")
    ]
    return kept + CORS
