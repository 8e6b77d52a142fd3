"""What the webhooks worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Protocol

from lib.events import Job, JobResult
from lib.performance.models.webhooks import DeliveryResult, WebhookContexts, WebhookVerdict
from lib.store.rpc import Rpc


class WebhookStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def webhook_contexts(self, jobs: Sequence[Job]) -> WebhookContexts:
        """Return which of the jobs' deliveries are to be sent now, with address and secrets."""
        ...

    async def record_webhooks(
        self,
        jobs: Sequence[Job],
        results: Sequence[DeliveryResult],
        verdicts: Sequence[WebhookVerdict],
    ) -> Mapping[int, JobResult]:
        """Write what became of the deliveries and finish the jobs, in one transaction."""
        ...


def supabase_webhook_store(rpc: Rpc) -> WebhookStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseWebhookStore(rpc)


class _SupabaseWebhookStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def webhook_contexts(self, jobs: Sequence[Job]) -> WebhookContexts:
        ids = sorted({job.subject_id for job in jobs if job.subject_id})
        answer = await self._rpc.call("webhook_contexts", {"p_delivery_ids": ids})
        return WebhookContexts.model_validate(answer)

    async def record_webhooks(
        self,
        jobs: Sequence[Job],
        results: Sequence[DeliveryResult],
        verdicts: Sequence[WebhookVerdict],
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [{**job.lease(), "delivery_id": job.subject_id} for job in jobs],
            "p_results": [asdict(result) for result in results],
            "p_verdicts": [asdict(verdict) for verdict in verdicts],
        }
        answer = await self._rpc.call("record_webhooks", params)
        return {item["job_id"]: item["status"] for item in answer}
