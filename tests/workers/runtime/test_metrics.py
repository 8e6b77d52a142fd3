"""What a replica tells Prometheus ties out with what its store saw, and names nobody."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics

from lib.clock import utc_now
from lib.errors import PermanentError, TransientError
from lib.events import Job, JobResult
from tests.fakes.jobs import FakeJobStore
from tests.fakes.realtime import FakeRealtime
from tests.support.waiting import eventually_async
from tests.workers.runtime.running import recording, running, until
from tests.workers.runtime.scraping import Scrape, watched
from workers.runtime.meters import Histogram
from workers.runtime.tally import Tally
from workers.runtime.verdict import STATES
from workers.runtime.worker import Worker

NUMBERS = {
    "measured_at": 1772582400.5,
    "workers": {
        "test.work": {
            "pending": 7,
            "delayed": 1,
            "running": 2,
            "expired": 0,
            "oldest_ready_seconds": 3.5,
            "dead": 4,
        }
    },
    "timers_set": 12,
    "timers_late_seconds": 0,
    "dead_tuples": 90,
    "oldest_snapshot_seconds": 0.2,
    "replicas": 2,
    "health_score": 97.5,
    "health": [
        {"component": "dead_jobs_last_hour", "unit": "count", "value": 1, "score": 97.5},
        {"component": "ai_fallbacks", "unit": "percent", "value": None, "score": None},
    ],
}
ENDED = "luxury_worker_jobs_ended_total"
CLAIMED = "luxury_worker_jobs_claimed_total"


class Mixed:
    """A handler that does with each job what its payload says."""

    def __init__(self, store: FakeJobStore) -> None:
        self.store = store
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def handle(self, jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        self.calls += 1
        await self.gate.wait()
        if broken := [job for job in jobs if job.payload.get("end") == "dead"]:
            raise PermanentError(f"Szanowna Pani {broken[0].payload['name']}: refused")
        self.store.record([job for job in jobs if "end" not in job.payload])
        results: dict[int, JobResult] = {j.id: "recorded" for j in jobs if "end" not in j.payload}
        return results | {j.id: "stale" for j in jobs if j.payload.get("end") == "stale"}

    @property
    def worker(self) -> Worker:
        return Worker(name="test.work", handle=self.handle, batch_size=10, concurrency=1)


async def test_counters_tie_out_with_what_the_store_saw() -> None:
    store = FakeJobStore()
    mixed = Mixed(store)
    async with watched(mixed.worker, store) as replica:
        recorded = store.add("test.work", 25)
        await until(lambda: sorted(store.finished) == recorded)
        [unsure] = store.add("test.work", end="stale")
        await until(lambda: len(store.snoozed) == 1)
        dead = store.add("test.work", 1, end="dead", name="Anna")
        unmentioned = store.add("test.work", 2, end="forgotten")
        await until(lambda: len(store.failed) == 3)
        told = await replica.scrape()
        snoozed, claims, calls = len(store.snoozed), len(store.claims), mixed.calls
    ended = {state: told.value(ENDED, worker="test.work", result=state) for state in STATES}
    assert ended["recorded"] == len(recorded)
    assert ended["dead"] == len([item for item in store.failed if item["is_permanent"]])
    assert (ended["dead"], ended["failed"]) == (len(dead), len(unmentioned))
    assert 1 <= ended["stale"] <= snoozed + 1
    assert {item["job_id"] for item in store.snoozed} == {unsure}
    assert told.value(CLAIMED, worker="test.work") == sum(ended.values()) + told.value(
        "luxury_worker_jobs_held", worker="test.work"
    )
    assert told.value("luxury_worker_queue_age_seconds_count", worker="test.work") == told.value(
        CLAIMED, worker="test.work"
    )
    batches = told.value("luxury_worker_batch_duration_seconds_count", worker="test.work")
    assert 4 <= batches <= calls
    assert 0 < told.value("luxury_worker_claims_total") <= claims


async def test_what_is_in_hand_is_what_was_claimed_and_has_not_ended() -> None:
    store = FakeJobStore()
    mixed = Mixed(store)
    mixed.gate.clear()
    async with watched(mixed.worker, store) as replica:
        store.add("test.work", 6)
        await until(lambda: mixed.calls == 1)
        told = await replica.scrape()
        assert told.value("luxury_worker_jobs_held", worker="test.work") == 6
        assert told.value("luxury_worker_batches_running", worker="test.work") == 1
        assert told.value(CLAIMED, worker="test.work") == 6
        assert told.total(ENDED) == 0
        mixed.gate.set()
        await until(lambda: len(store.finished) == 6)

        async def at_rest() -> bool:
            return (await replica.scrape()).value(
                "luxury_worker_jobs_held", worker="test.work"
            ) == 0

        await eventually_async(at_rest)


async def test_a_lease_that_somebody_else_took_is_counted_as_lost() -> None:
    store = FakeJobStore()
    mixed = Mixed(store)
    mixed.gate.clear()
    async with watched(mixed.worker, store) as replica:
        [taken] = store.add("test.work")
        await until(lambda: mixed.calls == 1)
        store.steal(taken)
        mixed.gate.set()

        async def is_told() -> Scrape | None:
            told = await replica.scrape()
            return told if told.value("luxury_worker_leases_lost_total") else None

        told = await eventually_async(is_told)
        assert told
        assert told.value(ENDED, worker="test.work", result="lost") == 1
        assert told.value(ENDED, worker="test.work", result="recorded") == 0
    assert store.finished == []


async def test_what_is_given_back_unstarted_is_counted_as_released() -> None:
    store = FakeJobStore()
    mixed = Mixed(store)
    mixed.gate.clear()
    worker = Worker(name="test.work", handle=mixed.handle, batch_size=2, concurrency=1)
    subject = uuid4()
    async with watched(worker, store) as replica:
        ids = store.add("test.work", 2, subject=subject)
        await until(lambda: mixed.calls == 1)
        store.steal(ids[0])
        mixed.gate.set()

        async def released() -> bool:
            told = await replica.scrape()
            return told.value(ENDED, worker="test.work", result="released") > 0

        await eventually_async(released)
    assert ids[1] in store.released


async def test_realtime_is_told_as_it_is_heard() -> None:
    store, realtime = FakeJobStore(), FakeRealtime()
    async with watched(recording(store), store, realtime) as replica:
        await until(lambda: realtime.open_sockets)
        realtime.broadcast("wake", {"workers": ["test.work"]})
        realtime.broadcast("wake", {"workers": ["other.work"]})
        realtime.broadcast("Szanowna Pani", {"anything": 1})
        told = await replica.scrape()
        assert told.value("luxury_worker_realtime_subscribed") == 1
        assert told.value("luxury_worker_realtime_heard_total", event="wake") == 2
        assert told.value("luxury_worker_realtime_heard_total", event="beat") == 0
        realtime.break_all("channel_error")

        async def ended() -> bool:
            told = await replica.scrape()
            return told.total("luxury_worker_realtime_ended_total", reason="channel_error") == 1

        await eventually_async(ended)
        assert (await replica.scrape()).value("luxury_worker_realtime_subscribed") == 0


async def test_the_house_is_told_and_no_scrape_asks_the_database() -> None:
    store = FakeJobStore(numbers=NUMBERS)
    async with watched(recording(store), store, worker_beat_seconds=60) as replica:
        await until(lambda: store.readings == 1)
        for _ in range(3):
            told = await replica.scrape()
        assert store.readings == 1
    assert told.value("luxury_queue_jobs", worker="test.work", state="pending") == 7
    assert told.value("luxury_queue_dead_jobs", worker="test.work") == 4
    assert told.value("luxury_queue_oldest_ready_seconds", worker="test.work") == 3.5
    assert told.value("luxury_health_score") == 97.5
    assert told.value("luxury_health_part_score", part="dead_jobs_last_hour") == 97.5
    assert told.total("luxury_health_part_score", part="ai_fallbacks") == 0
    assert told.value("luxury_timers_set") == 12
    assert told.value("luxury_house_measured_timestamp_seconds") == NUMBERS["measured_at"]


async def test_numbers_of_the_house_that_are_old_are_not_told_any_more() -> None:
    store = FakeJobStore(numbers=NUMBERS)
    async with watched(recording(store), store, worker_beat_seconds=0.02) as replica:
        await until(lambda: store.readings)
        assert "luxury_health_score" in (await replica.scrape()).names()
        store.broken = TransientError("no database")

        async def is_silent() -> bool:
            return "luxury_health_score" not in (await replica.scrape()).names()

        await eventually_async(is_silent)
        store.broken = None


async def test_a_probe_hears_yes_while_beats_are_young_and_no_otherwise() -> None:
    store = FakeJobStore()
    async with watched(recording(store), store, worker_beat_seconds=0.02) as replica:

        async def answers(status: int) -> bool:
            return (await replica.get("/healthz")).status_code == status

        await eventually_async(lambda: answers(200))
        store.broken = TransientError("no database")
        await eventually_async(lambda: answers(503))
        store.broken = None
        await eventually_async(lambda: answers(200))


async def test_before_the_first_beat_a_probe_hears_no_and_metrics_are_there() -> None:
    store = FakeJobStore(broken=TransientError("no database"))
    async with watched(recording(store), store) as replica:
        assert (await replica.get("/healthz")).status_code == 503
        told = await replica.scrape()
        assert told.value(CLAIMED, worker="test.work") == 0
        assert "luxury_worker_last_beat_timestamp_seconds" not in told.names()
        store.broken = None


async def test_labels_hold_names_of_ours_and_nothing_of_clients() -> None:
    store = FakeJobStore(numbers=NUMBERS)
    mixed = Mixed(store)
    subject = uuid4()
    async with watched(mixed.worker, store) as replica:
        store.add("test.work", 2, subject=subject, end="dead", name="Anna Nowak")
        await until(lambda: store.failed)
        page = (await replica.get("/metrics")).text
        told = await replica.scrape()
    assert "Anna" not in page
    assert "Szanowna" not in page
    assert str(subject) not in page
    known = {"worker", "result", "state", "event", "reason", "part", "unit", "le"}
    about_the_process = {"replica", "version", "contract"}
    assert {label for one in told for label in one.labels} <= known | about_the_process
    assert {one.labels["worker"] for one in told if "worker" in one.labels} == {"test.work"}


async def test_the_process_says_who_it_is_and_what_it_takes() -> None:
    store = FakeJobStore()
    async with watched(recording(store), store) as replica:
        await until(lambda: store.beats)
        told = await replica.scrape()
        told_openly = await replica.get(
            "/metrics", Accept="application/openmetrics-text; version=1.0.0"
        )
    [who] = [one.labels for one in told if one.name == "luxury_worker_info"]
    assert (who["replica"], who["contract"]) == ("test-replica", "2")
    assert who["version"][0].isdigit()
    assert told.value("process_resident_memory_bytes") > 1e6
    assert told.value("process_cpu_seconds_total") > 0
    assert told.value("luxury_worker_last_beat_timestamp_seconds") > 1.7e9
    assert told_openly.headers["content-type"].startswith("application/openmetrics-text")
    assert len(list(open_metrics(told_openly.text))) > 15


async def test_without_a_port_nothing_is_served_and_the_house_is_not_read() -> None:
    store = FakeJobStore(numbers=NUMBERS)
    async with running(recording(store), store, worker_beat_seconds=0.01):
        await until(lambda: len(store.beats) > 2)
    assert store.readings == 0


def test_a_value_on_a_bound_falls_into_its_bucket() -> None:
    histogram = Histogram((1.0, 2.0))
    for seconds in (0.5, 1.0, 1.5, 2.0, 2.5):
        histogram.observe(seconds)
    assert histogram.counts == [2, 2, 1]
    assert histogram.sum == 7.5


@pytest.mark.parametrize("jobs", [1, 9, 10, 11, 25, 1000])
def test_however_many_jobs_a_claim_brings_all_of_them_are_in_the_histogram(jobs: int) -> None:
    tally, now = Tally(), utc_now()
    claimed = [a_job(number, now - timedelta(milliseconds=number)) for number in range(jobs)]
    tally.claimed("test.work", claimed, now)
    ages = tally.meters.age_seconds["test.work"]
    assert sum(ages.counts) == jobs == tally.meters.claimed["test.work"]
    assert ages.sum == pytest.approx(sum(range(jobs)) / 1000, rel=0.2)
    assert tally.report()["claimed"] == jobs


def a_job(number: int, occurred_at: datetime) -> Job:
    return Job(number, 1, "test.work", 1, number, "test.happened", None, {}, occurred_at)
