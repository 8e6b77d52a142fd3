"""Whatever happens to jobs in whatever order: none is lost, run twice, or run out of turn."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.database.foundation.queue_calls import Claimed, Queue, call

SUBJECTS = [uuid4() for _ in range(3)]
MAX_ATTEMPTS = 4


@dataclass
class Model:
    """What must be true of one job, by the book."""

    subject: str | None
    fence: int = 0
    attempts: int = 0
    is_leased: bool = False
    is_expired: bool = False
    is_delayed: bool = False

    @property
    def is_running(self) -> bool:
        return self.is_leased and not self.is_expired

    def give_back(self, *, burns: bool, delays: bool) -> None:
        self.attempts -= not burns
        self.is_leased = self.is_expired = False
        self.is_delayed = delays


@dataclass
class Book:
    """All jobs of the test, by event; finished ones are crossed out."""

    live: dict[int, Model] = field(default_factory=dict)
    dead: dict[int, Model] = field(default_factory=dict)
    finished: set[int] = field(default_factory=set)

    def in_lane(self, subject: str | None) -> list[int]:
        return sorted(e for e, job in self.live.items() if job.subject == subject)


class JobsMachine(RuleBasedStateMachine):
    """The queue beside its book; subclasses say which queue."""

    db: psycopg.Connection
    collapses = False
    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.db.execute("savepoint example")
        self.queue = Queue(self.db, collapses=self.collapses, max_attempts=MAX_ATTEMPTS)
        self.book = Book()

    def teardown(self) -> None:
        self.db.execute("rollback to savepoint example")

    @initialize()
    def begin(self) -> None:
        self.queue.claim()

    @rule(subjects=st.lists(st.sampled_from([*SUBJECTS, None]), min_size=1, max_size=4))
    def announce(self, subjects: list[UUID | None]) -> None:
        for event, subject in zip(self.queue.announce(*subjects), subjects, strict=True):
            self.book.live[event] = Model(None if subject is None else str(subject))

    @rule(target=leases, limit=st.integers(1, 6), keeps_cursor=st.booleans())
    def claim(self, limit: int, *, keeps_cursor: bool) -> object:
        if not keeps_cursor:
            self.queue.since = None
        jobs = self.queue.claim(limit)
        self._must_be_first_in_line(jobs)
        if len(jobs) < limit:
            self._must_leave_nothing_free(jobs)
        for job in jobs:
            self._absorb(job)
            model = self.book.live[job.event_id]
            model.fence += 1
            model.attempts += 1
            model.is_leased, model.is_expired = True, False
            assert (job.fence, job.attempt) == (model.fence, model.attempts)
        self._bury_spent()
        return multiple(*jobs)

    def _must_be_first_in_line(self, jobs: list[Claimed]) -> None:
        taken: set[int] = set()
        for job in jobs:
            model = self.book.live[job.event_id]
            assert not model.is_running
            assert not model.is_delayed
            for earlier in self._before(job):
                assert earlier in taken or self._is_spent(earlier)
            taken.add(job.event_id)

    def _before(self, job: Claimed) -> list[int]:
        if job.subject_id is None and not self.collapses:
            return []
        lane = [e for e in self.book.in_lane(job.subject_id) if e < job.event_id]
        return [e for e in lane if not self.collapses or self.book.live[e].is_running]

    def _is_spent(self, event: int) -> bool:
        """Out of attempts and free: the claim that meets it buries it."""
        job = self.book.live[event]
        return job.attempts >= MAX_ATTEMPTS and not job.is_running and not job.is_delayed

    def _must_leave_nothing_free(self, jobs: list[Claimed]) -> None:
        taken = {job.event_id for job in jobs}
        lanes = {model.subject for model in self.book.live.values()}
        for subject in lanes:
            for event in self.book.in_lane(subject):
                model = self.book.live[event]
                has_order = subject is not None or self.collapses
                is_absorbed = self.collapses and event != self.book.in_lane(subject)[-1]
                if event in taken or self._is_spent(event):
                    if has_order:
                        break  # the rest of its lane may come with the next claim
                    continue
                if is_absorbed and not model.is_running:
                    continue
                if has_order and (model.is_running or model.is_delayed):
                    break
                assert model.is_running or model.is_delayed, "a free job was passed over"

    def _absorb(self, job: Claimed) -> None:
        if not self.collapses:
            return
        newest = self.book.live[job.event_id]
        for event in self.book.in_lane(job.subject_id):
            older = self.book.live[event]
            if event < job.event_id and not older.is_running:
                newest.attempts = max(newest.attempts, min(older.attempts, MAX_ATTEMPTS - 1))
                del self.book.live[event]

    def _bury_spent(self) -> None:
        rows = self.db.execute(
            "select event_id from private.dead_jobs where worker = %s", [self.queue.worker]
        ).fetchall()
        for (event,) in rows:
            if event in self.book.live:
                assert self._is_spent(event)
                self.book.dead[event] = self.book.live.pop(event)

    def _holds(self, job: Claimed) -> bool:
        model = self.book.live.get(job.event_id)
        return model is not None and model.is_leased and model.fence == job.fence

    @rule(job=consumes(leases))
    def finish(self, job: Claimed) -> None:
        held = self._holds(job)
        assert self.queue.finish(job) == ([] if held else [job.id])
        if held:
            del self.book.live[job.event_id]
            assert job.event_id not in self.book.finished
            self.book.finished.add(job.event_id)

    @rule(job=leases)
    def extend(self, job: Claimed) -> None:
        held = self._holds(job)
        answer = self.queue.settle("extend_leases", job)
        assert answer["held"] == ([job.id] if held else [])
        if held:
            self.book.live[job.event_id].is_expired = False

    @rule(job=leases, how=st.sampled_from(["release_jobs", "snooze_jobs", "fail_jobs"]))
    def give_back(self, job: Claimed, how: str) -> None:
        held = self._holds(job)
        answer = self.queue.settle(how, job, seconds=3600, error="no")
        assert answer["held"] == ([job.id] if held else [])
        if not held:
            return
        model = self.book.live[job.event_id]
        if how == "fail_jobs":
            self.db.execute(
                "update private.jobs set ready_at = ready_at + interval '1 hour' where id = %s",
                [job.id],
            )
            if model.attempts >= MAX_ATTEMPTS:
                assert answer["dead"] == [job.id]
                self.book.dead[job.event_id] = self.book.live.pop(job.event_id)
        model.give_back(burns=how == "fail_jobs", delays=how != "release_jobs")

    @rule(job=leases)
    def fail_for_good(self, job: Claimed) -> None:
        held = self._holds(job)
        answer = self.queue.settle("fail_jobs", job, error="never", is_permanent=True)
        assert answer["dead"] == ([job.id] if held else [])
        if held:
            self.book.dead[job.event_id] = self.book.live.pop(job.event_id)

    @rule()
    def fall_silent(self) -> None:
        self.queue.let_leases_expire()
        for model in self.book.live.values():
            model.is_expired = model.is_leased

    @rule()
    def let_time_pass(self) -> None:
        self.queue.let_delays_pass()
        for model in self.book.live.values():
            model.is_delayed = False

    @invariant()
    def every_event_is_accounted_for(self) -> None:
        states = self.queue.states()
        assert states.pop("dead", 0) == len(self.book.dead)
        assert sum(states.values()) == len(self.book.live)


@pytest.mark.parametrize("collapses", [False, True])
def test_jobs_keep_to_the_book(db: psycopg.Connection, *, collapses: bool) -> None:
    members = {"db": db, "collapses": collapses}
    machine = type("Machine", (JobsMachine,), members)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # each step is a call of the database: no time to shrink
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_drained_queue_has_run_everything_exactly_once(db: psycopg.Connection) -> None:
    queue = Queue(db)
    announced = [event for _ in range(20) for event in queue.announce(*SUBJECTS, None, SUBJECTS[0])]
    run: list[int] = []
    while jobs := queue.claim(7):
        run += [job.event_id for job in jobs]
        queue.finish(*jobs)
    assert sorted(run) == announced
    assert call(db, "list_jobs", p_worker=queue.worker) == []
