"""A replica that is watched over HTTP, as Prometheus and probes do it."""

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.fakes.jobs import FakeJobStore
from tests.fakes.realtime import FakeRealtime
from tests.support.waiting import eventually_async
from tests.workers.runtime.running import running
from workers.runtime.worker import Worker

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Sample:
    """One line of a scrape."""

    name: str
    labels: Labels
    value: float


class Scrape(list[Sample]):
    """What one scrape told, by name and labels."""

    def value(self, name: str, **labels: str) -> float:
        found = [one.value for one in self if one.name == name and one.labels == labels]
        assert len(found) == 1, f"{name}{labels}: {found}"
        return found[0]

    def total(self, name: str, **labels: str) -> float:
        return sum(
            one.value for one in self if one.name == name and labels.items() <= one.labels.items()
        )

    def names(self) -> set[str]:
        return {one.name for one in self}


@dataclass(frozen=True)
class Watched:
    """The pages of a running replica."""

    port: int
    client: httpx.AsyncClient

    async def is_open(self) -> bool:
        try:
            await self.get("/healthz")
            return True
        except httpx.ConnectError:
            return False

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(f"http://127.0.0.1:{self.port}{path}", headers=headers)

    async def scrape(self) -> Scrape:
        answer = await self.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return Scrape(
            Sample(one.name, one.labels, one.value)
            for family in text_string_to_metric_families(answer.text)
            for one in family.samples
        )


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@asynccontextmanager
async def watched(
    worker: Worker, store: FakeJobStore, realtime: FakeRealtime | None = None, **overrides: object
) -> AsyncIterator[Watched]:
    """Run the worker with its pages; drain at the end."""
    port = a_free_port()
    async with (
        running(worker, store, realtime, worker_metrics_port=port, **overrides),
        httpx.AsyncClient(timeout=5, trust_env=False) as client,
    ):
        replica = Watched(port, client)
        await eventually_async(replica.is_open)
        yield replica
