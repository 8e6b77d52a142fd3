"""A job store in memory with the queue's rules: leases, fences, order per subject."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from lib.clock import utc_now
from lib.errors import LeaseLostError
from lib.events import Job, JobResult
from lib.store.jobs import Claim, Contract, Firing, Items, Renewal


@dataclass
class Row:
    """One job as the database holds it."""

    id: int
    worker: str
    subject_id: UUID | None
    payload: dict[str, Any]
    fence: int = 0
    attempts: int = 0
    leased_by: str | None = None
    lease_until: float = 0.0
    ready_at: float = 0.0

    @property
    def is_leased(self) -> bool:
        return self.leased_by is not None and self.lease_until > time.monotonic()


@dataclass
class FakeJobStore:
    """Everything a test may look at is public; `broken` makes every call raise it.

    `timers` holds the moments due, in seconds of the database's clock (time.monotonic); `fired`
    pairs of due and fired; `firings` the moments of the calls.
    """

    broken: Exception | None = None
    refusals: int = 0
    rows: dict[int, Row] = field(default_factory=dict)
    finished: list[int] = field(default_factory=list)
    snoozed: list[Mapping[str, Any]] = field(default_factory=list)
    failed: list[Mapping[str, Any]] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    extended: list[int] = field(default_factory=list)
    timers: list[float] = field(default_factory=list)
    fired: list[tuple[float, float]] = field(default_factory=list)
    firings: list[float] = field(default_factory=list)
    ticks: set[tuple[str, datetime]] = field(default_factory=set)
    beats: list[Mapping[str, Any]] = field(default_factory=list)
    claims: list[Mapping[str, int]] = field(default_factory=list)
    sinces: list[object] = field(default_factory=list)
    offer: Contract | None = None
    numbers: Mapping[str, Any] = field(default_factory=dict)
    readings: int = 0
    _ids: Any = field(default_factory=lambda: count(1))

    def add(
        self, worker: str, n: int = 1, subject: UUID | None = None, **payload: Any
    ) -> list[int]:
        """Make `n` jobs pending and return their ids."""
        ids = [next(self._ids) for _ in range(n)]
        for job_id in ids:
            self.rows[job_id] = Row(job_id, worker, subject, payload)
        return ids

    def record(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        """What a record function does: all fences still match, or nothing is written."""
        lost = [job.id for job in jobs if not self._holds(job.id, job.fence)]
        if lost:
            raise LeaseLostError("lease_lost", job_ids=tuple(lost))
        for job in jobs:
            self._finish(job.id)
        return {job.id: "recorded" for job in jobs}

    def steal(self, job_id: int, seconds: float = 60) -> None:
        """Grant the job's lease to somebody else."""
        row = self.rows[job_id]
        row.fence += 1
        row.leased_by = "thief"
        row.lease_until = time.monotonic() + seconds

    async def claim_jobs(
        self,
        replica: str,
        wants: Mapping[str, int],
        lease_seconds: float,
        finished: Items,
        since: object = None,
    ) -> Claim:
        self._check()
        self.claims.append(dict(wants))
        self.sinces.append(since)
        held = [item["job_id"] for item in finished if self._holds(item["job_id"], item["fence"])]
        for job_id in held:
            self._finish(job_id)
        jobs = {w: self._lease(w, free, replica, lease_seconds) for w, free in wants.items()}
        return Claim(
            {worker: leased for worker, leased in jobs.items() if leased},
            len(held),
            [item["job_id"] for item in finished if item["job_id"] not in held],
            len(self.claims),
        )

    async def extend_leases(self, items: Items, lease_seconds: float) -> Renewal:
        self._check()
        held, lost = [], []
        for item in items:
            job_id = item["job_id"]
            if self._holds(job_id, item["fence"]):
                self.rows[job_id].lease_until = time.monotonic() + lease_seconds
                held.append(job_id)
            else:
                lost.append(job_id)
        self.extended += held
        return Renewal(held, lost)

    async def snooze_jobs(self, items: Items) -> None:
        self._check()
        for item in items:
            if self._give_back(item, item["seconds"]):
                self.rows[item["job_id"]].attempts -= 1
                self.snoozed.append(item)

    async def fail_jobs(self, items: Items) -> None:
        self._check()
        for item in items:
            if self._give_back(item, 60):
                self.failed.append(item)

    async def release_jobs(self, items: Items) -> None:
        self._check()
        for item in items:
            if self._give_back(item, 0):
                self.rows[item["job_id"]].attempts -= 1
                self.released.append(item["job_id"])

    async def emit_tick(self, kind: str, due_at: datetime) -> bool:
        self._check()
        is_first = (kind, due_at) not in self.ticks
        self.ticks.add((kind, due_at))
        return is_first

    async def fire_timers(self, limit: int) -> Firing:
        self._check()
        now = time.monotonic()
        self.firings.append(now)
        due = sorted(moment for moment in self.timers if moment <= now)[:limit]
        for moment in due:
            self.timers.remove(moment)
            self.fired.append((moment, now))
        return Firing(len(due), max(0.0, min(self.timers) - now) if self.timers else None)

    async def beat(self, replica: str, report: Mapping[str, Any]) -> None:
        self._check()
        self.beats.append(report)

    async def house_numbers(self) -> Mapping[str, Any]:
        self._check()
        self.readings += 1
        return self.numbers

    async def contract(self) -> Contract:
        self._check()
        names = frozenset(row.worker for row in self.rows.values())
        return self.offer or Contract(2, names | {"test.work", "test.other"}, frozenset())

    def _check(self) -> None:
        if self.broken is not None:
            self.refusals += 1
            raise self.broken

    def _holds(self, job_id: int, fence: int) -> bool:
        row = self.rows.get(job_id)
        return row is not None and row.fence == fence and row.leased_by is not None

    def _finish(self, job_id: int) -> None:
        del self.rows[job_id]
        self.finished.append(job_id)

    def _give_back(self, item: Mapping[str, Any], seconds: float) -> bool:
        if not self._holds(item["job_id"], item["fence"]):
            return False
        row = self.rows[item["job_id"]]
        row.leased_by = None
        row.ready_at = time.monotonic() + seconds
        return True

    def _lease(self, worker: str, free: int, replica: str, seconds: float) -> list[Job]:
        blocked: set[UUID] = set()
        leased: list[Job] = []
        for row in [r for r in self.rows.values() if r.worker == worker]:
            is_free = not row.is_leased and row.ready_at <= time.monotonic()
            if len(leased) == free or not is_free or row.subject_id in blocked:
                if row.subject_id is not None:
                    blocked.add(row.subject_id)
                continue
            leased.append(self._grant(row, replica, seconds))
        return leased

    def _grant(self, row: Row, replica: str, seconds: float) -> Job:
        row.fence += 1
        row.attempts += 1
        row.leased_by = replica
        row.lease_until = time.monotonic() + seconds
        return Job(
            id=row.id,
            fence=row.fence,
            worker=row.worker,
            attempt=row.attempts,
            event_id=row.id,
            kind="test.happened",
            subject_id=row.subject_id,
            payload=row.payload,
            occurred_at=utc_now(),
        )
