"""How deliveries are signed, and what follows from an attempt. Pure: no clock, nothing is sent."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lib.performance.models.webhooks import (
    Answer,
    Delivery,
    DeliveryResult,
    DisabledReason,
    WebhookVerdict,
)

_GONE = 410


@dataclass(frozen=True, kw_only=True)
class WebhookPolicy:
    """How long the house keeps trying."""

    version: str = "webhooks-1"
    max_attempts: int = 10
    base_seconds: float = 10.0
    longest_seconds: float = 3600.0
    failing_seconds: float = 3 * 86400.0
    """A webhook nothing has reached for so long is switched off."""

    def ceiling(self, attempts: int) -> float:
        """Return how long the pause after so many attempts may be at most, in seconds."""
        return min(self.longest_seconds, self.base_seconds * 2.0 ** min(attempts, 30))


def sign(secrets: Sequence[str], timestamp: int, body: str) -> str:
    """Return `v1=<hex>` for each secret: HMAC-SHA256 of `timestamp.body`, parted by commas."""
    message = f"{timestamp}.{body}".encode()
    return ",".join(
        "v1=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets
    )


def headers_of(delivery: Delivery, sent_at: datetime) -> dict[str, str]:
    """Return the headers by which a receiver knows who sent this, when, and whether it is new."""
    timestamp = int(sent_at.timestamp())
    secrets = [secret.get_secret_value() for secret in delivery.secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "luxury-webhooks/1",
        "X-Luxury-Delivery": str(delivery.id),
        "X-Luxury-Timestamp": str(timestamp),
        "X-Luxury-Signature": sign(secrets, timestamp, delivery.body),
    }


def judge_delivery(delivery: Delivery, answer: Answer, policy: WebhookPolicy) -> DeliveryResult:
    """Return what becomes of the delivery: only 2xx is an arrival, redirects are not followed."""
    if answer.status is not None and 200 <= answer.status < 300:
        return DeliveryResult(delivery.id, delivery.attempts, "delivered", answer.status, None)
    error = answer.error or f"http_{answer.status}"
    is_last = delivery.attempts + 1 >= policy.max_attempts
    if is_last or not delivery.is_active or answer.status == _GONE:
        return DeliveryResult(delivery.id, delivery.attempts, "dead", answer.status, error)
    ceiling = policy.ceiling(delivery.attempts)
    return DeliveryResult(delivery.id, delivery.attempts, "retry", answer.status, error, ceiling)


def judge_webhooks(
    deliveries: Sequence[Delivery],
    answers: Mapping[UUID, Answer],
    now: datetime,
    policy: WebhookPolicy,
) -> list[WebhookVerdict]:
    """Return one verdict for each webhook that was tried; one arrival is enough to be well."""
    tried: defaultdict[UUID, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        if delivery.is_active and delivery.id in answers:
            tried[delivery.webhook_id].append(delivery)
    return [
        _verdict(webhook_id, group, [answers[one.id] for one in group], now, policy)
        for webhook_id, group in sorted(tried.items())
    ]


def _verdict(
    webhook_id: UUID,
    group: Sequence[Delivery],
    answers: Sequence[Answer],
    now: datetime,
    policy: WebhookPolicy,
) -> WebhookVerdict:
    if any(answer.status is not None and 200 <= answer.status < 300 for answer in answers):
        return WebhookVerdict(webhook_id, is_failing=False)
    reason: DisabledReason | None = None
    failing_at = group[0].failing_at
    if any(answer.status == _GONE for answer in answers):
        reason = "gone"
    elif failing_at and now - failing_at >= timedelta(seconds=policy.failing_seconds):
        reason = "failing"
    return WebhookVerdict(webhook_id, is_failing=True, disabled_reason=reason)
