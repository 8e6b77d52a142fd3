"""What the alerts worker reads and writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from lib.events import Job, JobResult
from lib.performance.models.alerts import AlertContexts, AlertDecision
from lib.store.rpc import Rpc


class AlertStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def alert_contexts(self) -> AlertContexts:
        """Return every rule where it has something to judge, with what is measured now."""
        ...

    async def record_alerts(
        self, jobs: Sequence[Job], decisions: Sequence[AlertDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        """Raise, keep, escalate and end alerts and finish the jobs, in one transaction."""
        ...


def supabase_alert_store(rpc: Rpc) -> AlertStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseAlertStore(rpc)


class _SupabaseAlertStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def alert_contexts(self) -> AlertContexts:
        return AlertContexts.model_validate(await self._rpc.call("alert_contexts", {}))

    async def record_alerts(
        self, jobs: Sequence[Job], decisions: Sequence[AlertDecision], policy_version: str
    ) -> Mapping[int, JobResult]:
        params = {
            "p_items": [job.lease() for job in jobs],
            "p_decisions": [_written(decision) for decision in decisions],
            "p_policy_version": policy_version,
        }
        answer = await self._rpc.call("record_alerts", params)
        return {item["job_id"]: item["status"] for item in answer}


def _written(decision: AlertDecision) -> dict[str, Any]:
    """Return the decision as JSON can carry it: exact numbers travel as text."""
    value = None if decision.value is None else str(decision.value)
    return {**asdict(decision), "value": value}
