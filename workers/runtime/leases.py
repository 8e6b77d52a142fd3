"""The leases this process holds: renewed in time, given up when the clock says so."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from lib.errors import LuxuryError
from lib.events import Job
from lib.log import error_fields, get_logger
from lib.store.jobs import JobStore

log = get_logger()

_RENEW_AFTER = 1 / 3
_TRUST = 0.8
_CHUNK = 1000


def local_deadline(sent_at: float, lease_seconds: float) -> float:
    """Return until when a lease may be trusted, on this process's monotonic clock.

    Counted from before the request was sent, and cut short: the database's lease ends later.
    """
    return sent_at + _TRUST * lease_seconds


class Leases:
    """Deadlines of all jobs held, waiting or running. `lost` is told the ids that are gone."""

    def __init__(
        self,
        store: JobStore,
        lease_seconds: Mapping[str, float],
        lost: Callable[[Collection[int]], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._lease_seconds = lease_seconds
        self._lost = lost
        self._now = now
        self._held: dict[int, tuple[Job, float]] = {}

    def grant(self, jobs: Iterable[Job], deadline: float) -> None:
        """Note claimed jobs."""
        for job in jobs:
            self._held[job.id] = (job, deadline)

    def drop(self, jobs: Iterable[Job]) -> None:
        """Forget jobs that were finished or given back, unless they were granted again since."""
        for job in jobs:
            held = self._held.get(job.id)
            if held is not None and held[0].fence == job.fence:
                del self._held[job.id]

    async def run(self) -> None:
        """Renew what is a third through its lease, until cancelled."""
        interval = min(self._lease_seconds.values()) / 10
        while True:
            await asyncio.sleep(interval)
            await self.renew()

    async def renew(self) -> None:
        """Renew the leases that are due; give up those whose local deadline has passed."""
        for lease_seconds, jobs in self._due().items():
            for start in range(0, len(jobs), _CHUNK):
                await self._extend(jobs[start : start + _CHUNK], lease_seconds)
        self._give_up([job_id for job_id, (_, at) in self._held.items() if at <= self._now()])

    def _due(self) -> dict[float, list[Job]]:
        due: dict[float, list[Job]] = defaultdict(list)
        now = self._now()
        for job, deadline in self._held.values():
            lease = self._lease_seconds[job.worker]
            if deadline - now <= (_TRUST - _RENEW_AFTER) * lease:
                due[lease].append(job)
        return due

    async def _extend(self, jobs: list[Job], lease_seconds: float) -> None:
        sent_at = self._now()
        try:
            renewal = await self._store.extend_leases([job.lease() for job in jobs], lease_seconds)
        except LuxuryError as error:
            log.warning("runtime.leases.unrenewed", jobs=len(jobs), **error_fields(error))
            return
        deadline = local_deadline(sent_at, lease_seconds)
        lost = set(renewal.lost)
        # Jobs that ended meanwhile, or were granted again with another fence, are not meant.
        meant = [job for job in jobs if self._held.get(job.id, (None, 0.0))[0] is job]
        for job in meant:
            if job.id not in lost:
                self._held[job.id] = (job, deadline)
        self._give_up([job.id for job in meant if job.id in lost])

    def _give_up(self, job_ids: list[int]) -> None:
        if job_ids:
            log.warning("runtime.leases.lost", jobs=len(job_ids))
            for job_id in job_ids:
                del self._held[job_id]
            self._lost(job_ids)
