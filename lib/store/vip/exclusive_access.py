"""What the exclusive-access worker writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from lib.events import Job, JobResult
from lib.store.rpc import Rpc


class ExclusiveAccessStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def record_exclusive_access(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        """End offers past their deadline, offer free places, finish the jobs, in one transaction.

        A job whose item does not exist any more is finished as gone.
        """
        ...


def supabase_exclusive_access_store(rpc: Rpc) -> ExclusiveAccessStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseExclusiveAccessStore(rpc)


class _SupabaseExclusiveAccessStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def record_exclusive_access(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        items = [{**job.lease(), "item_id": job.subject_id} for job in jobs]
        answer = await self._rpc.call("record_exclusive_access", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}
