"""What becomes of a batch: order per subject, isolation of failures, every kind of verdict."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import uuid4

import pytest

from lib.errors import (
    ConfigurationError,
    LeaseLostError,
    OutageError,
    PermanentError,
    TransientError,
)
from lib.events import Job, JobResult
from tests.fakes.jobs import FakeJobStore
from tests.workers.runtime.running import Handler, running, until
from workers.runtime.worker import Worker


def worker_of(handle: Handler, **options: int | float) -> Worker:
    return Worker(name="test.work", handle=handle, **options)  # type: ignore[arg-type]


async def test_one_bad_job_does_not_fail_its_neighbours() -> None:
    store = FakeJobStore()
    good = store.add("test.work", 4)
    (bad,) = store.add("test.work", is_bad=True)
    good += store.add("test.work", 4)

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        if any(job.payload.get("is_bad") for job in jobs):
            raise ValueError("a bug")
        return store.record(jobs)

    async with running(worker_of(handle), store):
        await until(lambda: store.failed and sorted(store.finished) == good)
    assert [item["job_id"] for item in store.failed] == [bad]
    assert store.failed[0]["error"] == "ValueError: a bug"


@pytest.mark.parametrize(
    ("error", "is_permanent"),
    [
        (TransientError("later"), False),
        (RuntimeError("a bug"), False),
        (ConfigurationError("SUPABASE_SECRET_KEY", "wrong key"), False),
        (PermanentError("never"), True),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_only_a_permanent_error_is_dead_at_once(error: Exception, is_permanent: bool) -> None:  # noqa: FBT001
    store = FakeJobStore()
    (job_id,) = store.add("test.work")

    async def handle(_jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        raise error

    async with running(worker_of(handle), store):
        await until(lambda: store.failed)
    assert store.failed[0]["job_id"] == job_id
    assert store.failed[0]["is_permanent"] is is_permanent


async def test_jobs_of_one_subject_run_in_order_and_never_at_once() -> None:
    store = FakeJobStore()
    subjects = [uuid4() for _ in range(5)]
    for _ in range(8):
        for subject in subjects:
            store.add("test.work", subject=subject)
    seen: dict[object, list[int]] = {subject: [] for subject in subjects}
    active: set[object] = set()

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        mine = {job.subject_id for job in jobs}
        assert not mine & active
        active.update(mine)
        await asyncio.sleep(0)
        for job in jobs:
            seen[job.subject_id].append(job.id)
        active.difference_update(mine)
        return store.record(jobs)

    async with running(worker_of(handle, batch_size=6, concurrency=3), store):
        await until(lambda: len(store.finished) == 40)
    assert all(ids == sorted(ids) for ids in seen.values())
    assert store.failed == []


async def test_a_failed_job_holds_back_the_later_ones_of_its_subject() -> None:
    store = FakeJobStore()
    subject = uuid4()
    (first,) = store.add("test.work", subject=subject, is_bad=True)
    later = store.add("test.work", 3, subject=subject)
    other = store.add("test.work", 2, subject=uuid4())

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        if any(job.payload.get("is_bad") for job in jobs):
            raise TransientError("not now")
        return store.record(jobs)

    async with running(worker_of(handle), store):
        await until(lambda: store.failed and store.finished == other)
        await until(lambda: set(store.released) >= set(later))
    assert [item["job_id"] for item in store.failed] == [first]
    assert store.finished == other


async def test_waiting_jobs_do_not_overtake_a_failed_one_of_their_subject() -> None:
    store = FakeJobStore()
    subject = uuid4()
    store.add("test.work", subject=subject)
    later = store.add("test.work", 5, subject=subject)

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        raise TransientError("not now")

    async with running(worker_of(handle, batch_size=2, concurrency=3), store):
        await until(lambda: store.failed and set(store.released) >= set(later))
    assert len(store.failed) == 1


async def test_a_stale_job_is_snoozed_briefly_without_burning_an_attempt() -> None:
    store = FakeJobStore()
    (job_id,) = store.add("test.work")
    attempts = []

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        attempts.append(jobs[0].attempt)
        return {job_id: "stale"} if len(attempts) == 1 else store.record(jobs)

    async with running(worker_of(handle), store):
        await until(lambda: store.finished == [job_id])
    assert attempts == [1, 1]
    assert 0 < store.snoozed[0]["seconds"] < 1


async def test_a_job_the_handler_does_not_mention_counts_as_failed() -> None:
    store = FakeJobStore()
    kept, forgotten = store.add("test.work", 2)

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        return store.record([job for job in jobs if job.id == kept])

    async with running(worker_of(handle), store):
        await until(lambda: store.failed)
    assert store.finished == [kept]
    assert store.failed[0]["job_id"] == forgotten
    assert store.failed[0]["is_permanent"] is False


async def test_a_handler_without_end_is_cancelled_and_its_job_failed() -> None:
    store = FakeJobStore()
    store.add("test.work")

    async def handle(_jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        await asyncio.Event().wait()
        raise AssertionError

    async with running(worker_of(handle, timeout_seconds=0.02), store):
        await until(lambda: store.failed)
    assert store.failed[0]["error"].startswith("TransientError: no end within")


async def test_a_handler_whose_own_call_was_cancelled_fails_its_job() -> None:
    store = FakeJobStore()
    store.add("test.work")

    async def handle(_jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        raise asyncio.CancelledError

    async with running(worker_of(handle), store):
        await until(lambda: store.failed)


async def test_jobs_lost_in_a_batch_are_left_to_others_and_the_rest_is_written() -> None:
    store = FakeJobStore()
    ids = store.add("test.work", 5)
    calls = []

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        calls.append([job.id for job in jobs])
        if len(calls) == 1:
            store.steal(ids[2])
        return store.record(jobs)

    async with running(worker_of(handle), store):
        await until(lambda: len(store.finished) == 4)
    assert calls == [ids, [ids[0], ids[1], ids[3], ids[4]]]
    assert store.failed == []


async def test_a_lost_lease_that_names_no_job_is_found_one_by_one() -> None:
    store = FakeJobStore()
    ids = store.add("test.work", 3)

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        if ids[1] in [job.id for job in jobs]:
            raise LeaseLostError("lease_lost")
        return store.record(jobs)

    async with running(worker_of(handle), store):
        await until(lambda: store.finished == [ids[0], ids[2]])
    assert store.failed == []


async def test_an_outage_fails_no_job_and_burns_no_attempt() -> None:
    store = FakeJobStore()
    ids = store.add("test.work", 3)
    calls = 0

    async def handle(jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise OutageError("nobody answers")
        assert [job.attempt for job in jobs] == [1, 1, 1]
        return store.record(jobs)

    async with running(worker_of(handle), store):
        await until(lambda: store.finished == ids)
    assert (calls, store.failed, store.released) == (3, [], [])


async def test_what_looks_like_an_outage_for_too_long_is_a_failure() -> None:
    store = FakeJobStore()
    ids = store.add("test.work", 2)

    async def handle(_jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        raise OutageError("nobody answers")

    async with running(worker_of(handle, timeout_seconds=0.1), store):
        await until(lambda: len(store.failed) == 2)
    assert [item["job_id"] for item in store.failed] == ids


async def test_a_failure_is_reported_though_the_network_fails_at_first() -> None:
    store = FakeJobStore()
    store.add("test.work")

    async def handle(_jobs: Sequence[Job]) -> Mapping[int, JobResult]:
        store.broken = TransientError("no database")
        asyncio.get_running_loop().call_later(0.05, setattr, store, "broken", None)
        raise ValueError("a bug")

    async with running(worker_of(handle), store):
        await until(lambda: store.failed)
