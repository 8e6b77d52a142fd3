"""What a replica shows of itself while it runs: /metrics for Prometheus, /healthz for probes."""

import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from workers.runtime.contract import REQUIRED_VERSION
from workers.runtime.dispatcher import Dispatcher
from workers.runtime.listener import Listener
from workers.runtime.metrics.build import read_version
from workers.runtime.metrics.families import gauge
from workers.runtime.metrics.house import HouseNumbers, house_families
from workers.runtime.metrics.server import Page, serving
from workers.runtime.metrics.work import sense_families, time_families, work_families
from workers.runtime.pulse import Pulse
from workers.runtime.tally import Tally

_YOUNG_BEATS = 3


@dataclass(frozen=True, eq=False)
class Monitoring(Collector):
    """Looks at the parts of one replica whenever somebody asks; asks the database nothing."""

    replica: str
    beat_seconds: float
    tally: Tally
    dispatcher: Dispatcher
    listener: Listener
    pulse: Pulse
    house: HouseNumbers

    @asynccontextmanager
    async def served(self, host: str, port: int) -> AsyncIterator[None]:
        """Serve both pages while the context lasts."""
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(self)

        def metrics(headers: Mapping[str, str]) -> Page:
            encode, content_type = choose_encoder(headers.get("accept", ""))
            return Page(HTTPStatus.OK, encode(registry), content_type)

        async with serving(host, port, {"/metrics": metrics, "/healthz": self._healthz}):
            yield

    def collect(self) -> Iterator[Metric]:
        """Yield everything but the process's own memory and time."""
        yield self._who()
        meters, load = self.tally.meters, self.dispatcher.load()
        yield from work_families(meters, load)
        yield from time_families(meters)
        yield from sense_families(self.listener)
        if (silent := self.pulse.silent_seconds()) is not None:
            yield gauge(
                "luxury_worker_last_beat_timestamp_seconds",
                "When the database last stored a beat of this process.",
                time.time() - silent,
            )
        yield from house_families(self.house.fresh())

    def _who(self) -> Metric:
        told = {"replica": self.replica, "version": read_version()}
        told["contract"] = f"{REQUIRED_VERSION}"
        return InfoMetricFamily("luxury_worker", "This process, its build, its contract.", told)

    def _healthz(self, _headers: Mapping[str, str]) -> Page:
        """Answer 200 while the last beat is young: the process lives, and the database heard it."""
        silent = self.pulse.silent_seconds()
        if silent is None:
            return Page(HTTPStatus.SERVICE_UNAVAILABLE, b"no beat was stored yet\n")
        is_young = silent <= _YOUNG_BEATS * self.beat_seconds
        status = HTTPStatus.OK if is_young else HTTPStatus.SERVICE_UNAVAILABLE
        return Page(status, f"last beat {silent:.0f} s ago\n".encode())
