"""One batch on its way through its handler: what became of each job."""

import asyncio
import time
from collections.abc import Iterable, Sequence

from lib.errors import LeaseLostError, OutageError, PermanentError, TransientError
from lib.events import Job
from lib.log import error_fields, get_logger
from workers.runtime.backoff import Backoff
from workers.runtime.lane import subject_of
from workers.runtime.verdict import LOST, RELEASED, RESULTS, UNMENTIONED, Verdict, reason_text
from workers.runtime.worker import Worker

log = get_logger()


class _StoppedError(Exception):
    """The process is shutting down and this batch's time is over."""


class Execution:
    """Runs one batch: whole, then without the jobs that were lost, then one by one.

    While nobody answers, the whole batch waits: an outage burns no attempts, no job is to blame.
    """

    def __init__(self, worker: Worker, jobs: Sequence[Job]) -> None:
        self.worker = worker
        self.jobs = jobs
        self._lost: set[int] = set()
        self._is_stopping = False
        self._scope: asyncio.Timeout | None = None
        self._current: frozenset[int] = frozenset()

    async def run(self) -> dict[int, Verdict]:
        """Return a verdict for every job of the batch. Never raises what the handler raised."""
        verdicts: dict[int, Verdict] = {}
        rest = self.jobs
        patience = Backoff(0.2, 2)
        until = time.monotonic() + self.worker.timeout_seconds
        while rest:
            try:
                return verdicts | await self._call(rest)
            except LeaseLostError as error:
                remaining = _without(rest, self._lost | set(error.job_ids), verdicts)
                if len(remaining) == len(rest):
                    return verdicts | await self._one_by_one(rest)
                rest = remaining
            except Exception as error:
                if isinstance(error, OutageError) and time.monotonic() < until:
                    await asyncio.sleep(patience.pause())
                    continue
                self._note_failure("runtime.batch.failed", rest, error)
                return verdicts | await self._one_by_one(rest, first_error=error)
        return verdicts

    def lose(self, job_ids: Iterable[int]) -> None:
        """Take jobs away whose leases are no longer ours; a running call with one is cancelled."""
        self._lost.update(job_ids)
        if not self._current.isdisjoint(self._lost):
            self._interrupt()

    def stop(self) -> None:
        """Cancel the running call; jobs without a verdict are given back."""
        self._is_stopping = True
        self._interrupt()

    def _interrupt(self) -> None:
        if self._scope is not None and not self._scope.expired():
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def _one_by_one(
        self, jobs: Sequence[Job], first_error: Exception | None = None
    ) -> dict[int, Verdict]:
        if len(jobs) == 1 and first_error is not None:
            return {jobs[0].id: self._judge(jobs[0], first_error)}
        verdicts: dict[int, Verdict] = {}
        broken: set[int] = set()
        for job in jobs:
            if self._is_stopping or subject_of(job) in broken:
                verdict = RELEASED
            else:
                verdict = await self._single(job)
            verdicts[job.id] = verdict
            if not verdict.is_finished:
                broken.add(subject_of(job))
        return verdicts

    async def _single(self, job: Job) -> Verdict:
        if job.id in self._lost:
            return LOST
        try:
            return (await self._call([job]))[job.id]
        except Exception as error:
            return self._judge(job, error)

    async def _call(self, jobs: Sequence[Job]) -> dict[int, Verdict]:
        """Call the handler once; raise what it raised, or why it was interrupted."""
        self._current = frozenset(job.id for job in jobs)
        try:
            if self._is_stopping or not self._current.isdisjoint(self._lost):
                raise self._reason()
            async with asyncio.timeout(self.worker.timeout_seconds) as self._scope:
                results = await self.worker.handle(jobs)
        except TimeoutError:
            if self._scope is None or not self._scope.expired():
                raise
            raise self._reason() from None
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            raise TransientError("the handler's own call was cancelled") from None
        finally:
            self._scope = None
            self._current = frozenset()
        return {job.id: RESULTS.get(results.get(job.id), UNMENTIONED) for job in jobs}

    def _reason(self) -> Exception:
        if self._is_stopping:
            return _StoppedError()
        lost = self._current & self._lost
        if lost:
            return LeaseLostError("the lease ran out", job_ids=tuple(lost))
        return TransientError(f"no end within {self.worker.timeout_seconds:g} s", code="timeout")

    def _judge(self, job: Job, error: Exception) -> Verdict:
        match error:
            case _StoppedError():
                return RELEASED
            case LeaseLostError():
                return LOST
            case PermanentError():
                self._note_failure("runtime.job.died", [job], error)
                return Verdict("dead", reason_text(error))
            case _:
                self._note_failure("runtime.job.failed", [job], error)
                return Verdict("failed", reason_text(error))

    def _note_failure(self, event: str, jobs: Sequence[Job], error: Exception) -> None:
        if isinstance(error, _StoppedError):
            return
        log.warning(
            event,
            worker=self.worker.name,
            jobs=len(jobs),
            first_job=jobs[0].id,
            first_event=jobs[0].event_id,
            attempt=jobs[0].attempt,
            **error_fields(error),
        )


def _without(jobs: Sequence[Job], lost: set[int], verdicts: dict[int, Verdict]) -> Sequence[Job]:
    """Give verdicts to lost jobs and to later jobs of their subjects; return the others."""
    broken: set[int] = set()
    rest = []
    for job in jobs:
        if job.id in lost:
            verdicts[job.id] = LOST
            broken.add(subject_of(job))
        elif subject_of(job) in broken:
            verdicts[job.id] = RELEASED
        else:
            rest.append(job)
    return rest


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
