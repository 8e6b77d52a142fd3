"""Time is an event too: announces each minute, hour and day to the database.

All replicas announce; a unique key in the database makes the first one count.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

from lib.clock import WARSAW, start_of_day, start_of_hour, start_of_minute, utc_now
from lib.log import error_fields, get_logger
from lib.store.jobs import JobStore

log = get_logger()

SLOTS: Mapping[str, Callable[[datetime], datetime]] = {
    "clock.minutely": start_of_minute,
    "clock.hourly": start_of_hour,
    "clock.daily": start_of_day,
}
"""Kind of tick -> the slot an instant belongs to."""

_TRIGGERS: Mapping[str, CronTrigger] = {
    "clock.minutely": CronTrigger(second=0, timezone=UTC),
    "clock.hourly": CronTrigger(minute=0, second=0, timezone=UTC),
    "clock.daily": CronTrigger(hour=0, minute=0, second=0, timezone=WARSAW),
}

_RETRY_SECONDS = 5


class Ticker:
    """Emits the present slot at the start, and each slot as it begins.

    An emission that failed is repeated while its slot lasts: a slot that passed during an outage
    is left out, for everybody who listens to ticks looks at the present state.
    """

    def __init__(self, store: JobStore, now: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._now = now
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """Schedule all ticks on the running event loop."""
        for kind, trigger in _TRIGGERS.items():
            self._scheduler.add_job(
                self.emit,
                trigger,
                args=[kind],
                id=kind,
                coalesce=True,
                misfire_grace_time=None,
                next_run_time=self._now(),
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Emit no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def emit(self, kind: str) -> None:
        """Emit the present slot of `kind`; on failure come back shortly."""
        due_at = SLOTS[kind](self._now())
        try:
            is_first = await self._store.emit_tick(kind, due_at)
        except Exception as error:
            log.warning("runtime.tick.missed", kind=kind, **error_fields(error))
            self._retry(kind)
        else:
            if is_first:
                log.info("runtime.tick.emitted", kind=kind, due_at=due_at.isoformat())

    def _retry(self, kind: str) -> None:
        self._scheduler.add_job(
            self.emit,
            "date",
            run_date=self._now() + timedelta(seconds=_RETRY_SECONDS),
            args=[kind],
            id=f"{kind}.retry",
            replace_existing=True,
            misfire_grace_time=None,
        )
