"""How deliveries are signed, when they are repeated, and when a webhook is given up."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from lib.performance.models.webhooks import Answer, Delivery
from lib.performance.webhooks import (
    WebhookPolicy,
    headers_of,
    judge_delivery,
    judge_webhooks,
    sign,
)

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
POLICY = WebhookPolicy(max_attempts=4)


def a_delivery(number: int = 1, **changes: Any) -> Delivery:
    plain = {
        "id": UUID(int=number),
        "attempts": 0,
        "body": '{"id": 1}',
        "webhook_id": UUID(int=100),
        "url": "https://example.test/",
        "is_active": True,
        "failing_at": None,
        "secrets": (SecretStr("s" * 40),),
    }
    return Delivery(**{**plain, **changes})


def test_the_signature_is_what_a_receiver_computes() -> None:
    expected = hmac.new(b"secret", b'1795172400.{"id": 1}', hashlib.sha256).hexdigest()
    assert sign(["secret"], 1795172400, '{"id": 1}') == f"v1={expected}"


def test_two_secrets_are_two_signatures() -> None:
    both = sign(["new", "old"], 7, "x").split(",")
    assert both == [sign(["new"], 7, "x"), sign(["old"], 7, "x")]


def test_the_headers_name_the_delivery_and_the_moment() -> None:
    headers = headers_of(a_delivery(7), NOON)
    assert headers["X-Luxury-Delivery"] == str(UUID(int=7))
    assert headers["X-Luxury-Timestamp"] == str(int(NOON.timestamp()))
    assert "s" * 40 not in str(headers)


def test_a_secret_is_not_shown_by_accident() -> None:
    assert "s" * 40 not in repr(a_delivery())


@pytest.mark.parametrize(
    ("attempts", "answer", "outcome", "error"),
    [
        (0, Answer(200), "delivered", None),
        (3, Answer(204), "delivered", None),
        (0, Answer(302), "retry", "http_302"),
        (0, Answer(404), "retry", "http_404"),
        (0, Answer(500), "retry", "http_500"),
        (0, Answer(None, "timeout"), "retry", "timeout"),
        (3, Answer(500), "dead", "http_500"),
        (0, Answer(410), "dead", "http_410"),
    ],
)
def test_what_becomes_of_a_delivery(
    attempts: int, answer: Answer, outcome: str, error: str | None
) -> None:
    result = judge_delivery(a_delivery(attempts=attempts), answer, POLICY)
    assert (result.outcome, result.error) == (outcome, error)
    assert (result.ceiling_seconds is not None) == (outcome == "retry")


def test_pauses_grow_to_a_limit() -> None:
    ceilings = [WebhookPolicy().ceiling(attempts) for attempts in range(60)]
    assert ceilings == sorted(ceilings)
    assert (ceilings[0], ceilings[1], ceilings[-1]) == (10, 20, 3600)


def test_one_arrival_is_enough_to_be_well() -> None:
    answers = {UUID(int=1): Answer(500), UUID(int=2): Answer(200)}
    [verdict] = judge_webhooks([a_delivery(1), a_delivery(2)], answers, NOON, POLICY)
    assert (verdict.is_failing, verdict.disabled_reason) == (False, None)


@pytest.mark.parametrize(
    ("days", "status", "reason"),
    [(None, 500, None), (2, 500, None), (3, 500, "failing"), (None, 410, "gone")],
)
def test_when_a_webhook_is_switched_off(days: int | None, status: int, reason: str | None) -> None:
    failing_at = None if days is None else NOON - timedelta(days=days)
    delivery = a_delivery(failing_at=failing_at)
    [verdict] = judge_webhooks([delivery], {delivery.id: Answer(status)}, NOON, POLICY)
    assert (verdict.is_failing, verdict.disabled_reason) == (True, reason)


def test_a_webhook_that_was_not_tried_is_not_judged() -> None:
    delivery = a_delivery(is_active=False, secrets=())
    answers = {delivery.id: Answer(None, "webhook_disabled")}
    assert judge_webhooks([delivery], answers, NOON, POLICY) == []
    assert judge_delivery(delivery, answers[delivery.id], POLICY).outcome == "dead"
