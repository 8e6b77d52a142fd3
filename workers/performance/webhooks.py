"""What is in the outbox -> signed and sent, then noted whether it arrived.

Sent before it is recorded: a process that dies in between sends it again, with the same id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from lib.clock import utc_now
from lib.events import Job, JobResult
from lib.performance.models.webhooks import Answer, Delivery, WebhookContexts
from lib.performance.webhooks import WebhookPolicy, headers_of, judge_delivery, judge_webhooks
from lib.store.performance.webhooks import WebhookStore
from workers.runtime.worker import Worker

Send = Callable[[str, Mapping[str, str], bytes], Awaitable[tuple[int | None, str | None]]]
"""Posts a body to an address with these headers: a status, or a word for why there is none."""


def webhooks(store: WebhookStore, send: Send, policy: WebhookPolicy) -> Worker:
    """Return the worker that tells other systems."""

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        contexts = await store.webhook_contexts(jobs)
        answers = await _send_all(contexts, send)
        deliveries = contexts.deliveries
        results = [judge_delivery(one, answers[one.id], policy) for one in deliveries]
        verdicts = judge_webhooks(deliveries, answers, contexts.read_at, policy)
        return await store.record_webhooks(jobs, results, verdicts)

    # Small batches, many at once: a receiver that is slow holds up few others.
    return Worker(name="performance.webhooks", handle=handle, batch_size=10, concurrency=4)


async def _send_all(contexts: WebhookContexts, send: Send) -> dict[UUID, Answer]:
    async with asyncio.TaskGroup() as group:
        tasks = {one.id: group.create_task(_send(one, send)) for one in contexts.deliveries}
    return {delivery_id: task.result() for delivery_id, task in tasks.items()}


async def _send(delivery: Delivery, send: Send) -> Answer:
    if not delivery.is_active:
        return Answer(None, "webhook_disabled")
    return Answer(
        *await send(delivery.url, headers_of(delivery, utc_now()), delivery.body.encode())
    )
