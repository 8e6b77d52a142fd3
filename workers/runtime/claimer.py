"""Claims jobs for all workers of the process: when woken, when slots are free, and by poll."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping

from lib.clock import utc_now
from lib.errors import ConfigurationError, LuxuryError, TransientError
from lib.log import error_fields, get_logger
from lib.store.jobs import Claim, JobStore
from workers.runtime.backoff import Backoff
from workers.runtime.dispatcher import Dispatcher
from workers.runtime.leases import local_deadline
from workers.runtime.tally import Tally

log = get_logger()

_FLUSH_SECONDS = 0.1
_SPACING_SECONDS = 0.005
_HERD_SECONDS = 0.002
_MOST_FINISHED = 2000


class Claimer:
    """One claim call serves all workers, and carries the jobs finished since the last one.

    Wakes are hints: the poll, decaying from work to idleness, finds everything without them.
    """

    def __init__(
        self,
        store: JobStore,
        dispatcher: Dispatcher,
        tally: Tally,
        *,
        replica: str,
        poll: Backoff,
        count_replicas: Callable[[], int] = lambda: 1,
        refusal_seconds: float = 60,
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._tally = tally
        self._replica = replica
        self._poll = poll
        self._trouble = Backoff(0.1, 5)
        self._interrupted_at: float | None = None
        self._refusal_seconds = refusal_seconds
        self._is_stopping = False
        self._is_woken = False
        self._stir = asyncio.Event()
        self._flush_timer: asyncio.TimerHandle | None = None
        self._backlog: set[str] = set()
        self._claimed_at = 0.0
        self._since: object = None
        self._count_replicas = count_replicas

    def wake(self) -> None:
        """Say that there may be jobs."""
        self._is_woken = True
        self._stir.set()

    def slots_freed(self) -> None:
        """Say that jobs ended: go on with a backlog, and flush finished jobs soon."""
        if self._backlog:
            self._stir.set()
        elif self._dispatcher.finished and self._flush_timer is None:
            loop = asyncio.get_running_loop()
            self._flush_timer = loop.call_later(_FLUSH_SECONDS, self._stir.set)

    def stop(self) -> None:
        """Claim no more; a claim under way still ends, so that its jobs are given back."""
        self._is_stopping = True
        self._stir.set()

    async def run(self) -> None:
        """Claim until stopped."""
        while not self._is_stopping:
            await self._claim_once()
            await self._rest()

    async def flush(self) -> None:
        """Finish in the database what has ended; at the end of the process."""
        if self._dispatcher.finished:
            await self._claim_once({})

    async def _claim_once(self, wants: Mapping[str, int] | None = None) -> None:
        wants = self._wants() if wants is None else wants
        if not wants and not self._dispatcher.finished:
            return
        try:
            await self._claim(wants)
        except (TransientError, ConfigurationError) as error:
            self._interrupted(error)
        else:
            self._resumed()

    def _wants(self) -> dict[str, int]:
        """Ask for free slots; with a backlog wait for half a batch, so that batches stay large."""
        slots = self._dispatcher.free_slots()
        return {
            name: free
            for name, free in slots.items()
            if name not in self._backlog or free >= self._dispatcher.half_batch(name)
        }

    async def _claim(self, wants: Mapping[str, int]) -> None:
        self._cancel_flush()
        finished = self._dispatcher.finished[:_MOST_FINISHED]
        lease_seconds = self._dispatcher.longest_lease(wants)
        sent_at = self._claimed_at = time.monotonic()
        claim = await self._store.claim_jobs(
            self._replica, wants, lease_seconds, finished, self._since
        )
        self._since = claim.since
        del self._dispatcher.finished[: len(finished)]
        self._note(wants, claim)
        self._dispatcher.accept(claim.jobs, local_deadline(sent_at, lease_seconds))

    def _note(self, wants: Mapping[str, int], claim: Claim) -> None:
        now = utc_now()
        for name, wanted in wants.items():
            jobs = claim.jobs.get(name, ())
            (self._backlog.add if len(jobs) >= wanted else self._backlog.discard)(name)
            if jobs:
                self._tally.claimed(name, jobs, now)
                self._poll.reset()
        self._tally.count("claims")
        self._tally.count("lost", len(claim.lost))

    async def _rest(self) -> None:
        """Wait until another claim makes sense."""
        if self._interrupted_at is not None:
            await self._sleep(self._trouble.pause())
            return
        if self._backlog and self._wants():
            return
        await self._sleep(self._poll.pause())
        if self._is_woken and not self._is_stopping:
            await asyncio.sleep(self._herd_pause())

    def _herd_pause(self) -> float:
        """Space claims out a little, and spread replicas that heard the same wake."""
        spacing = self._claimed_at + _SPACING_SECONDS - time.monotonic()
        spread = random.uniform(0, _HERD_SECONDS * (self._count_replicas() - 1))  # noqa: S311
        self._is_woken = False
        return max(spacing, 0.0) + min(spread, _SPACING_SECONDS)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stir.wait()
        except TimeoutError:
            pass
        self._stir.clear()

    def _cancel_flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None

    def _interrupted(self, error: LuxuryError) -> None:
        """Note trouble; a refusal ends the process unless it passes, as during a migration."""
        now = time.monotonic()
        if self._interrupted_at is None:
            self._interrupted_at = now
            log.warning("runtime.claims.interrupted", **error_fields(error))
        is_refusal = isinstance(error, ConfigurationError)
        if is_refusal and now - self._interrupted_at > self._refusal_seconds:
            raise error

    def _resumed(self) -> None:
        if self._interrupted_at is not None:
            log.info("runtime.claims.resumed")
        self._interrupted_at = None
        self._trouble.reset()
