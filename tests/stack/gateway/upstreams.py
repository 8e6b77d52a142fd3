"""Servers behind the gateway that misbehave, or show what reached them."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from scripts.stack.gateway.__main__ import settings_of
from scripts.stack.gateway.answers import Receive, Scope, Send
from scripts.stack.gateway.keyring import Keyring
from scripts.stack.gateway.rest import RestProxy
from scripts.stack.state import StackState
from tests.stack.gateway.serving import serving

MEGABYTE = 1_048_576
CHUNK = b"x" * 65_536


@contextmanager
def proxy_to(site: StackState, port: int, timeout_seconds: float = 30) -> Iterator[str]:
    """The gateway's way to REST, in front of another port."""
    proxy = RestProxy(port, Keyring(settings_of(site)), timeout_seconds)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with proxy:
            yield

    with serving(Starlette(routes=[Mount("/rest/v1", app=proxy)], lifespan=lifespan)) as url:
        yield f"{url}/rest/v1"


@contextmanager
def speaking(answer: bytes, *, hears_body: bool = True) -> Iterator[int]:
    """A server that answers every connection with these bytes and closes it."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                heard = connection.recv(65_536)
                while hears_body and b"\r\n\r\n" not in heard:
                    heard += connection.recv(65_536)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the request as it arrived; counts the bytes of the body."""
    size, has_more = 0, True
    while has_more:
        message = await receive()
        size += len(message.get("body", b""))
        has_more = message.get("more_body", False)
    seen = {
        "method": scope["method"],
        "path": scope["raw_path"].decode(),
        "query": scope["query_string"].decode(),
        "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
        "size": size,
        "port": scope["client"][1],
    }
    headers = [
        (b"content-type", b"application/json"),
        (b"content-range", b"0-24/3573"),
        (b"location", b"/notes?id=eq.7"),
        (b"keep-alive", b"timeout=5"),
        (b"access-control-allow-origin", b"http://elsewhere.test"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
    ]
    await send({"type": "http.response.start", "status": 206, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(seen).encode()})


class Fountain:
    """Streams `chunks` pieces, unless the other side leaves, and remembers how far it came."""

    def __init__(self, chunks: int) -> None:
        self.chunks = chunks
        self.sent = 0

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        leaving = asyncio.ensure_future(receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while self.sent < self.chunks and not leaving.done():
            await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
            self.sent += 1
            await asyncio.sleep(0)  # a server of one's own would wait for a slow reader
        await send({"type": "http.response.body", "body": b""})
        await leaving


class Silence:
    """Never answers; notices when the other side leaves."""

    def __init__(self) -> None:
        self.is_asked = threading.Event()
        self.is_alone = threading.Event()

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        self.is_asked.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        self.is_alone.set()


def port_of(url: str) -> int:
    """The port of a served URL."""
    return int(url.rpartition(":")[2])
