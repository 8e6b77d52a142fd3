"""Heartbeats and what an operator may ask the queue."""

from uuid import uuid4

import psycopg
import pytest

from tests.database.foundation.queue_calls import Queue, call, own_name
from tests.support.acting import refused


@pytest.fixture
def queue(db: psycopg.Connection) -> Queue:
    return Queue(db)


def test_a_beat_is_stored_counted_and_sent_over_realtime(db: psycopg.Connection) -> None:
    replica = own_name()
    call(db, "beat", p_replica=replica, p_report={"running": 1})
    answer = call(db, "beat", p_replica=replica, p_report={"running": 2})
    assert answer["replica"] == replica
    assert answer["replicas"] >= 1
    row = db.execute(
        """
        select h.report, h.beat_at >= h.started_at, count(m.*)
        from private.worker_heartbeats h
        join realtime.messages m on m.topic = 'jobs' and m.event = 'beat'
            and m.payload ->> 'replica' = h.replica
        where h.replica = %s
        group by h.replica
        """,
        [replica],
    ).fetchone()
    assert row == ({"running": 2}, True, 2)


@pytest.mark.parametrize(("replica", "report"), [("", {}), ("x", []), ("x", {"a": "b" * 20000})])
def test_a_senseless_beat_is_refused(
    db: psycopg.Connection, replica: str, report: dict[str, str]
) -> None:
    with refused(db, "PT400", "beat_invalid"):
        call(db, "beat", p_replica=replica, p_report=report)


def test_the_contract_names_workers_and_events(queue: Queue) -> None:
    contract = call(queue.db, "contract")
    assert contract["version"] == 2
    assert {queue.worker, "foundation.housekeeping"} <= set(contract["workers"])
    assert {queue.kind, "clock.hourly"} <= set(contract["events"])


def test_the_numbers_tell_each_state(queue: Queue) -> None:
    queue.announce(*(uuid4() for _ in range(5)))
    failed, expired, delayed, _running = queue.claim(4)
    queue.settle("fail_jobs", failed, error="x", is_permanent=True)
    queue.settle("snooze_jobs", delayed, seconds=60)
    queue.db.execute(
        "update private.jobs set lease_until = clock_timestamp() - interval '9 s' where id = %s",
        [expired.id],
    )
    stats = queue.stats()
    assert stats.pop("oldest_ready_seconds") > 0
    assert stats == {"pending": 1, "delayed": 1, "running": 1, "expired": 1, "dead": 1}
    for state in stats:
        listed = call(queue.db, "list_jobs", p_state=state, p_worker=queue.worker)
        assert [job["state"] for job in listed] == [state]


def test_a_listing_is_bounded(queue: Queue) -> None:
    queue.announce(*(uuid4() for _ in range(5)))
    listed = call(queue.db, "list_jobs", p_worker=queue.worker, p_limit=2)
    assert [job["id"] for job in listed] == sorted(job["id"] for job in listed)
    assert len(listed) == 2
    for bad in ({"p_limit": 0}, {"p_limit": 1001}, {"p_state": "lost"}):
        with refused(queue.db, "PT400", "list_invalid"):
            call(queue.db, "list_jobs", **bad)


def test_a_job_is_shown_with_the_chain_that_led_to_it(queue: Queue) -> None:
    (cause,) = queue.announce(uuid4(), kind="room.built")
    row = queue.db.execute(
        """
        insert into public.events (kind, subject_id, cause_id, depth)
        values (%s, gen_random_uuid(), %s, 1) returning id
        """,
        [queue.kind, cause],
    ).fetchone()
    assert row is not None
    (job,) = queue.claim()
    shown = call(queue.db, "show_job", p_job_id=job.id)
    assert shown["state"] == "running"
    assert [event["id"] for event in shown["causes"]] == [row[0], cause]


def test_an_unknown_job_is_not_found(db: psycopg.Connection) -> None:
    with refused(db, "PT404", "job_not_found"):
        call(db, "show_job", p_job_id=-1)


def test_dead_jobs_get_all_their_attempts_again(db: psycopg.Connection) -> None:
    queue = Queue(db, max_attempts=1)
    queue.announce(uuid4())
    (job,) = queue.claim()
    queue.settle("fail_jobs", job, error="once")
    answer = call(db, "retry_dead_jobs", p_job_ids=[job.id, -1])
    assert answer == {"retried": [job.id], "missing": [-1]}
    assert queue.states() == {"pending": 1}
    (again,) = queue.claim()
    assert (again.event_id, again.attempt) == (job.event_id, 1)
    assert again.fence > job.fence
