"""What the parts of the server share."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scripts.stack.realtime.changes.subscriptions import Subscriptions
from scripts.stack.realtime.database import Database, DatabaseUnavailableError
from scripts.stack.realtime.rates import Rate
from scripts.stack.realtime.rooms import Rooms
from scripts.stack.realtime.settings import RealtimeSettings

if TYPE_CHECKING:
    from scripts.stack.realtime.channel import Channel

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Limits:
    """The counters of the whole server."""

    joins: Rate
    messages: Rate
    presence: Rate
    sockets: int = 0


@dataclass(slots=True)
class Services:
    """One server's state.

    `is_reachable` is set while the database answers, `is_streaming` while its commits are followed.
    """

    settings: RealtimeSettings
    database: Database
    limits: Limits
    rooms: Rooms = field(default_factory=Rooms)
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    is_reachable: asyncio.Event = field(default_factory=asyncio.Event)
    is_streaming: asyncio.Event = field(default_factory=asyncio.Event)
    # Channels with postgres_changes, registered or about to be.
    registered: dict["Channel", None] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the sockets, until it ends or the server does."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a task of the server failed", exc_info=error)

    async def wait_for_database(self) -> None:
        """Return once the database answers; DatabaseUnavailableError if that takes too long."""
        try:
            async with asyncio.timeout(self.settings.database_wait_seconds):
                await self.is_reachable.wait()
        except TimeoutError:
            raise DatabaseUnavailableError("no connection to the project database") from None


def services(settings: RealtimeSettings) -> Services:
    """The state of a fresh server."""
    limits = Limits(
        joins=Rate(settings.max_joins_per_second),
        messages=Rate(settings.max_messages_per_second),
        presence=Rate(settings.max_presence_messages_per_second),
    )
    return Services(settings, Database(settings), limits)


def now() -> float:
    """Unix time in seconds; the only place the server reads the clock."""
    return time.time()
