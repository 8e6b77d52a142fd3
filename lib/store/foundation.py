"""The foundation's functions for operators and housekeeping: look at jobs, retry, prune."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lib.errors import PermanentError
from lib.store.rpc import Rpc

Row = Mapping[str, Any]


class FoundationStore(Protocol):
    """Methods are named as the SQL functions of schema `worker`."""

    async def queue_stats(self) -> Row:
        """Return `{"workers": {name: counts}, "replicas": [heartbeats], ...}`."""

    async def list_jobs(self, state: str | None, worker: str | None, limit: int) -> Sequence[Row]:
        """Return the oldest jobs in `state` (None: any), of one worker or of all."""

    async def show_job(self, job_id: int) -> Row | None:
        """Return everything about one job with its `causes`; None when there is no such job."""

    async def retry_dead_jobs(self, job_ids: Sequence[int]) -> Row:
        """Make dead jobs pending again with fresh attempts: `{"retried", "missing"}`, ids."""

    async def prune_events(self, keep_days: int, limit: int) -> int:
        """Delete old events and what else is settled, at most `limit` of each; return the sum."""


class SupabaseFoundationStore:
    """FoundationStore over PostgREST."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def queue_stats(self) -> Row:
        """See FoundationStore."""
        answer: Row = await self._rpc.call("queue_stats", {})
        return answer

    async def list_jobs(self, state: str | None, worker: str | None, limit: int) -> Sequence[Row]:
        """See FoundationStore."""
        params = {"p_state": state, "p_worker": worker, "p_limit": limit}
        rows: Sequence[Row] = await self._rpc.call("list_jobs", params)
        return rows

    async def show_job(self, job_id: int) -> Row | None:
        """See FoundationStore."""
        try:
            row: Row = await self._rpc.call("show_job", {"p_job_id": job_id})
        except PermanentError as error:
            if error.code == "PT404":
                return None
            raise
        return row

    async def retry_dead_jobs(self, job_ids: Sequence[int]) -> Row:
        """See FoundationStore."""
        answer: Row = await self._rpc.call("retry_dead_jobs", {"p_job_ids": job_ids})
        return answer

    async def prune_events(self, keep_days: int, limit: int) -> int:
        """See FoundationStore."""
        params = {"p_keep": f"{keep_days} days", "p_limit": limit}
        answer = await self._rpc.call("prune_events", params)
        return int(answer["pruned"])


def supabase_foundation_store(rpc: Rpc) -> FoundationStore:
    """Return the foundation's store of the project behind `rpc`."""
    return SupabaseFoundationStore(rpc)
