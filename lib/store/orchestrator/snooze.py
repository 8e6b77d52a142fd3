"""What the snooze worker writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from lib.events import Job, JobResult
from lib.store.rpc import Rpc


class SnoozeStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def record_snooze(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        """Wake the tickets whose rest is over and finish the jobs, in one transaction.

        A job whose ticket does not rest any more, or rests longer now, is finished as gone.
        """
        ...


def supabase_snooze_store(rpc: Rpc) -> SnoozeStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseSnoozeStore(rpc)


class _SupabaseSnoozeStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def record_snooze(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        items = [{**job.lease(), "ticket_id": job.subject_id} for job in jobs]
        answer = await self._rpc.call("record_snooze", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}
