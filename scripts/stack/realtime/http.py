"""The HTTP side: broadcasts without a socket, and signs of life."""

from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from scripts.stack.realtime import batch, frames, jsontext, tokens
from scripts.stack.realtime.database import DatabaseUnavailableError
from scripts.stack.realtime.frames import UserBroadcast
from scripts.stack.realtime.policies import (
    Asker,
    MissingPartitionError,
    PolicyError,
    is_writable,
)
from scripts.stack.realtime.rooms import Broadcast, from_server
from scripts.stack.realtime.services import Services, now
from scripts.stack.realtime.tokens import Token

_MEDIA_TYPES = "Unsupported Media Type. Use application/json or application/octet-stream"
_MAX_BODY_BYTES = 8_000_000


def x_headers(headers: Any) -> dict[str, str]:
    """The request headers policies may read."""
    return {name: value for name, value in headers.items() if name.startswith("x-")}


class Http:
    """The endpoints of one server."""

    def __init__(self, server: Services) -> None:
        self._server = server

    async def ping(self, _request: Request) -> Response:
        """Answer that the API is there."""
        return JSONResponse({"message": "Success"})

    async def health(self, _request: Request) -> Response:
        """Answer that the process is there."""
        return PlainTextResponse("ok")

    async def broadcast_batch(self, request: Request) -> Response:
        """Send many messages; those the caller may not send are dropped silently."""
        token = self._authenticate(request)
        if token is None:
            return _unauthorized()
        try:
            body = jsontext.loads((await request.body()).decode())
        except ValueError:
            return JSONResponse({"errors": {"detail": "Bad Request"}}, 400)
        messages: Any = body.get("messages") if isinstance(body, dict) else None
        if problem := batch.problems(messages, self._server.settings.max_payload_bytes):
            return JSONResponse({"errors": {"messages": problem}}, 422)
        if refusal := self._refusal(len(messages)):
            return refusal
        writable = await self._writable(request, token, messages)
        for message in messages:
            if not message.get("private") or message["topic"] in writable:
                self._send(message)
        return Response(status_code=202, headers=self._rate_headers())

    def _authenticate(self, request: Request) -> Token | None:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        text = bearer if scheme.lower() == "bearer" else request.headers.get("apikey", "")
        try:
            return tokens.verify(text, self._server.settings.jwt_secret, now())
        except tokens.TokenError:
            return None

    async def _writable(
        self, request: Request, token: Token, messages: list[dict[str, Any]]
    ) -> set[str]:
        """The private topics among the messages on which the caller may send."""
        topics = {message["topic"] for message in messages if message.get("private")}
        return {topic for topic in topics if await self._may_write(request, token, topic)}

    async def _may_write(self, request: Request, token: Token, topic: str) -> bool:
        asker = Asker(topic, token.role, token.claims, x_headers(request.headers))
        try:
            return await is_writable(self._server.database, asker, "broadcast")
        except (PolicyError, MissingPartitionError, DatabaseUnavailableError):
            return False

    def _send(self, message: dict[str, Any]) -> None:
        payload = jsontext.dumps(message["payload"])
        content = from_server(message["event"], payload, message.get("id"))
        broadcast = Broadcast(message["topic"], content, message.get("id"))
        self._publish(broadcast, is_private=bool(message.get("private")))

    def _publish(self, broadcast: Broadcast, *, is_private: bool) -> None:
        self._server.limits.messages.count(now())
        self._server.rooms.publish((is_private, broadcast.topic), broadcast)

    async def broadcast_one(self, request: Request) -> Response:
        """Send one message, JSON or bytes."""
        token = self._authenticate(request)
        if token is None:
            return _unauthorized()
        place = _topic_and_event(request)
        if place is None:
            return JSONResponse({"message": "Not found"}, 404)
        topic, event = place
        is_private = request.query_params.get("private", "").lower() == "true"
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in ("application/json", "application/octet-stream"):
            return JSONResponse({"error": _MEDIA_TYPES}, 415)
        body = await request.body()
        if problem := self._body_problem(media_type, body):
            return problem
        if is_private and not await self._may_write(request, token, topic):
            return JSONResponse({"message": "Unauthorized"}, 403)
        if refusal := self._refusal(1):
            return refusal
        content = _single_content(event, media_type, body)
        self._publish(Broadcast(topic, content), is_private=is_private)
        return Response(status_code=202, headers=self._rate_headers())

    def _body_problem(self, media_type: str, body: bytes) -> Response | None:
        if len(body) > min(_MAX_BODY_BYTES, self._server.settings.max_payload_bytes):
            return JSONResponse({"errors": {"payload": [batch.TOO_LARGE]}}, 422)
        if media_type != "application/json":
            return None
        try:
            payload = jsontext.loads(body.decode())
        except ValueError:
            return JSONResponse({"errors": {"detail": "Bad Request"}}, 400)
        is_object = isinstance(payload, dict)
        return None if is_object else JSONResponse({"errors": {"payload": [batch.INVALID]}}, 422)

    def _refusal(self, count: int) -> Response | None:
        rate = self._server.limits.messages
        for extra, text in (
            (0, "You have exceeded your rate limit"),
            (count, "Too many messages to broadcast, please reduce the batch size"),
        ):
            if rate.is_exceeded(now(), extra):
                return JSONResponse({"message": text}, 429, headers=self._rate_headers())
        return None

    def _rate_headers(self) -> dict[str, str]:
        rate = self._server.limits.messages
        if rate.limit is None:
            return {}
        average = rate.average(now())
        return {
            "x-rate-rolling": f"{average:g}",
            "x-rate-limit": str(rate.limit),
            "x-rate-limit-remaining": str(max(0, rate.limit - round(average))),
        }


def _topic_and_event(request: Request) -> tuple[str, str] | None:
    """From the path as it was sent: a topic may hold an encoded slash."""
    path = request.scope["raw_path"].decode("ascii").partition("?")[0]
    rest = path.partition("/api/broadcast/")[2]
    topic, found, event = rest.rpartition("/events/")
    return (unquote(topic), unquote(event)) if found and topic and event else None


def _single_content(event: str, media_type: str, body: bytes) -> str | UserBroadcast:
    if media_type == "application/octet-stream":
        return UserBroadcast(event, frames.RAW, body)
    return from_server(event, jsontext.dumps(jsontext.loads(body.decode())), None)


def _unauthorized() -> Response:
    return JSONResponse({"message": "Unauthorized"}, 401)
