"""Answers of the gateway itself, and the CORS headers on all of them."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson
from starlette.responses import Response

from scripts.stack.gateway.keyring import Headers, KeyRefusedError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

EXPOSED = (
    b"Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Link, Location,"
    b" Preference-Applied, Range-Unit, Retry-After, Server, Transfer-Encoding, X-Total-Count,"
    b" X-Supabase-Api-Version"
)
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED),
]
PREFLIGHT: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"),
    (b"access-control-max-age", b"3600"),
    (b"vary", b"Access-Control-Request-Headers"),
    (b"content-length", b"0"),
]


def json_response(body: Any, status: int = 200) -> Response:
    """A JSON answer of a Starlette endpoint."""
    return Response(orjson.dumps(body), status, media_type="application/json")


async def send_json(send: Send, status: int, body: Any, headers: Headers | None = None) -> None:
    """A JSON answer with the CORS headers."""
    content = orjson.dumps(body)
    head = [(b"content-type", b"application/json; charset=utf-8"), *CORS, *(headers or [])]
    head.append((b"content-length", b"%d" % len(content)))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": content})


async def send_refusal(send: Send, refusal: KeyRefusedError) -> None:
    """401 in the words of the hosted gateway."""
    await send_json(send, 401, {"message": refusal.message, "hint": refusal.hint})


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks what it may send."""
    if scope["method"] != "OPTIONS":
        return False
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])


async def send_preflight(scope: Scope, send: Send) -> None:
    """Everything is allowed: the keys and the policies decide."""
    headers = list(PREFLIGHT)
    for name, value in scope["headers"]:
        if name == b"access-control-request-headers":
            headers.append((b"access-control-allow-headers", value))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def with_cors(app: App) -> App:
    """Adds the CORS headers to every answer of `app`."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*strip_cors(message.get("headers", [])), *CORS]
            await send(message)

        await app(scope, receive, send_open if scope["type"] == "http" else send)

    return run


def strip_cors(headers: Headers) -> Headers:
    """The headers without a service's own CORS answer."""
    return [pair for pair in headers if not pair[0].startswith(b"access-control-")]
