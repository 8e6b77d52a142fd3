"""The webhooks worker: reads once, sends everything at once, writes once what came of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import pytest

from lib.errors import OutageError
from lib.events import Job, JobResult
from lib.performance.models.webhooks import (
    Delivery,
    DeliveryResult,
    WebhookContexts,
    WebhookVerdict,
)
from lib.performance.webhooks import WebhookPolicy
from lib.store.performance.webhooks import supabase_webhook_store
from tests.unit.performance.test_webhooks import a_delivery
from tests.workers.orchestrator.building import NOON, RememberingRpc, a_job
from workers.performance.webhooks import webhooks

NAME = "performance.webhooks"


@dataclass
class RememberingStore:
    """Knows some deliveries."""

    deliveries: Sequence[Delivery]
    calls: list[str] = field(default_factory=list)
    results: list[DeliveryResult] = field(default_factory=list)
    verdicts: list[WebhookVerdict] = field(default_factory=list)
    failure: Exception | None = None

    async def webhook_contexts(self, jobs: Sequence[Job]) -> WebhookContexts:
        self.calls.append("webhook_contexts")
        return WebhookContexts(read_at=NOON, deliveries=tuple(self.deliveries))

    async def record_webhooks(
        self,
        jobs: Sequence[Job],
        results: Sequence[DeliveryResult],
        verdicts: Sequence[WebhookVerdict],
    ) -> Mapping[int, JobResult]:
        self.calls.append("record_webhooks")
        if self.failure:
            raise self.failure
        self.results += results
        self.verdicts += verdicts
        return {job.id: "recorded" for job in jobs}


async def test_all_are_on_their_way_at_the_same_time_and_a_failure_stays_its_own() -> None:
    store = RememberingStore([a_delivery(1), a_delivery(2, webhook_id=UUID(int=101))])
    together = asyncio.Barrier(2)

    async def send(
        url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int | None, str | None]:
        async with asyncio.timeout(5):
            await together.wait()
        is_first = headers["X-Luxury-Delivery"] == str(UUID(int=1))
        return (None, "timeout") if is_first else (200, None)

    jobs = [a_job(number, UUID(int=number), NAME) for number in (1, 2)]
    await webhooks(store, send, WebhookPolicy()).handle(jobs)
    assert store.calls == ["webhook_contexts", "record_webhooks"]
    assert [result.outcome for result in store.results] == ["retry", "delivered"]
    assert [verdict.is_failing for verdict in store.verdicts] == [True, False]


async def test_what_cannot_be_recorded_was_sent_all_the_same_and_comes_again() -> None:
    store = RememberingStore([a_delivery(1)], failure=OutageError("nobody answers"))
    sent = []

    async def send(
        url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int | None, str | None]:
        sent.append(headers["X-Luxury-Delivery"])
        return 200, None

    handle = webhooks(store, send, WebhookPolicy()).handle
    with pytest.raises(OutageError):
        await handle([a_job(1, UUID(int=1), NAME)])
    store.failure = None
    await handle([a_job(1, UUID(int=1), NAME)])
    assert sent == [str(UUID(int=1))] * 2


async def test_the_store_asks_for_the_subjects_and_names_them_when_writing() -> None:
    rpc = RememberingRpc({"read_at": NOON.isoformat(), "deliveries": []})
    store = supabase_webhook_store(cast("Any", rpc))
    jobs = [a_job(1, UUID(int=1), NAME)]
    assert (await store.webhook_contexts(jobs)).deliveries == ()
    assert rpc.calls == [("webhook_contexts", {"p_delivery_ids": [UUID(int=1)]})]
    writing = RememberingRpc([{"job_id": 1, "status": "gone"}])
    store = supabase_webhook_store(cast("Any", writing))
    assert await store.record_webhooks(jobs, [], []) == {1: "gone"}
    assert writing.calls[0][1]["p_items"][0]["delivery_id"] == UUID(int=1)
