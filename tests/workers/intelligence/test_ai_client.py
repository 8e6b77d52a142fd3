"""The client of an outside language service: one question, an answer or a word, never an error."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from lib.store.ai_client import ai_service, is_safe_service_url
from tests.workers.intelligence import language_service as wire
from tests.workers.intelligence.language_service import LanguageService

HELLO = [{"role": "user", "content": '{"draft": "Dziękuję za wiadomość."}'}]


async def test_a_question_goes_out_as_the_wire_format_says() -> None:
    service = LanguageService(wire.polite)
    answer = await service.ask()([{"role": "system", "content": "s"}, *HELLO])
    assert (answer.text, answer.failure) == ("Serdecznie dziękuję za wiadomość.", None)
    assert (answer.model, answer.token_count) == ("small-model", 120)
    (request,) = service.seen
    assert (request.method, str(request.url)) == ("POST", f"{wire.URL}/chat/completions")
    assert request.headers["authorization"] == "Bearer key-of-the-house"
    (body,) = service.bodies
    assert set(body) == {"model", "messages", "temperature", "max_tokens"}
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("small-model", 0.3, 350)


@pytest.mark.parametrize(
    ("behave", "failure"),
    [
        (wire.failing, "http_500"),
        (wire.elsewhere, "http_302"),
        (wire.garbage, "answer_malformed"),
        (wire.empty, "answer_malformed"),
        (wire.endless, "answer_too_large"),
        (wire.broken, "unreachable"),
        (wire.slow, "timeout"),
        (wire.hanging, "timeout"),
    ],
)
async def test_a_service_that_is_unwell_is_named_and_not_asked_twice(
    behave: Callable[[LanguageService, dict[str, Any]], httpx.Response], failure: str
) -> None:
    service = LanguageService(behave)
    answer = await service.ask(total_seconds=0.2)(HELLO)
    assert (answer.text, answer.failure) == (None, failure)
    assert len(service.seen) == 1


async def test_after_three_failures_the_service_is_left_alone_for_half_a_minute() -> None:
    service = LanguageService(wire.failing)
    ask = service.ask()
    assert [(await ask(HELLO)).failure for _ in range(5)] == ["http_500"] * 3 + ["circuit_open"] * 2
    assert len(service.seen) == 3
    service.clock = 31
    assert (await ask(HELLO)).failure == "http_500"
    assert (await ask(HELLO)).failure == "circuit_open"
    service.clock, service.behave = 62, wire.polite
    assert (await ask(HELLO)).failure is None
    assert (await ask(HELLO)).failure is None


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://ai.example/v1", True),
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://[::1]:11434/v1", True),
        ("http://ai.example/v1", False),
        ("http://10.0.0.5/v1", False),
        ("http://localhost.example/v1", False),
        ("https://name@ai.example/v1", False),
        ("file:///etc/passwd", False),
        ("ai.example", False),
        ("https://", False),
        ("http://[broken", False),
    ],
)
def test_texts_go_by_https_or_stay_on_this_machine(url: str, *, is_safe: bool) -> None:
    assert is_safe_service_url(url) is is_safe
    if not is_safe:
        with pytest.raises(ValueError, match="https"):
            ai_service(url, "", "m")
