"""Jobs: leased in batches, in order within a subject, settled by whoever shows the fence."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.foundation.queue_calls import Claimed, Queue, call
from tests.support.acting import acting_as, refused


@pytest.fixture
def queue(db: psycopg.Connection) -> Queue:
    return Queue(db)


def work(db: psycopg.Connection) -> dict[str, int]:
    """What this transaction has done to the jobs so far, by Postgres' own count."""
    columns = ("seq_scan", "idx_tup_fetch", "n_tup_upd", "n_tup_hot_upd")
    row = db.execute(
        """
        select coalesce(seq_scan, 0), coalesce(idx_tup_fetch, 0), n_tup_upd, n_tup_hot_upd
        from pg_stat_xact_user_tables where schemaname = 'private' and relname = 'jobs'
        """
    ).fetchone()
    assert row is not None
    return dict(zip(columns, row, strict=True))


# Claiming


def test_a_job_is_claimed_once_and_gone_when_finished(queue: Queue) -> None:
    queue.announce(uuid4(), uuid4(), uuid4())
    jobs = queue.claim(2)
    assert [(job.fence, job.attempt) for job in jobs] == [(1, 1), (1, 1)]
    rest = queue.claim(10, finished=jobs)
    assert len(rest) == 1
    assert queue.states() == {"running": 1}
    assert queue.claim(10, finished=rest) == []
    assert queue.states() == {}


def test_an_expired_lease_is_claimed_again_without_anybody_clearing_it(queue: Queue) -> None:
    queue.announce(uuid4())
    (lost,) = queue.claim()
    queue.let_leases_expire()
    assert queue.states() == {"expired": 1}
    (found,) = queue.claim()
    assert (found.id, found.fence, found.attempt) == (lost.id, 2, 2)


def test_whoever_lost_a_lease_settles_nothing(queue: Queue) -> None:
    queue.announce(uuid4())
    (old,) = queue.claim()
    queue.let_leases_expire()
    (new,) = queue.claim()
    for function in ("extend_leases", "release_jobs", "snooze_jobs", "fail_jobs"):
        answer = queue.settle(function, old, seconds=9, error="late", is_permanent=True)
        assert (answer["held"], answer["lost"]) == ([], [old.id])
    assert queue.finish(old) == [old.id]
    assert queue.states() == {"running": 1}
    assert queue.finish(new) == []


def test_an_expired_lease_nobody_took_is_still_held(queue: Queue) -> None:
    queue.announce(uuid4())
    (job,) = queue.claim()
    queue.let_leases_expire()
    assert queue.settle("extend_leases", job) == {"held": [job.id], "lost": []}
    assert queue.claim() == []


def test_the_head_start_goes_before_but_never_starves(db: psycopg.Connection, queue: Queue) -> None:
    urgent = queue.worker.replace(".working", ".urgent")
    queue.subscribe(urgent, priority=15)
    (plain,) = queue.announce(uuid4())
    (first,) = queue.announce(uuid4(), kind=urgent)
    assert [job.event_id for job in queue.claim()] == [first, plain]
    with pytest.raises(psycopg.errors.CheckViolation), db.transaction():
        queue.subscribe("room.burnt", priority=16)


def test_one_claim_serves_several_workers(db: psycopg.Connection, queue: Queue) -> None:
    other = Queue(db)
    queue.announce(uuid4(), uuid4())
    other.announce(uuid4())
    answer = call(
        db,
        "claim_jobs",
        p_replica="here",
        p_wants={queue.worker: 1, other.worker: 5, "nobody.home": 3},
    )
    assert {name: len(jobs) for name, jobs in answer["jobs"].items()} == {
        queue.worker: 1,
        other.worker: 1,
    }


def test_a_job_that_kills_its_worker_dies_at_the_claim(db: psycopg.Connection) -> None:
    queue = Queue(db, max_attempts=2)
    queue.announce(uuid4())
    for _ in range(2):
        assert len(queue.claim()) == 1
        queue.let_leases_expire()
    assert queue.claim() == []
    (dead,) = call(db, "list_jobs", p_state="dead", p_worker=queue.worker)
    assert dead["error"] == "lease expired: worker gone or too slow"
    assert dead["attempts"] == 2


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"p_replica": " "}, "replica_invalid"),
        ({"p_replica": "x" * 201}, "replica_invalid"),
        ({"p_wants": []}, "wants_invalid"),
        ({"p_wants": {"a.b": "7"}}, "wants_invalid"),
        ({"p_wants": {"a.b": -1}}, "wants_invalid"),
        ({"p_lease_seconds": 0.0}, "lease_invalid"),
        ({"p_lease_seconds": float("nan")}, "lease_invalid"),
        ({"p_finished": {"job_id": 1}}, "items_invalid"),
    ],
)
def test_a_senseless_claim_is_refused(
    db: psycopg.Connection, bad: dict[str, Any], message: str
) -> None:
    with refused(db, "PT400", message):
        call(db, "claim_jobs", **{"p_replica": "here", "p_wants": {"a.b": 1}, **bad})


# Order within a subject


def test_jobs_of_a_subject_come_in_order_and_a_batch_may_hold_several(queue: Queue) -> None:
    subject = uuid4()
    events = queue.announce(subject, uuid4(), subject, subject)
    jobs = queue.claim(3)
    mine = [job.event_id for job in jobs if job.subject_id == str(subject)]
    assert mine == [events[0], events[2]]
    assert queue.claim() == []
    assert [job.event_id for job in queue.claim(finished=jobs)] == [events[3]]


@pytest.mark.parametrize("state", ["running", "snoozed", "failed"])
def test_an_unfinished_job_holds_back_the_next_of_its_subject(queue: Queue, state: str) -> None:
    subject = uuid4()
    first, second = queue.announce(subject, subject)
    (job,) = queue.claim(1)
    if state == "snoozed":
        queue.settle("snooze_jobs", job, seconds=60)
    if state == "failed":
        queue.settle("fail_jobs", job, error="try later")
        queue.db.execute(
            "update private.jobs set ready_at = ready_at + interval '1 hour' where id = %s",
            [job.id],
        )
    assert queue.claim() == []
    queue.let_leases_expire()
    queue.let_delays_pass()
    assert [job.event_id for job in queue.claim()] == [first, second]


def test_a_head_start_does_not_overtake_within_a_subject(queue: Queue) -> None:
    urgent = queue.worker.replace(".working", ".urgent")
    queue.subscribe(urgent, priority=15)
    subject = uuid4()
    first = queue.announce(subject)
    queue.announce(*(uuid4() for _ in range(3)))
    last = queue.announce(subject, kind=urgent)
    assert [job.event_id for job in queue.claim(1)] == first
    jobs = [job.event_id for job in queue.claim()]
    assert last[0] not in jobs
    assert len(jobs) == 3


def test_a_dead_job_no_longer_holds_back_its_subject(queue: Queue) -> None:
    subject = uuid4()
    _, second = queue.announce(subject, subject)
    (job,) = queue.claim(1)
    queue.settle("fail_jobs", job, error="never", is_permanent=True)
    assert [job.event_id for job in queue.claim()] == [second]


def test_jobs_without_a_subject_have_no_order(queue: Queue) -> None:
    queue.announce(None, None)
    assert len(queue.claim(1)) == 1
    assert len(queue.claim(1)) == 1


def test_many_held_up_subjects_do_not_hide_a_free_one(queue: Queue) -> None:
    busy = [uuid4() for _ in range(20)]
    queue.announce(*busy)
    assert len(queue.claim(20)) == 20
    queue.announce(*(subject for subject in busy for _ in range(10)))
    (free,) = queue.announce(uuid4())
    assert [job.event_id for job in queue.claim(1)] == [free]


# Collapsing


def test_waiting_jobs_of_a_subject_collapse_into_the_newest(db: psycopg.Connection) -> None:
    queue = Queue(db, collapses=True)
    subject, other = uuid4(), uuid4()
    events = queue.announce(subject, other, subject, subject)
    assert [job.event_id for job in queue.claim()] == [events[1], events[3]]
    assert queue.states() == {"running": 2}


def test_collapsing_jobs_without_a_subject_are_one(db: psycopg.Connection) -> None:
    queue = Queue(db, collapses=True)
    events = queue.announce(None, None, None)
    assert [job.event_id for job in queue.claim()] == [events[-1]]


def test_what_happens_while_a_job_runs_is_the_next_job(db: psycopg.Connection) -> None:
    queue = Queue(db, collapses=True)
    subject = uuid4()
    queue.announce(subject)
    running = queue.claim()
    changes = queue.announce(subject, subject)
    assert queue.claim() == []
    assert [job.event_id for job in queue.claim(finished=running)] == changes[-1:]


def test_attempts_survive_collapsing(db: psycopg.Connection) -> None:
    queue = Queue(db, collapses=True, max_attempts=3)
    subject = uuid4()
    for attempt in (1, 2, 3):
        queue.announce(subject)
        (job,) = queue.claim()
        assert job.attempt == attempt
        answer = queue.settle("fail_jobs", job, error="broken")
    assert answer["dead"] == [job.id]


# Settling


def test_released_and_snoozed_jobs_burn_no_attempt(queue: Queue) -> None:
    queue.announce(uuid4(), uuid4())
    released, snoozed = queue.claim()
    queue.settle("release_jobs", released)
    queue.settle("snooze_jobs", snoozed, seconds=60)
    assert queue.states() == {"pending": 1, "delayed": 1}
    queue.let_delays_pass()
    assert [(job.fence, job.attempt) for job in queue.claim()] == [(2, 1), (2, 1)]


def test_an_extended_lease_lasts(queue: Queue) -> None:
    queue.announce(uuid4())
    (job,) = queue.claim()
    call(queue.db, "extend_leases", p_items=[job.lease()], p_lease_seconds=600.0)
    (listed,) = call(queue.db, "list_jobs", p_worker=queue.worker)
    row = queue.db.execute(
        "select %s::timestamptz > clock_timestamp() + interval '9 minutes'",
        [listed["lease_until"]],
    ).fetchone()
    assert row == (True,)


def test_failing_delays_a_job_within_its_backoff(queue: Queue) -> None:
    queue.announce(*(uuid4() for _ in range(50)))
    queue.settle("fail_jobs", *queue.claim(), error="busy")
    row = queue.db.execute(
        """
        select min(ready_at) > clock_timestamp() - interval '1 minute',
            max(ready_at) < clock_timestamp() + interval '2 seconds',
            count(distinct ready_at) > 40, bool_and(last_error = 'busy')
        from private.jobs where worker = %s
        """,
        [queue.worker],
    ).fetchone()
    assert row == (True, True, True, True)


def test_backoff_ends_at_an_hour(db: psycopg.Connection) -> None:
    queue = Queue(db, max_attempts=100)
    queue.announce(*(uuid4() for _ in range(50)))
    db.execute("update private.jobs set attempts = 98 where worker = %s", [queue.worker])
    queue.settle("fail_jobs", *queue.claim(), error="busy")
    row = db.execute(
        """
        select max(ready_at) - clock_timestamp() between interval '5 minutes' and interval '1 hour'
        from private.jobs where worker = %s
        """,
        [queue.worker],
    ).fetchone()
    assert row == (True,)


def test_a_job_out_of_attempts_dies_with_its_reason(db: psycopg.Connection) -> None:
    queue = Queue(db, max_attempts=1)
    queue.announce(uuid4())
    (job,) = queue.claim()
    assert queue.settle("fail_jobs", job, error="no such desk") == {
        "held": [job.id],
        "lost": [],
        "dead": [job.id],
    }
    shown = call(db, "show_job", p_job_id=job.id)
    assert (shown["state"], shown["error"]) == ("dead", "no such desk")


# Record functions


def hold(db: psycopg.Connection, *jobs: Claimed) -> None:
    with acting_as(db, "service_role"):
        db.execute("select private.hold_jobs(%s)", [Jsonb([job.lease() for job in jobs])])


def test_holding_a_lost_job_raises_and_names_it(queue: Queue) -> None:
    queue.announce(uuid4(), uuid4())
    kept, lost = queue.claim()
    queue.settle("release_jobs", lost)
    with pytest.raises(psycopg.Error) as caught, queue.db.transaction():
        hold(queue.db, kept, lost)
    diag = caught.value.diag
    assert (caught.value.sqlstate, diag.message_primary) == ("LS001", "lease_lost")
    assert diag.message_detail == f"[{lost.id}]"


def test_held_jobs_are_finished_with_their_effect(queue: Queue) -> None:
    queue.announce(uuid4(), uuid4())
    jobs = queue.claim()
    hold(queue.db, *jobs)
    with acting_as(queue.db, "service_role"):
        ids = [job.id for job in jobs]
        row = queue.db.execute("select private.finish_jobs(%s)", [ids]).fetchone()
    assert row == (2,)
    assert queue.states() == {}


# Promises of the table


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("leased_by = 'somebody'", "jobs_lease_only_while_running"),
        ("lease_until = now()", "jobs_lease_only_while_running"),
        ("lease_until = now(), leased_by = 'x'", "jobs_running_means_attempted"),
        ("attempts = 11", "jobs_attempts_within_limit"),
        ("attempts = -1", "jobs_attempts_within_limit"),
        ("last_error = repeat('x', 2001)", "jobs_error_is_short"),
    ],
)
def test_a_job_is_never_in_two_minds(queue: Queue, change: str, constraint: str) -> None:
    queue.announce(uuid4())
    statement = f"update private.jobs set {change} where worker = %s"
    with pytest.raises(psycopg.errors.CheckViolation) as caught, queue.db.transaction():
        queue.db.execute(statement.encode(), [queue.worker])
    assert caught.value.diag.constraint_name == constraint


def test_an_event_is_one_job_for_a_worker(queue: Queue) -> None:
    queue.announce(uuid4())
    with pytest.raises(psycopg.errors.UniqueViolation), queue.db.transaction():
        queue.db.execute(
            """
            insert into private.jobs (event_id, worker, kind)
            select event_id, worker, kind from private.jobs where worker = %s
            """,
            [queue.worker],
        )


# Speed that does not depend on luck


def test_claims_planned_on_an_empty_table_meet_a_backlog_through_their_indexes(
    queue: Queue,
) -> None:
    queue.finish(*queue.claim())
    queue.announce(*(uuid4() for _ in range(3000)))
    before = work(queue.db)
    queue.finish(*queue.claim(50))
    after = work(queue.db)
    assert after["seq_scan"] == before["seq_scan"]
    # Each job is met a few times (candidate, lane, lease, finish), the backlog never.
    assert after["idx_tup_fetch"] - before["idx_tup_fetch"] < 50 * 8


def test_claim_extension_and_release_leave_every_index_alone(queue: Queue) -> None:
    queue.announce(*(uuid4() for _ in range(20)))
    before = work(queue.db)
    jobs = queue.claim()
    queue.settle("extend_leases", *jobs)
    queue.settle("release_jobs", *jobs)
    after = work(queue.db)
    assert after["n_tup_upd"] - before["n_tup_upd"] == 60
    assert after["n_tup_hot_upd"] - before["n_tup_hot_upd"] >= 40


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_the_queue_is_out_of_reach_for_people(db: psycopg.Connection, role: str) -> None:
    for statement in (
        "select worker.claim_jobs('me', '{}')",
        "select private.hold_jobs('[]')",
        "select * from private.jobs",
        "select * from private.subscriptions",
    ):
        with refused(db, "42501"), acting_as(db, role, uuid4()):
            db.execute(statement.encode())
