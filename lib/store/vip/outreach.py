"""What the outreach worker writes; methods are named as the SQL functions called."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from lib.events import Job, JobResult
from lib.store.rpc import Rpc


class OutreachStore(Protocol):
    """Errors are those of lib.store.rpc."""

    async def record_outreach(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        """Ask the gate about each, send, move or suppress it, and finish the jobs, at once.

        A job about something that is not due any more is finished as gone.
        """
        ...


def supabase_outreach_store(rpc: Rpc) -> OutreachStore:
    """Return the store behind the functions of schema `worker`."""
    return _SupabaseOutreachStore(rpc)


class _SupabaseOutreachStore:
    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def record_outreach(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        items = [{**job.lease(), "kind": job.kind, "subject_id": job.subject_id} for job in jobs]
        answer = await self._rpc.call("record_outreach", {"p_items": items})
        return {item["job_id"]: item["status"] for item in answer}
