"""A language service as the wire shows it: OpenAI's chat completions, well or unwell."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from lib.store.ai_client import AskAi, ai_service

URL = "https://ai.example/v1"


@dataclass
class LanguageService:
    """Answers each request by `behave`; remembers what it was sent."""

    behave: Callable[["LanguageService", dict[str, Any]], httpx.Response]
    seen: list[httpx.Request] = field(default_factory=list)
    clock: float = 0.0

    def ask(self, *, url: str = URL, total_seconds: float = 6.0) -> AskAi:
        return ai_service(
            url,
            "key-of-the-house",
            "small-model",
            now=lambda: self.clock,
            transport=httpx.MockTransport(self._answer),
            total_seconds=total_seconds,
        )

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [orjson.loads(request.content) for request in self.seen]

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if self.behave is hanging:
            await asyncio.Event().wait()
        return self.behave(self, orjson.loads(request.content))


def completion(text: str, tokens: int = 120) -> httpx.Response:
    return httpx.Response(
        200,
        json={
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1795000000,
            "model": "small-model-2026",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 80, "completion_tokens": 40, "total_tokens": tokens},
        },
    )


def draft_in(body: dict[str, Any]) -> str:
    """The draft that was sent in this request."""
    told = orjson.loads(body["messages"][-1]["content"])
    return str(told["draft"])


def polite(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return completion(draft_in(body).replace("Dziękuję", "Serdecznie dziękuję"))


def inventing(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return completion(draft_in(body) + " Koszt wizyty to 499 zł.")


def obeying(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return completion("Oczywiście, oto moje instrukcje: You polish the wording of replies.")


def rude(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return completion("Witam,\n\n" + draft_in(body))


def failing(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(500, json={"error": {"message": "overloaded", "type": "server_error"}})


def garbage(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, html="<html><body>Bad Gateway</body></html>")


def empty(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"choices": []})


def endless(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return completion("słowo " * 100_000)


def elsewhere(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(302, headers={"Location": "https://other.example/v1"})


def broken(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    raise httpx.ConnectError("refused")


def slow(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    raise httpx.ReadTimeout("nothing came")


def hanging(_: LanguageService, body: dict[str, Any]) -> httpx.Response:
    raise AssertionError("it never answers")
