"""Runs claimed jobs in bounded concurrency, and turns what became of them into job states."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any

from lib.clock import utc_now
from lib.errors import LuxuryError, TransientError
from lib.events import Job
from lib.log import error_fields, get_logger
from lib.store.jobs import Items, JobStore
from workers.runtime.backoff import Backoff
from workers.runtime.execution import Execution
from workers.runtime.lane import Lane, subject_of
from workers.runtime.leases import Leases
from workers.runtime.tally import Tally
from workers.runtime.verdict import Verdict
from workers.runtime.worker import Worker

log = get_logger()

_SNOOZE_SECONDS = (0.1, 0.4)
_LATENCY_SAMPLES = 20
_LAST_REPORT_SECONDS = 3.0

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class Dispatcher:
    """Holds the claimed jobs of all workers of the process.

    `slots_freed` is called when jobs ended; `finished` collects jobs without an effect of their
    own, which the next claim finishes in the database.
    """

    def __init__(
        self,
        workers: Sequence[Worker],
        store: JobStore,
        *,
        lease_seconds: float,
        spawn: Spawn,
        tally: Tally,
        slots_freed: Callable[[], None],
    ) -> None:
        self._lanes = {worker.name: Lane(worker) for worker in workers}
        self._store = store
        self._spawn = spawn
        self._tally = tally
        self._slots_freed = slots_freed
        self._executions: dict[Execution, asyncio.Task[None]] = {}
        self._report_seconds = lease_seconds
        self.lease_seconds = {w.name: w.lease_seconds or lease_seconds for w in workers}
        self.leases = Leases(store, self.lease_seconds, self.lose)
        self.finished: list[dict[str, int]] = []

    def free_slots(self) -> dict[str, int]:
        """Return how many jobs each worker can still take; full ones are left out."""
        return {name: lane.free for name, lane in self._lanes.items() if lane.free > 0}

    def load(self) -> dict[str, tuple[int, int]]:
        """Return each worker's running batches, and the jobs it holds, waiting or running."""
        return {name: (lane.running, lane.held) for name, lane in self._lanes.items()}

    def half_batch(self, name: str) -> int:
        """Return the least number of free slots worth a claim while a worker has a backlog."""
        return (self._lanes[name].worker.batch_size + 1) // 2

    def longest_lease(self, names: Collection[str]) -> float:
        """Return the lease of one claim for several workers, in seconds."""
        return max((self.lease_seconds[name] for name in names), default=self._report_seconds)

    def accept(self, jobs: Mapping[str, Sequence[Job]], deadline: float) -> None:
        """Take claimed jobs, trusted until `deadline` (monotonic), and start what can start."""
        for name, claimed in jobs.items():
            lane = self._lanes[name]
            self.leases.grant(claimed, deadline)
            lane.add(claimed)
            self._start(lane)

    def lose(self, job_ids: Collection[int]) -> None:
        """Give up jobs whose leases are no longer ours: silently, somebody else has them."""
        lost = set(job_ids)
        for lane in self._lanes.values():
            held = lane.held
            behind = lane.drop(lost)
            gone = held - lane.held - len(behind)
            self._tally.ended(lane.worker.name, {"lost": gone})
            self._give_back(behind)
        for execution in self._executions:
            execution.lose(lost)

    def release_waiting(self) -> None:
        """Give all jobs back that have not been started."""
        for lane in self._lanes.values():
            self._give_back(lane.clear())

    async def drain(self, grace_seconds: float) -> None:
        """Give unstarted jobs back, let running batches end within the grace, then stop them."""
        self._report_seconds = min(self._report_seconds, _LAST_REPORT_SECONDS)
        self.release_waiting()
        await self._wait_all(grace_seconds)
        for execution in self._executions:
            execution.stop()
        await self._wait_all(None)

    async def _wait_all(self, seconds: float | None) -> None:
        if self._executions:
            await asyncio.wait(set(self._executions.values()), timeout=seconds)

    def _start(self, lane: Lane) -> None:
        while batch := lane.next_batch():
            execution = Execution(lane.worker, batch)
            self._executions[execution] = self._spawn(self._run(lane, execution))

    async def _run(self, lane: Lane, execution: Execution) -> None:
        started = time.perf_counter()
        try:
            verdicts = await execution.run()
            self._count(execution, verdicts, time.perf_counter() - started)
            await self._settle(execution, verdicts)
        finally:
            del self._executions[execution]
        self.leases.drop(execution.jobs)
        broken = {subject_of(j) for j in execution.jobs if not verdicts[j.id].is_finished}
        self._give_back(lane.finish(execution.jobs, broken))
        self._start(lane)
        self._slots_freed()

    def _count(self, execution: Execution, verdicts: Mapping[int, Verdict], seconds: float) -> None:
        name = execution.worker.name
        states: Counter[str] = Counter(verdict.state for verdict in verdicts.values())
        self._tally.ended(name, states)
        now = utc_now()
        sample = execution.jobs[:: max(1, len(execution.jobs) // _LATENCY_SAMPLES)]
        self._tally.handled(
            name, seconds, ((now - job.occurred_at).total_seconds() * 1000 for job in sample)
        )
        log.info(f"{name}.handled", ms=round(seconds * 1000, 1), **states)

    async def _settle(self, execution: Execution, verdicts: Mapping[int, Verdict]) -> None:
        """Tell the database about every job whose state its write function did not change."""
        stale, failed, released = [], [], []
        # One pause for all: what comes back together is one batch again, not many of one job.
        seconds = random.uniform(*_SNOOZE_SECONDS)  # noqa: S311
        for job in execution.jobs:
            verdict = verdicts[job.id]
            match verdict.state:
                case "recorded" | "gone":
                    if not execution.worker.records:
                        self.finished.append(job.lease())
                case "stale":
                    stale.append({**job.lease(), "seconds": seconds})
                case "failed" | "dead":
                    failed.append(_failure(job, verdict))
                case "released":
                    released.append(job.lease())
        await self._report("snooze_jobs", self._store.snooze_jobs, stale)
        await self._report("fail_jobs", self._store.fail_jobs, failed)
        await self._report("release_jobs", self._store.release_jobs, released)

    def _give_back(self, jobs: Sequence[Job]) -> None:
        if jobs:
            self._tally.ended(jobs[0].worker, {"released": len(jobs)})
            self.leases.drop(jobs)
            items = [job.lease() for job in jobs]
            self._spawn(self._report("release_jobs", self._store.release_jobs, items))

    async def _report(
        self, what: str, call: Callable[[Items], Awaitable[None]], items: Items
    ) -> None:
        """Send a report, again while the network fails; past the lease it would say nothing new."""
        if not items:
            return None
        backoff = Backoff(0.1, 2)
        give_up_at = time.monotonic() + self._report_seconds
        while True:
            try:
                return await call(items)
            except TransientError as error:
                if time.monotonic() > give_up_at:
                    log.warning("runtime.report.dropped", what=what, **error_fields(error))
                    return None
                await asyncio.sleep(backoff.pause())
            except LuxuryError as error:
                log.error("runtime.report.refused", what=what, **error_fields(error))
                return None


def _failure(job: Job, verdict: Verdict) -> dict[str, Any]:
    return {**job.lease(), "error": verdict.error, "is_permanent": verdict.state == "dead"}
