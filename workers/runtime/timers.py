"""Fires timers when they are due. The database keeps them and tells how long to sleep.

Seconds to sleep are relative, so this process's clock may be wrong by hours. All replicas fire; the
database turns each timer into its event once.
"""

import asyncio
from contextlib import suppress

from lib.errors import LuxuryError, TransientError
from lib.log import error_fields, get_logger
from lib.store.jobs import JobStore
from workers.runtime.backoff import Backoff
from workers.runtime.tally import Tally

log = get_logger()

_MOST_FIRED = 1000
_SPACING_SECONDS = 0.1


class Timers:
    """Sleeps until the next timer is due, until `wake`, or `sweep_seconds` (spread) at most.

    Wakes are hints: what a deaf socket does not tell is found by the sweep. Timers due close to
    each other are fired together, so calls are at least a tenth of a second apart.
    """

    def __init__(
        self,
        store: JobStore,
        tally: Tally,
        *,
        sweep_seconds: float = 15.0,
        trouble: Backoff | None = None,
    ) -> None:
        self._store = store
        self._tally = tally
        self._sweep = Backoff(sweep_seconds, sweep_seconds)
        self._trouble = trouble or Backoff(0.2, 5)
        self._stir = asyncio.Event()
        self._is_stopping = False
        self._is_interrupted = False

    def wake(self) -> None:
        """Say that a timer may be due earlier than known."""
        self._stir.set()

    def stop(self) -> None:
        """Fire no more; a call under way still ends."""
        self._is_stopping = True
        self._stir.set()

    async def run(self) -> None:
        """Fire until stopped."""
        while not self._is_stopping:
            self._stir.clear()
            await self._rest(await self._fire())

    async def _fire(self) -> float:
        """Fire what is due; return the seconds to rest."""
        try:
            firing = await self._store.fire_timers(_MOST_FIRED)
        except LuxuryError as error:
            return self._interrupted(error)
        self._resumed()
        self._tally.count("timers", firing.fired)
        if firing.fired >= _MOST_FIRED:
            return 0.0
        sweep, due = self._sweep.pause(), firing.next_in_seconds
        return max(_SPACING_SECONDS, sweep if due is None else min(due, sweep))

    async def _rest(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.sleep(_SPACING_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds - _SPACING_SECONDS):
                    await self._stir.wait()

    def _interrupted(self, error: LuxuryError) -> float:
        # Never the end of the process: its jobs need no timers.
        if not isinstance(error, TransientError):
            log.error("runtime.timers.refused", **error_fields(error))
        elif not self._is_interrupted:
            log.warning("runtime.timers.interrupted", **error_fields(error))
        self._is_interrupted = True
        return self._trouble.pause()

    def _resumed(self) -> None:
        if self._is_interrupted:
            log.info("runtime.timers.resumed")
        self._is_interrupted = False
        self._trouble.reset()
