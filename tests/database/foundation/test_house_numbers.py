"""The numbers that processes show to Prometheus are those of the queue and of health."""

import asyncio
from typing import Any, cast

import psycopg

from lib.store.jobs import supabase_job_store
from tests.database.performance.alerter import DatabaseRpc, value
from tests.support.acting import acting_as
from workers.runtime.metrics.house import house_families


def test_processes_show_the_queue_and_the_health_of_the_house(db: psycopg.Connection) -> None:
    db.execute("update public.cache_lifetimes set seconds = 0")
    # Ages go on between the two reads.
    db.execute("delete from private.jobs")
    db.execute("delete from private.timers")
    db.execute("delete from private.worker_heartbeats")
    db.execute(
        "insert into private.dead_jobs (id, event_id, worker, kind, payload, depth, occurred_at,"
        " collapses, fence, attempts, max_attempts, reason) values (-1, -1, 'orchestrator.routing',"
        " 'ticket.opened', '{}', 0, now(), false, 1, 1, 1, 'Anna Nowak')"
    )
    store = supabase_job_store(cast("Any", DatabaseRpc(db)))
    numbers = asyncio.run(store.house_numbers())
    with acting_as(db, "service_role"):
        stats = value(db, "select worker.queue_stats()")
        health = value(db, "select public.get_system_health()")
    told = {
        (sample.name, *sample.labels.values()): sample.value
        for family in house_families(numbers)
        for sample in family.samples
    }
    for worker, counts in stats["workers"].items():
        assert told["luxury_queue_dead_jobs", worker] == counts["dead"]
        for state in ("pending", "delayed", "running", "expired"):
            assert told["luxury_queue_jobs", worker, state] == counts[state], (worker, state)
    assert told["luxury_queue_dead_jobs", "orchestrator.routing"] >= 1
    assert told["luxury_health_score",] == health["score"]
    for part in health["components"]:
        assert told.get(("luxury_health_part_score", part["name"])) == part["score"], part
    assert told["luxury_timers_set",] == stats["timers"]["set"]
    assert "Anna" not in str(numbers)
