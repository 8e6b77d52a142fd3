"""A small HTTP server for monitoring alone: GET and HEAD of a few pages, one answer a connection.

Neither bodies nor anything else is read, and whoever is slow, loud or one too many is cut off: the
event loop it lives on has work to do.
"""

import asyncio
import errno
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from lib.errors import ConfigurationError
from lib.log import error_fields, get_logger

log = get_logger()

_REQUEST_SECONDS = 5.0
_MOST_CONNECTIONS = 16
_LONGEST_REQUEST = 8192


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: its status, kind and text."""

    status: HTTPStatus
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


Pages = Mapping[str, Callable[[Mapping[str, str]], Page]]
"""By path; each is given the request's headers, names in lower case."""

Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@asynccontextmanager
async def serving(host: str, port: int, pages: Pages) -> AsyncIterator[None]:
    """Serve the pages while the context lasts; refuse to start when the port cannot be opened."""
    connections: set[asyncio.StreamWriter] = set()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(connections) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        connections.add(writer)
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                writer.write(_answer(await reader.readuntil(b"\r\n\r\n"), pages))
                await writer.drain()
        except (TimeoutError, EOFError, ConnectionError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            connections.discard(writer)
            writer.close()

    server = await _opened(host, port, converse)
    try:
        yield
    finally:
        server.close()
        for writer in connections:
            writer.transport.abort()


async def _opened(host: str, port: int, converse: Converse) -> asyncio.Server:
    try:
        return await asyncio.start_server(converse, host, port, limit=_LONGEST_REQUEST)
    except OSError as error:
        raise _refusal(host, port, error) from None


def _refusal(host: str, port: int, error: OSError) -> ConfigurationError:
    match error.errno:
        case errno.EADDRINUSE:
            why = f"port {port} of {host} is taken by another process"
        case errno.EACCES:
            why = f"port {port} is not ours to open; take one above 1023"
        case _:
            host_variable = "WORKER_METRICS_HOST"
            sentence = f"{host_variable}: {host} is no address of this machine"
            return ConfigurationError(host_variable, sentence)
    variable = "WORKER_METRICS_PORT"
    return ConfigurationError(variable, f"{variable}: {why}")


def _answer(request: bytes, pages: Pages) -> bytes:
    line, *lines = request.decode("latin-1").split("\r\n")
    match line.split(" "):
        case [method, target, "HTTP/1.0" | "HTTP/1.1"]:
            page = _page(method, target, lines, pages)
        case _:
            method, page = "", _plain(HTTPStatus.BAD_REQUEST)
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}\r\n"
        f"Content-Type: {page.content_type}\r\nContent-Length: {len(page.body)}\r\n"
        "Allow: GET, HEAD\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n"
    ).encode()
    return head if method == "HEAD" else head + page.body


def _page(method: str, target: str, lines: list[str], pages: Pages) -> Page:
    make = pages.get(target.partition("?")[0])
    if make is None:
        return _plain(HTTPStatus.NOT_FOUND)
    if method not in ("GET", "HEAD"):
        return _plain(HTTPStatus.METHOD_NOT_ALLOWED)
    parts = (line.partition(":") for line in lines)
    try:
        return make({name.strip().lower(): value.strip() for name, _, value in parts})
    except Exception as error:
        log.error("runtime.page.failed", **error_fields(error))
        return _plain(HTTPStatus.INTERNAL_SERVER_ERROR)


def _plain(status: HTTPStatus) -> Page:
    return Page(status, f"{status.phrase}\n".encode())
