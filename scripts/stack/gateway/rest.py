"""/rest/v1: the way to PostgREST, with the key exchanged for its JWT."""

from typing import Self

import aiohttp
from yarl import URL

from scripts.stack.gateway.answers import Receive, Scope, Send, send_refusal
from scripts.stack.gateway.forward import Forwarding, open_session
from scripts.stack.gateway.keyring import (
    KeyRefusedError,
    Keyring,
    Presented,
    query_key,
    without_query_key,
)

PREFIX = b"/rest/v1"
NOT_PASSED_ON = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer"
    b" transfer-encoding upgrade host expect apikey authorization x-forwarded-for".split()
)
USUAL_CONNECTIONS = (b"keep-alive", b"close", b"")

RawHeaders = list[tuple[bytes, bytes]]
TextHeaders = list[tuple[str, str]]


class RestProxy:
    """An ASGI application; one instance per process, open for the time of its lifespan."""

    _session: aiohttp.ClientSession

    def __init__(self, port: int, keyring: Keyring, timeout_seconds: float) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self._keyring = keyring
        self._timeout = timeout_seconds

    async def __aenter__(self) -> Self:
        self._session = open_session()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        try:
            url, headers = self._translate(scope)
        except KeyRefusedError as refusal:
            await send_refusal(send, refusal)
        else:
            await Forwarding(scope, receive, send, self._timeout).run(self._session, url, headers)

    def _translate(self, scope: Scope) -> tuple[URL, TextHeaders]:
        """Where the request goes, and its headers with the token in the place of the key."""
        headers, presented = _read_headers(scope)
        query = scope["query_string"]
        if presented.apikey is None and query:
            presented = Presented(query_key(query), presented.authorization, presented.user_agent)
            query = without_query_key(query)
        headers.append(("authorization", _text(self._keyring.authorization(presented))))
        path = scope["raw_path"][len(PREFIX) :] or b"/"
        target = _text(b"%s?%s" % (path, query) if query else path)
        return URL(self._origin + target, encoded=True), headers


def _read_headers(scope: Scope) -> tuple[TextHeaders, Presented]:
    """Headers to pass on, and those that decide."""
    found: dict[bytes, bytes] = dict(scope["headers"])
    hops = NOT_PASSED_ON
    named = found.get(b"connection", b"").lower()
    if named not in USUAL_CONNECTIONS:  # RFC 9110, 7.6.1: it names further hop-by-hop headers
        hops = hops.union(name.strip() for name in named.split(b","))
    repeats = len(found) < len(scope["headers"])
    headers = _with_one_prefer(scope["headers"]) if repeats else scope["headers"]
    passed = [(_text(name), _text(value)) for name, value in headers if name not in hops]
    if scope["client"]:
        passed.append(("x-forwarded-for", scope["client"][0]))
    presented = Presented(
        found.get(b"apikey"), found.get(b"authorization"), found.get(b"user-agent", b"")
    )
    return passed, presented


def _with_one_prefer(headers: RawHeaders) -> RawHeaders:
    """The same headers with all `Prefer` in one (RFC 9110, 5.3).

    PostgREST obeys each of several, but shows SQL the last alone: a check made there, such as the
    one against `count=planned`, would pass over the others.
    """
    preferred = b", ".join(value for name, value in headers if name == b"prefer")
    others = [pair for pair in headers if pair[0] != b"prefer"]
    return [*others, (b"prefer", preferred)] if preferred else others


def _text(raw: bytes) -> str:
    """What aiohttp writes as the same bytes; only bytes that are no UTF-8 come out otherwise."""
    return raw.decode("utf-8", "replace")
