"""One process's life: start, work, drain on SIGTERM, end."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress

from lib.errors import ConfigurationError, TransientError
from lib.log import error_fields, get_logger
from lib.settings import Settings
from lib.store.jobs import JobStore
from workers.runtime.backoff import Backoff
from workers.runtime.claimer import Claimer
from workers.runtime.contract import check_contract, explain_refusal
from workers.runtime.dispatcher import Dispatcher
from workers.runtime.listener import Listener
from workers.runtime.metrics.house import HouseNumbers
from workers.runtime.metrics.monitoring import Monitoring
from workers.runtime.pulse import Pulse
from workers.runtime.socket import Socket
from workers.runtime.tally import Tally
from workers.runtime.ticker import Ticker
from workers.runtime.timers import Timers
from workers.runtime.worker import Worker

log = get_logger()

_LAST_WORDS_SECONDS = 5.0


class Runtime:
    """All parts of one replica. `run` returns after a drain, and raises when a part crashes."""

    def __init__(
        self,
        workers: Sequence[Worker],
        store: JobStore,
        make_socket: Callable[[], Socket],
        settings: Settings,
    ) -> None:
        self._names = [worker.name for worker in workers]
        self._store = store
        self._settings = settings
        self._replica = settings.worker_replica_name
        self._stop = asyncio.Event()
        self._tasks = asyncio.TaskGroup()
        self._tally = Tally(self._names)
        self._ticker = Ticker(store)
        self._timers = Timers(store, self._tally)
        self._dispatcher = self._make_dispatcher(workers)
        self._claimer = self._make_claimer()
        self._listener = Listener(
            make_socket,
            self._claimer.wake,
            self._timers.wake,
            workers=self._names,
            replica=self._replica,
        )
        self._pulse = self._make_pulse()
        self._house = HouseNumbers(store, settings.worker_beat_seconds)

    def _make_dispatcher(self, workers: Sequence[Worker]) -> Dispatcher:
        return Dispatcher(
            workers,
            self._store,
            lease_seconds=self._settings.worker_lease_seconds,
            spawn=lambda work: self._tasks.create_task(work),
            tally=self._tally,
            slots_freed=lambda: self._claimer.slots_freed(),
        )

    def _make_claimer(self) -> Claimer:
        floor = self._settings.worker_poll_floor_seconds
        return Claimer(
            self._store,
            self._dispatcher,
            self._tally,
            replica=self._replica,
            poll=Backoff(floor, self._settings.worker_poll_ceiling_seconds),
            count_replicas=lambda: self._listener.count_replicas(),
        )

    def _make_pulse(self) -> Pulse:
        return Pulse(
            self._store,
            self._listener,
            self._tally,
            replica=self._replica,
            workers=self._names,
            beat_seconds=self._settings.worker_beat_seconds,
        )

    def _monitored(self) -> AbstractAsyncContextManager[None]:
        """Serve /metrics and /healthz, if the settings want them."""
        port = self._settings.worker_metrics_port
        if not port:
            return nullcontext()
        beat_seconds = self._settings.worker_beat_seconds
        monitoring = Monitoring(
            replica=self._replica,
            beat_seconds=beat_seconds,
            tally=self._tally,
            dispatcher=self._dispatcher,
            listener=self._listener,
            pulse=self._pulse,
            house=self._house,
        )
        return monitoring.served(self._settings.worker_metrics_host, port)

    def stop(self) -> None:
        """Begin to drain: claim no more, let running batches end."""
        self._stop.set()

    async def run(self) -> None:
        """Work until `stop`, then drain."""
        async with self._monitored():
            if await self._is_welcome():
                await self._work()

    async def _work(self) -> None:
        log.info("runtime.process.started", workers=self._names)
        async with self._tasks:
            leases = self._tasks.create_task(self._dispatcher.leases.run())
            senses = [
                self._tasks.create_task(self._listener.run()),
                self._tasks.create_task(self._pulse.run()),
                self._tasks.create_task(self._timers.run()),
            ]
            if self._settings.worker_metrics_port:
                senses.append(self._tasks.create_task(self._house.run()))
            claims = self._tasks.create_task(self._claimer.run())
            self._ticker.start()
            try:
                await self._stop.wait()
            finally:
                self._ticker.stop()
            await self._drain(claims)
            for task in (leases, *senses):
                task.cancel()
        log.info("runtime.process.stopped")

    async def _is_welcome(self) -> bool:
        """Wait for the database, and check its contract; False when stopped meanwhile."""
        backoff = Backoff(0.2, 5)
        while not self._stop.is_set():
            try:
                check_contract(await self._store.contract(), self._names)
            except ConfigurationError as error:
                message = explain_refusal(error)
                raise ConfigurationError(error.variable, message, code=error.code) from None
            except TransientError as error:
                log.warning("runtime.database.awaited", **error_fields(error))
                with suppress(TimeoutError):
                    async with asyncio.timeout(backoff.pause()):
                        await self._stop.wait()
            else:
                return True
        return False

    async def _drain(self, claims: asyncio.Task[None]) -> None:
        log.info("runtime.process.draining")
        self._timers.stop()
        self._claimer.stop()
        await claims
        await self._dispatcher.drain(self._settings.worker_drain_seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                await self._claimer.flush()
                await self._pulse.beat("stopped")


async def run_until_signalled(runtime: Runtime) -> None:
    """Run; SIGTERM or SIGINT drains, a second one ends at once."""
    loop = asyncio.get_running_loop()
    main = asyncio.current_task()
    signals: list[int] = []

    def on_signal(number: int) -> None:
        signals.append(number)
        if len(signals) == 1:
            runtime.stop()
        elif main is not None:
            main.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    try:
        await runtime.run()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
