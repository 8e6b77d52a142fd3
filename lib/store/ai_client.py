"""One question to an OpenAI-compatible service: an answer, or a word for why there is none.

Nothing of what is asked or answered is logged or raised. After several failures in a row the
service is left alone for a while, then one question tries again.
"""

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

CONNECT_SECONDS, TOTAL_SECONDS = 2.0, 6.0
MOST_TOKENS = 350
MOST_BYTES = 100_000
LOUDEST_FAILURES, QUIET_SECONDS = 3, 30.0


@dataclass(frozen=True, kw_only=True)
class AiAnswer:
    """`text`, or the `failure` in one word; how long it took and what it cost, in tokens."""

    text: str | None = None
    failure: str | None = None
    model: str | None = None
    service_ms: int = 0
    token_count: int = 0


class AskAi(Protocol):
    """Sends the messages of a conversation, each {"role", "content"}; never raises."""

    async def __call__(self, messages: Sequence[Mapping[str, str]]) -> AiAnswer:
        """Return the answer."""
        ...


class Breaker:
    """Open after failures in a row; then closed to all but one question per pause."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._opens_at = 0.0

    def lets_through(self) -> bool:
        """Whether a question may be asked now; while open, the asker is the one who tries."""
        if self._failures < LOUDEST_FAILURES:
            return True
        if self._now() < self._opens_at:
            return False
        self._opens_at = self._now() + QUIET_SECONDS
        return True

    def note(self, *, is_well: bool) -> None:
        """Remember how a question ended."""
        self._failures = 0 if is_well else self._failures + 1
        self._opens_at = self._now() + QUIET_SECONDS


def is_safe_service_url(url: str) -> bool:
    """Whether keys and texts may go there: https, or this very machine."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if parsed.userinfo or not parsed.host:
        return False
    return parsed.scheme == "https" or (parsed.scheme == "http" and _is_loopback(parsed.host))


def ai_service(
    url: str,
    key: str,
    model: str,
    *,
    now: Callable[[], float] = time.monotonic,
    transport: httpx.AsyncBaseTransport | None = None,
    total_seconds: float = TOTAL_SECONDS,
) -> AskAi:
    """Return a function that asks the service at `url` (up to and including `/v1`) once.

    Not tried again: somebody waits. `transport` is for tests.
    """
    if not is_safe_service_url(url):
        raise ValueError("the service must be reached by https, or on this machine")
    breaker = Breaker(now)
    post = _poster(f"{url.rstrip('/')}/chat/completions", key, transport, total_seconds)

    async def ask(messages: Sequence[Mapping[str, str]]) -> AiAnswer:
        if not breaker.lets_through():
            return AiAnswer(failure="circuit_open")
        started = now()
        answer = await post(_body(model, messages))
        breaker.note(is_well=answer.failure is None)
        return replace(answer, model=model, service_ms=round(1000 * (now() - started)))

    return ask


def _poster(
    url: str, key: str, transport: httpx.AsyncBaseTransport | None, total_seconds: float
) -> Callable[[bytes], Awaitable[AiAnswer]]:
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    timeout = httpx.Timeout(total_seconds, connect=min(CONNECT_SECONDS, total_seconds))
    trusted = httpx.create_ssl_context()

    async def post(body: bytes) -> AiAnswer:
        try:
            async with (
                asyncio.timeout(total_seconds),
                httpx.AsyncClient(
                    verify=trusted,
                    transport=transport,
                    timeout=timeout,
                    follow_redirects=False,
                    trust_env=False,
                ) as http,
                http.stream("POST", url, content=body, headers=headers) as response,
            ):
                return await _read(response)
        except (TimeoutError, httpx.TimeoutException):
            return AiAnswer(failure="timeout")
        except httpx.HTTPError:
            return AiAnswer(failure="unreachable")

    return post


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True)
    content: str


class _Choice(BaseModel):
    model_config = ConfigDict(frozen=True)
    message: _Message


class _Usage(BaseModel):
    model_config = ConfigDict(frozen=True)
    total_tokens: int = Field(default=0, ge=0, le=10_000_000)


class _Completion(BaseModel):
    model_config = ConfigDict(frozen=True)
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage = _Usage()


async def _read(response: httpx.Response) -> AiAnswer:
    if response.status_code != 200:
        return AiAnswer(failure=f"http_{response.status_code}")
    content = b""
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            return AiAnswer(failure="answer_too_large")
    try:
        completion = _Completion.model_validate(orjson.loads(content))
    except (orjson.JSONDecodeError, ValidationError):
        return AiAnswer(failure="answer_malformed")
    return AiAnswer(
        text=completion.choices[0].message.content, token_count=completion.usage.total_tokens
    )


def _body(model: str, messages: Sequence[Mapping[str, str]]) -> bytes:
    return orjson.dumps(
        {
            "model": model,
            "messages": [dict(message) for message in messages],
            "temperature": 0.3,
            "max_tokens": MOST_TOKENS,
        }
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
