"""/rest/v1: the way to PostgREST, with the key exchanged for its JWT."""

from scripts.stack.gateway.answers import Receive, Scope, Send, send_refusal
from scripts.stack.gateway.connection import UpstreamDownError
from scripts.stack.gateway.exchange import Exchange, send_down
from scripts.stack.gateway.keyring import (
    KeyRefusedError,
    Keyring,
    Presented,
    query_key,
    without_query_key,
)
from scripts.stack.gateway.upstream import Upstream

PREFIX = b"/rest/v1"
NOT_PASSED_ON = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" transfer-encoding upgrade host expect apikey authorization content-length"
    b" x-forwarded-for".split()
)
USUAL_CONNECTIONS = (b"keep-alive", b"close", b"")


class RestProxy:
    """An ASGI application; one instance per process."""

    def __init__(self, upstream: Upstream, keyring: Keyring, timeout_seconds: float) -> None:
        self._upstream = upstream
        self._keyring = keyring
        self._timeout = timeout_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        try:
            head = self._request_head(scope)
            connection = await self._upstream.acquire()
        except KeyRefusedError as refusal:
            await send_refusal(send, refusal)
        except UpstreamDownError:
            await send_down(send)
        else:
            try:
                await Exchange(connection, scope, receive, send, self._timeout).run(head)
            finally:
                self._upstream.release(connection)

    def _request_head(self, scope: Scope) -> list[bytes]:
        """Request line and headers, without the framing of the body."""
        passed, presented = _read_headers(scope)
        query = scope["query_string"]
        if presented.apikey is None and query:
            presented = Presented(query_key(query), presented.authorization, presented.user_agent)
            query = without_query_key(query)
        path = scope["raw_path"][len(PREFIX) :] or b"/"
        return [
            b"%s %s%s%s HTTP/1.1\r\nhost: 127.0.0.1\r\n"
            % (scope["method"].encode(), path, b"?" if query else b"", query),
            b"authorization: %s\r\n" % self._keyring.authorization(presented),
            *passed,
        ]


def _read_headers(scope: Scope) -> tuple[list[bytes], Presented]:
    """Header lines to pass on, and those that decide."""
    passed: list[bytes] = []
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in NOT_PASSED_ON:
            found[name] = value
        else:
            passed.append(b"%s: %s\r\n" % (name, value))
            if name == b"user-agent":
                found[name] = value
    if scope["client"]:
        passed.append(b"x-forwarded-for: %s\r\n" % scope["client"][0].encode())
    named = found.get(b"connection", b"").lower()
    if named not in USUAL_CONNECTIONS:  # RFC 9110, 7.6.1: it names further hop-by-hop headers
        hops = tuple(name.strip() + b": " for name in named.split(b","))
        passed = [line for line in passed if not line.startswith(hops)]
    presented = Presented(
        found.get(b"apikey"), found.get(b"authorization"), found.get(b"user-agent", b"")
    )
    return passed, presented
