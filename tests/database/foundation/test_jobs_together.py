"""Several transactions at once: no job runs twice, no change is lost, nobody waits in vain."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.foundation.queue_calls import Claimed, Queue, shared_queue
from tests.support.acting import acting_as
from tests.support.waiting import eventually

Pair = tuple[Queue, Queue]


@pytest.fixture
def pair(database_url: str) -> Iterator[Pair]:
    with shared_queue(database_url) as pair:
        yield pair


@pytest.fixture
def collapsing_pair(database_url: str) -> Iterator[Pair]:
    with shared_queue(database_url, collapses=True) as pair:
        yield pair


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    """A thread for the call that has to wait."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def claim_and_commit(queue: Queue, limit: int = 100) -> list[Claimed]:
    jobs = queue.claim(limit)
    queue.db.commit()
    return jobs


def announce_and_commit(queue: Queue, *subject_ids: object) -> list[int]:
    events = queue.announce(*subject_ids)  # type: ignore[arg-type]
    queue.db.commit()
    return events


def wait_until_blocked(watcher: psycopg.Connection, sleeper: psycopg.Connection) -> None:
    def is_blocked() -> bool:
        row = watcher.execute(
            "select cardinality(pg_blocking_pids(%s)) > 0", [sleeper.info.backend_pid]
        ).fetchone()
        return row == (True,)

    eventually(is_blocked, 10)


def test_jobs_of_a_transaction_that_outlasts_several_claims_are_not_passed_over(pair: Pair) -> None:
    slow, claimer = pair
    slow.announce(uuid4(), uuid4())
    assert [claim_and_commit(claimer) for _ in range(4)] == [[]] * 4
    slow.db.commit()
    assert len(claim_and_commit(claimer)) == 2


def test_two_claims_at_once_share_the_jobs_out(pair: Pair, aside: ThreadPoolExecutor) -> None:
    one, other = pair
    events = announce_and_commit(one, *(uuid4() for _ in range(10)))
    first = one.claim(6)
    waiting: Future[list[Claimed]] = aside.submit(claim_and_commit, other)
    wait_until_blocked(one.db, other.db)
    one.db.commit()
    second = waiting.result(10)
    assert [job.event_id for job in first] == events[:6]
    assert [job.event_id for job in second] == events[6:]


def test_two_claims_at_once_keep_the_order_of_a_subject(
    pair: Pair, aside: ThreadPoolExecutor
) -> None:
    one, other = pair
    subject = uuid4()
    announce_and_commit(one, subject, subject, subject)
    assert len(one.claim(1)) == 1
    waiting = aside.submit(claim_and_commit, other)
    wait_until_blocked(one.db, other.db)
    one.db.commit()
    assert waiting.result(10) == []


def test_a_claim_rolled_back_leaves_the_jobs(pair: Pair) -> None:
    one, other = pair
    announce_and_commit(one, uuid4())
    assert len(one.claim()) == 1
    one.db.rollback()
    assert [job.fence for job in claim_and_commit(other)] == [1]


def test_a_change_still_uncommitted_when_the_job_finishes_is_not_lost(
    collapsing_pair: Pair,
) -> None:
    worker, producer = collapsing_pair
    subject = uuid4()
    announce_and_commit(producer, subject)
    running = claim_and_commit(worker)
    change = producer.announce(subject)
    worker.finish(*running)
    worker.db.commit()
    assert claim_and_commit(worker) == []
    producer.db.commit()
    assert [job.event_id for job in claim_and_commit(worker)] == change


def test_an_uncommitted_change_does_not_hold_up_the_waiting_one(collapsing_pair: Pair) -> None:
    worker, producer = collapsing_pair
    subject = uuid4()
    first = announce_and_commit(producer, subject)
    second = producer.announce(subject)
    jobs = claim_and_commit(worker)
    assert [job.event_id for job in jobs] == first
    producer.db.commit()
    assert [job.event_id for job in worker.claim(finished=jobs)] == second


def test_a_late_owner_about_to_write_keeps_its_subject(pair: Pair) -> None:
    late, other = pair
    subject = uuid4()
    announce_and_commit(late, subject, subject, uuid4())
    first, *_ = claim_and_commit(late, 1)
    late.let_leases_expire()
    late.db.commit()
    with acting_as(late.db, "service_role"):
        late.db.execute("select private.hold_jobs(%s)", [Jsonb([first.lease()])])
    found = claim_and_commit(other)
    assert [job.subject_id == str(subject) for job in found] == [False]
    with acting_as(late.db, "service_role"):
        late.db.execute("select private.finish_jobs(%s)", [[first.id]])
    late.db.commit()
    assert [job.subject_id for job in claim_and_commit(other)] == [str(subject)]


def test_of_two_open_transactions_one_carries_the_wake_up(pair: Pair) -> None:
    one, other = pair
    one.announce(uuid4())
    other.announce(uuid4())
    one.db.commit()
    other.db.commit()
    wakes = one.db.execute(
        """
        select count(*) from realtime.messages
        where event = 'wake' and payload -> 'workers' ? %s
        """,
        [one.worker],
    ).fetchone()
    one.db.execute(
        "delete from realtime.messages where event = 'wake' and payload -> 'workers' ? %s",
        [one.worker],
    )
    assert wakes == (1,)


def test_the_cursor_finds_what_an_older_transaction_commits_late(pair: Pair) -> None:
    worker, producer = pair
    late = producer.announce(uuid4())
    for _ in range(3):
        on_time = announce_and_commit(worker, uuid4())
        jobs = claim_and_commit(worker)
        assert [job.event_id for job in jobs] == on_time
        worker.finish(*jobs)
        worker.db.commit()
    producer.db.commit()
    assert [job.event_id for job in claim_and_commit(worker)] == late


def test_the_cursor_leaves_room_for_a_head_start(database_url: str) -> None:
    with shared_queue(database_url, priority=15) as (worker, producer):
        for _ in range(5):
            announce_and_commit(producer, uuid4())
            jobs = claim_and_commit(worker)
            assert len(jobs) == 1
            worker.finish(*jobs)
            worker.db.commit()


def test_claims_stay_cheap_while_an_old_snapshot_keeps_the_dead(
    database_url: str, pair: Pair
) -> None:
    worker, producer = pair
    with psycopg.connect(database_url) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("select 1 from private.jobs limit 1")
        for _ in range(5):
            announce_and_commit(producer, *(uuid4() for _ in range(400)))
            worker.finish(*claim_and_commit(worker, 1000))
            worker.db.commit()
        claim_and_commit(worker)
        announce_and_commit(producer, *(uuid4() for _ in range(10)))
        cheap = pages_read(worker)
        worker.since = None
        dear = pages_read(worker)
    assert cheap < dear / 3


def pages_read(queue: Queue) -> int:
    """Pages the next claim of one job looks at."""
    job = queue.claim(1)
    queue.db.rollback()
    assert len(job) == 1
    blocks = """
        select heap_blks_hit + idx_blks_hit + heap_blks_read + idx_blks_read
        from pg_statio_user_tables where schemaname = 'private' and relname = 'jobs'
    """
    flush = "select pg_stat_force_next_flush()"
    counts = []
    for _ in range(2):
        queue.db.execute(flush)
        queue.db.commit()
        row = queue.db.execute(blocks).fetchone()
        assert row is not None
        queue.db.commit()
        counts.append(int(row[0]))
        if len(counts) == 1:
            queue.claim(1)
            queue.db.rollback()
    return counts[1] - counts[0]
