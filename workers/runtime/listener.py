"""Hears the database's wake-ups over Realtime; rebuilds the subscription whenever it is in doubt.

Realtime is a hint. A deaf listener costs latency, up to the poll's ceiling (for timers: the sweep),
and nothing else.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

from lib.log import get_logger
from workers.runtime.backoff import Backoff
from workers.runtime.socket import Socket

log = get_logger()

_REPLICA_SECONDS = 60.0
EVENTS = ("wake", "timer", "beat")

State = Literal["off", "joining", "subscribed"]


class Listener:
    """Keeps one subscription of the private channel `jobs` alive.

    `wake` is called for every wake-up that names one of our workers, `wake_timers` when a timer was
    set, and both after every subscription: whatever happened while nobody listened is found by what
    follows. `heard` counts broadcasts by event, `ends` lost subscriptions by reason.
    """

    def __init__(
        self,
        make_socket: Callable[[], Socket],
        wake: Callable[[], None],
        wake_timers: Callable[[], None],
        *,
        workers: Collection[str],
        replica: str,
        check_seconds: float = 1.0,
        open_seconds: float = 20.0,
        backoff: Backoff | None = None,
    ) -> None:
        self._make_socket = make_socket
        self._wake = wake
        self._wake_timers = wake_timers
        self._workers = frozenset(workers)
        self._replica = replica
        self._check_seconds = check_seconds
        self._open_seconds = open_seconds
        self._backoff = backoff or Backoff(0.5, 30, jitter=0.5)
        self._trouble: asyncio.Future[str] | None = None
        self._beat_heard = asyncio.Event()
        self._replicas: dict[str, float] = {}
        self.state: State = "off"
        self.heard: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            reason = await self._listen_once()
            self.ends[reason] += 1
            log.warning("runtime.realtime.lost", reason=reason)
            await asyncio.sleep(self._backoff.pause())

    def count_replicas(self) -> int:
        """Return how many replicas were heard lately, ourselves included."""
        oldest = time.monotonic() - _REPLICA_SECONDS
        self._replicas = {name: at for name, at in self._replicas.items() if at > oldest}
        return len(self._replicas.keys() | {self._replica})

    def expect_beat(self) -> None:
        """Forget earlier beats: the next one heard must be newer than this call."""
        self._beat_heard.clear()

    async def prove(self, seconds: float) -> None:
        """Rebuild the subscription unless our own beat is heard within `seconds`.

        The beat comes from the database, so hearing it proves the whole way, which neither the
        socket's state nor its heartbeats do.
        """
        watched = self._trouble
        if self.state != "subscribed" or watched is None:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._beat_heard.wait()
            self._backoff.reset()
        except TimeoutError:
            self._end(watched, "deaf")

    async def _listen_once(self) -> str:
        """Subscribe and watch; return why it ended."""
        trouble: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._trouble = trouble
        self.state = "joining"
        socket = self._make_socket()
        try:
            async with asyncio.timeout(self._open_seconds):
                await socket.open(self._heard, lambda reason: self._end(trouble, reason))
            if not trouble.done():
                self._subscribed()
            return await self._watch(socket, trouble)
        except TimeoutError:
            return "timeout"
        except Exception as error:
            return type(error).__name__
        finally:
            self.state = "off"
            self._trouble = None
            await socket.close()

    def _subscribed(self) -> None:
        self.state = "subscribed"
        log.info("runtime.realtime.subscribed")
        self._wake()
        self._wake_timers()

    async def _watch(self, socket: Socket, trouble: asyncio.Future[str]) -> str:
        while not trouble.done():
            await asyncio.wait([trouble], timeout=self._check_seconds)
            if not socket.is_alive:
                self._end(trouble, "disconnected")
        return trouble.result()

    def _heard(self, event: str, payload: Mapping[str, Any]) -> None:
        if event not in EVENTS:
            return
        self.heard[event] += 1
        if event == "wake" and self._concerns_us(payload.get("workers")):
            self._wake()
        elif event == "timer":
            self._wake_timers()
        elif event == "beat":
            self._replicas[str(payload.get("replica"))] = time.monotonic()
            if payload.get("replica") == self._replica:
                self._beat_heard.set()

    def _concerns_us(self, workers: object) -> bool:
        return not isinstance(workers, list) or not self._workers.isdisjoint(workers)

    def _end(self, trouble: asyncio.Future[str], reason: str) -> None:
        if not trouble.done():
            trouble.set_result(reason)
