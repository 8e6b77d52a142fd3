"""The queue as the workers' service role calls it, for workers of the test's own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import choices
from string import ascii_lowercase
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from tests.support.acting import acting_as


class Claimed(NamedTuple):
    """One job as `claim_jobs` lists it."""

    id: int
    fence: int
    attempt: int
    event_id: int
    kind: str
    subject_id: str | None
    payload: dict[str, Any]
    occurred_at: str

    def lease(self, **more: Any) -> dict[str, Any]:
        """What settles the job."""
        return {"job_id": self.id, "fence": self.fence, **more}


def own_name() -> str:
    """A component that no other test has."""
    return "test_" + "".join(choices(ascii_lowercase, k=12))


def call(db: psycopg.Connection, function: str, **params: Any) -> Any:
    """Calls worker.<function> as service_role, the way the REST API does."""
    arguments = SQL(", ").join(SQL("{} => %s").format(Identifier(name)) for name in params)
    statement = SQL("select worker.{}({})").format(Identifier(function), arguments)
    with acting_as(db, "service_role"):
        row = db.execute(statement, [_adapted(value) for value in params.values()]).fetchone()
    assert row is not None
    return row[0]


def _adapted(value: Any) -> Any:
    numbers = isinstance(value, list) and value and isinstance(value[0], int)
    return Jsonb(value) if isinstance(value, dict | list) and not numbers else value


class Queue:
    """One worker that wants one kind of event."""

    def __init__(self, db: psycopg.Connection, **subscription: Any) -> None:
        self.db = db
        component = own_name()
        self.worker, self.kind = f"{component}.working", f"{component}.happened"
        self.since: dict[str, Any] | None = None
        self.subscribe(self.kind, **subscription)

    def subscribe(self, kind: str, **subscription: Any) -> None:
        """Lets the worker want a kind of event."""
        row = {"event_kind": kind, "worker": self.worker, **subscription}
        self.db.execute(
            SQL("insert into private.subscriptions ({}) values ({})").format(
                SQL(", ").join(map(Identifier, row)), SQL(", ").join([SQL("%s")] * len(row))
            ),
            list(row.values()),
        )

    def announce(self, *subject_ids: UUID | None, kind: str | None = None) -> list[int]:
        """One event for each subject, in one statement; their ids."""
        rows = self.db.execute(
            """
            insert into public.events (kind, subject_id)
            select %s, s.subject_id from unnest(%s::uuid[]) with ordinality as s (subject_id, n)
            order by s.n
            returning id
            """,
            [kind or self.kind, list(subject_ids)],
        ).fetchall()
        return [event_id for (event_id,) in rows]

    def claim(
        self, limit: int = 100, *, finished: Sequence[Claimed] = (), replica: str = "here"
    ) -> list[Claimed]:
        """Claims as the runtime does, with the cursor of the claim before."""
        answer = call(
            self.db,
            "claim_jobs",
            p_replica=replica,
            p_wants={self.worker: limit},
            p_finished=[job.lease() for job in finished],
            p_since=self.since,
        )
        self.since = answer["since"]
        return [Claimed(*job) for job in answer["jobs"].get(self.worker, [])]

    def finish(self, *jobs: Claimed) -> list[int]:
        """Finishes jobs without a claim; the ids of those that were lost."""
        leases = [job.lease() for job in jobs]
        lost: list[int] = call(
            self.db, "claim_jobs", p_replica="here", p_wants={}, p_finished=leases
        )["lost"]
        return lost

    def settle(self, function: str, *jobs: Claimed, **more: Any) -> Any:
        """Calls extend_leases, release_jobs, snooze_jobs or fail_jobs."""
        return call(self.db, function, p_items=[job.lease(**more) for job in jobs])

    def stats(self) -> dict[str, float]:
        """The worker's own numbers."""
        mine: dict[str, float] = call(self.db, "queue_stats")["workers"][self.worker]
        return mine

    def states(self) -> dict[str, int]:
        """How many jobs are in which state, without the empty ones."""
        return {k: int(n) for k, n in self.stats().items() if n and k != "oldest_ready_seconds"}

    def let_leases_expire(self) -> None:
        """As if the replica had been silent for the length of its lease."""
        self.db.execute(
            """
            update private.jobs set lease_until = clock_timestamp() - interval '1 second'
            where worker = %s and lease_until is not null
            """,
            [self.worker],
        )

    def let_delays_pass(self) -> None:
        """As if the time of the next attempt had come."""
        self.db.execute(
            """
            update private.jobs set ready_at = clock_timestamp()
            where worker = %s and ready_at > clock_timestamp()
            """,
            [self.worker],
        )

    def forget(self) -> None:
        """Removes what a test has committed."""
        for table in ("jobs", "dead_jobs", "subscriptions"):
            self.db.execute(
                SQL("delete from private.{} where worker = %s").format(Identifier(table)),
                [self.worker],
            )
        self.db.execute("delete from public.events where kind = %s", [self.kind])
        self.db.commit()


@contextmanager
def shared_queue(database_url: str, **subscription: Any) -> Iterator[tuple[Queue, Queue]]:
    """The same worker on two connections whose work is committed; removed at the end."""
    patience = "-c statement_timeout=20s"
    with (
        psycopg.connect(database_url, options=patience) as one,
        psycopg.connect(database_url, options=patience) as other,
    ):
        queue = Queue(one, **subscription)
        one.commit()
        same = Queue.__new__(Queue)
        same.db, same.worker, same.kind, same.since = other, queue.worker, queue.kind, None
        try:
            yield queue, same
        finally:
            other.rollback()
            one.rollback()
            queue.forget()
