"""The house's own numbers, read beside the heartbeat for those who measure this process."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client.metrics_core import Metric

from lib.errors import LuxuryError
from lib.log import error_fields, get_logger
from lib.store.jobs import JobStore
from workers.runtime.metrics.families import gauge, gauges

log = get_logger()

_REST_FACTOR = 20
_MISSED_READS = 3
_QUEUED = ("pending", "delayed", "running", "expired")
_PLAIN = {
    "health_score": ("luxury_health_score", "Health of the house, 0 to 100."),
    "timers_set": ("luxury_timers_set", "Timers that are set."),
    "timers_late_seconds": ("luxury_timers_late_seconds", "How late the first of them is."),
    "dead_tuples": ("luxury_queue_dead_tuples", "Row versions that wait for vacuum."),
    "oldest_snapshot_seconds": ("luxury_oldest_snapshot_seconds", "The oldest transaction."),
}


class HouseNumbers:
    """The last answer of `worker.house_numbers`.

    Read as often as the replica beats, by a task of its own: a slow answer holds up no beat, and
    makes the next come later. Scrapes see what is here, so nobody loads the database by scraping.
    """

    def __init__(self, store: JobStore, pause_seconds: float) -> None:
        self._store = store
        self._pause_seconds = pause_seconds
        self._numbers: Mapping[str, Any] = {}
        self._good_until = float("-inf")

    def fresh(self) -> Mapping[str, Any]:
        """Return the numbers; none when they are so old that they would mislead."""
        return self._numbers if time.monotonic() < self._good_until else {}

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            await asyncio.sleep(await self.read())

    async def read(self) -> float:
        """Read once; return the seconds to rest. What cannot be read is left as it was."""
        started = time.monotonic()
        try:
            numbers = await self._store.house_numbers()
        except LuxuryError as error:
            log.warning("runtime.house.unread", **error_fields(error))
            return self._pause_seconds
        now = time.monotonic()
        pause = max(self._pause_seconds, _REST_FACTOR * (now - started))
        self._numbers, self._good_until = numbers, now + _MISSED_READS * pause
        return pause


def house_families(numbers: Mapping[str, Any]) -> Iterator[Metric]:
    """Tell `worker.house_numbers`: the same from every process, so take the max of them."""
    if not numbers:
        return
    workers = numbers["workers"]
    yield gauge("luxury_house_measured_timestamp_seconds", "When.", numbers["measured_at"])
    yield gauge("luxury_house_replicas", "Processes heard of lately.", numbers["replicas"])
    yield gauges(
        "luxury_queue_jobs",
        "Jobs that are not done.",
        ["worker", "state"],
        {(name, state): told[state] for name, told in workers.items() for state in _QUEUED},
    )
    yield _by_worker("luxury_queue_dead_jobs", "Jobs given up.", workers, "dead")
    yield _by_worker(
        "luxury_queue_oldest_ready_seconds", "The longest wait.", workers, "oldest_ready_seconds"
    )
    for key, (name, text) in _PLAIN.items():
        yield gauge(name, text, numbers[key])
    parts = {(part["component"],): part for part in numbers["health"]}
    yield gauges(
        "luxury_health_part_score",
        "Health of a part, 0 to 100; only parts that could be measured.",
        ["part"],
        {key: part["score"] for key, part in parts.items() if part["score"] is not None},
    )
    yield gauges(
        "luxury_health_part_value",
        "What was measured of it, in the unit of its name or its label.",
        ["part", "unit"],
        {
            (*key, part["unit"]): part["value"]
            for key, part in parts.items()
            if part["value"] is not None
        },
    )


def _by_worker(name: str, text: str, workers: Mapping[str, Any], key: str) -> Metric:
    return gauges(
        name, text, ["worker"], {(worker,): told[key] for worker, told in workers.items()}
    )
