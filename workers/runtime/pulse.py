"""The replica's heartbeat: what it did since the last one, and proof that its listener hears."""

import asyncio
import time
from typing import Any

from lib.errors import ConfigurationError, TransientError
from lib.log import error_fields, get_logger
from lib.store.jobs import JobStore
from workers.runtime.listener import Listener
from workers.runtime.tally import Tally

log = get_logger()

_HEARING_SECONDS = 5.0


class Pulse:
    """Beats every `beat_seconds`. The database broadcasts each beat back to the listener."""

    def __init__(
        self,
        store: JobStore,
        listener: Listener,
        tally: Tally,
        *,
        replica: str,
        workers: list[str],
        beat_seconds: float,
    ) -> None:
        self._store = store
        self._listener = listener
        self._tally = tally
        self._replica = replica
        self._workers = workers
        self._beat_seconds = beat_seconds
        self._beat_at: float | None = None

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self.beat("running")
            await asyncio.sleep(self._beat_seconds)

    async def beat(self, state: str) -> None:
        """Report once; when subscribed, expect to hear it."""
        report = self._report(state)
        self._listener.expect_beat()
        try:
            await self._store.beat(self._replica, report)
        except (TransientError, ConfigurationError) as error:
            log.warning("runtime.replica.unheard", **error_fields(error))
            return
        self._beat_at = time.monotonic()
        log.info("runtime.replica.reported", **report)
        if state == "running":
            await self._listener.prove(_HEARING_SECONDS)

    def silent_seconds(self) -> float | None:
        """Return how long ago the database last stored a beat of ours; None: it never did."""
        return None if self._beat_at is None else time.monotonic() - self._beat_at

    def _report(self, state: str) -> dict[str, Any]:
        return {
            "state": state,
            "realtime": self._listener.state,
            "workers": self._workers,
            **self._tally.report(),
        }
