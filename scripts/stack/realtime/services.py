"""What the parts of the server share."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from scripts.stack.realtime.changes.subscriptions import Subscriptions
from scripts.stack.realtime.database import Database, DatabaseUnavailableError
from scripts.stack.realtime.rates import Rate
from scripts.stack.realtime.rooms import Rooms
from scripts.stack.realtime.settings import RealtimeSettings


@dataclass(slots=True)
class Limits:
    """The counters of the whole server."""

    joins: Rate
    messages: Rate
    presence: Rate
    sockets: int = 0


@dataclass(slots=True)
class Services:
    """One server's state; `is_streaming` is set while commits are being followed."""

    settings: RealtimeSettings
    database: Database
    limits: Limits
    rooms: Rooms = field(default_factory=Rooms)
    subscriptions: Subscriptions = field(default_factory=Subscriptions)
    is_streaming: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the sockets, until it ends or the server does."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def wait_for_database(self) -> None:
        """Return once commits are followed; DatabaseUnavailableError if that takes too long."""
        try:
            async with asyncio.timeout(self.settings.database_wait_seconds):
                await self.is_streaming.wait()
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
