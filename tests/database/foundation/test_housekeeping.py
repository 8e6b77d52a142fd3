"""Housekeeping: what was answered, died or expired long ago goes; everything else stays."""

from typing import LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.database.foundation.queue_calls import Queue, call
from tests.factories import a_client, a_desk, a_ticket
from tests.support.acting import acting_as, refused


def prune(db: psycopg.Connection, keep: str = "30 days", limit: int = 1000) -> dict[str, int]:
    answer: dict[str, int] = call(db, "prune_events", p_keep=keep, p_limit=limit)
    assert answer["pruned"] == sum(n for kind, n in answer.items() if kind != "pruned")
    return answer


def left(db: psycopg.Connection, statement: LiteralString, value: object) -> int:
    row = db.execute(statement, [value]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def ticket(db: psycopg.Connection) -> UUID:
    return a_ticket(db, a_client(db, desk_id=a_desk(db)))


def test_answered_routing_requests_go_and_open_ones_stay(
    db: psycopg.Connection, ticket: UUID
) -> None:
    db.execute(
        """
        insert into public.routing_requests (ticket_id, reason, status, created_at, completed_at)
        select %s, 'capacity_found', case when r.done is null then 'pending' else 'done' end,
            now() - interval '99 days', now() - make_interval(days => r.done)
        from (values (40), (50), (60), (20), (null)) as r (done)
        """,
        [ticket],
    )
    assert prune(db, limit=2)["routing_requests"] == 2
    assert prune(db)["routing_requests"] == 1
    assert (
        left(db, "select count(*) from public.routing_requests where ticket_id = %s", ticket) == 2
    )


@pytest.mark.parametrize(("keep", "gone"), [("7 days", 2), ("90 days", 2), ("120 days", 1)])
def test_dead_jobs_are_kept_for_ninety_days_at_least(
    db: psycopg.Connection, keep: str, gone: int
) -> None:
    queue = Queue(db)
    queue.announce(*(uuid4() for _ in range(4)))
    queue.settle("fail_jobs", *queue.claim(), error="x", is_permanent=True)
    for days, job in zip((10, 89, 91, 121), _dead(db, queue), strict=True):
        db.execute(
            "update private.dead_jobs set died_at = now() - make_interval(days => %s)"
            " where id = %s",
            [days, job],
        )
    assert prune(db, keep)["dead_jobs"] == gone
    assert queue.states() == {"dead": 4 - gone}


def _dead(db: psycopg.Connection, queue: Queue) -> list[int]:
    rows = db.execute(
        "select id from private.dead_jobs where worker = %s order by id", [queue.worker]
    )
    return [job for (job,) in rows]


def test_the_memory_of_repeated_calls_lasts_three_days(db: psycopg.Connection) -> None:
    actor = uuid4()
    db.execute(
        """
        insert into private.idempotency_keys
            (actor_id, key, function_name, request_hash, created_at)
        select %s, d::text, 'open_ticket', '', now() - make_interval(days => d)
        from unnest('{0,2,4,5,6}'::integer[]) as d
        """,
        [actor],
    )
    assert prune(db, limit=2)["idempotency_keys"] == 2
    assert prune(db)["idempotency_keys"] == 1
    assert left(db, "select count(*) from private.idempotency_keys where actor_id = %s", actor) == 2


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_only_the_workers_clean_up(db: psycopg.Connection, role: str) -> None:
    for statement in (
        "select worker.prune_events('90 days', 1)",
        "select private.delete_old_rows('90 days', 1)",
    ):
        with refused(db, "42501"), acting_as(db, role, uuid4()):
            db.execute(statement)
