"""Jobs as the runtime sees them: claim, renew, give back, fail; and its ticks, timers and beats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic import TypeAdapter

from lib.events import Job
from lib.store.rpc import Rpc

Items = Sequence[Mapping[str, Any]]
"""Jobs as the SQL functions take them: objects with `job_id` and `fence`, and more where said."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one claim brought: leased jobs per worker, and what became of the finished ones.

    `since` goes into the next claim unread: it spares the database what it has seen already.
    """

    jobs: Mapping[str, Sequence[Job]]
    finished: int
    lost: Sequence[int]
    since: object = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """Job ids whose leases were renewed, and those that are no longer ours."""

    held: Sequence[int]
    lost: Sequence[int]


@dataclass(frozen=True, slots=True)
class Firing:
    """How many timers became events, and the seconds until the next is due (None: none is set)."""

    fired: int
    next_in_seconds: float | None


@dataclass(frozen=True, slots=True)
class Contract:
    """What the database offers: the version of the functions, the workers and events it knows."""

    version: int
    workers: frozenset[str]
    events: frozenset[str]


class JobStore(Protocol):
    """The job functions of schema `worker`; methods are named as the SQL functions."""

    async def claim_jobs(
        self,
        replica: str,
        wants: Mapping[str, int],
        lease_seconds: float,
        finished: Items,
        since: object = None,
    ) -> Claim:
        """Lease up to `wants` jobs per worker, and finish `finished` (those without an effect).

        `since` is the last claim's answer of the same name, or None.
        """

    async def extend_leases(self, items: Items, lease_seconds: float) -> Renewal:
        """Renew leases from now."""

    async def snooze_jobs(self, items: Items) -> None:
        """Give jobs back until `seconds` later; no attempt is burnt."""

    async def fail_jobs(self, items: Items) -> None:
        """Give failed jobs back with backoff, or to the dead jobs: `error`, `is_permanent`."""

    async def release_jobs(self, items: Items) -> None:
        """Give jobs back at once; no attempt is burnt."""

    async def emit_tick(self, kind: str, due_at: datetime) -> bool:
        """Announce a point in time; False when another replica was first."""

    async def fire_timers(self, limit: int) -> Firing:
        """Turn timers that are due by the database's clock into events, `limit` at most."""

    async def beat(self, replica: str, report: Mapping[str, Any]) -> None:
        """Store the replica's heartbeat and broadcast it, so that its listener can be proved."""

    async def house_numbers(self) -> Mapping[str, Any]:
        """Ask how the queue and the house are, for monitoring: names and numbers alone."""

    async def contract(self) -> Contract:
        """Ask what the database offers."""


_Row = tuple[int, int, int, int, str, UUID | None, dict[str, Any], datetime]
_ROWS: TypeAdapter[dict[str, list[_Row]]] = TypeAdapter(dict[str, list[_Row]])


def jobs_from(answer: Mapping[str, Any]) -> dict[str, list[Job]]:
    """Read `{"worker": [[id, fence, attempt, event_id, kind, subject_id, payload, at], ...]}`.

    All rows are checked and converted in one call of compiled code.
    """
    return {
        worker: [
            Job(job_id, fence, worker, attempt, event_id, kind, subject_id, payload, occurred_at)
            for job_id, fence, attempt, event_id, kind, subject_id, payload, occurred_at in rows
        ]
        for worker, rows in _ROWS.validate_python(answer).items()
    }


class SupabaseJobStore:
    """JobStore over PostgREST."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    async def claim_jobs(
        self,
        replica: str,
        wants: Mapping[str, int],
        lease_seconds: float,
        finished: Items,
        since: object = None,
    ) -> Claim:
        """See JobStore."""
        answer = await self._rpc.call(
            "claim_jobs",
            {
                "p_replica": replica,
                "p_wants": wants,
                "p_lease_seconds": lease_seconds,
                "p_finished": finished,
                "p_since": since,
            },
        )
        return Claim(jobs_from(answer["jobs"]), answer["finished"], answer["lost"], answer["since"])

    async def extend_leases(self, items: Items, lease_seconds: float) -> Renewal:
        """See JobStore."""
        answer = await self._rpc.call(
            "extend_leases", {"p_items": items, "p_lease_seconds": lease_seconds}
        )
        return Renewal(answer["held"], answer["lost"])

    async def snooze_jobs(self, items: Items) -> None:
        """See JobStore."""
        await self._rpc.call("snooze_jobs", {"p_items": items})

    async def fail_jobs(self, items: Items) -> None:
        """See JobStore."""
        await self._rpc.call("fail_jobs", {"p_items": items})

    async def release_jobs(self, items: Items) -> None:
        """See JobStore."""
        await self._rpc.call("release_jobs", {"p_items": items})

    async def emit_tick(self, kind: str, due_at: datetime) -> bool:
        """See JobStore."""
        answer = await self._rpc.call("emit_tick", {"p_kind": kind, "p_due_at": due_at})
        return bool(answer["emitted"])

    async def fire_timers(self, limit: int) -> Firing:
        """See JobStore."""
        answer = await self._rpc.call("fire_timers", {"p_limit": limit})
        return Firing(answer["fired"], answer["next_in_seconds"])

    async def beat(self, replica: str, report: Mapping[str, Any]) -> None:
        """See JobStore."""
        await self._rpc.call("beat", {"p_replica": replica, "p_report": report})

    async def house_numbers(self) -> Mapping[str, Any]:
        """See JobStore."""
        numbers: Mapping[str, Any] = await self._rpc.call("house_numbers", {})
        return numbers

    async def contract(self) -> Contract:
        """See JobStore."""
        answer = await self._rpc.call("contract", {})
        return Contract(
            answer["version"], frozenset(answer["workers"]), frozenset(answer["events"])
        )


def supabase_job_store(rpc: Rpc) -> JobStore:
    """Return the job store of the project behind `rpc`."""
    return SupabaseJobStore(rpc)
