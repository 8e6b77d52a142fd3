"""The workers of alerts and webhooks on a plain connection: real handlers and stores, no HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, cast
from uuid import UUID

import orjson
import psycopg
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from lib.events import Job
from lib.performance.alerts import AlertPolicy
from lib.performance.webhooks import WebhookPolicy
from lib.store.performance.alerts import supabase_alert_store
from lib.store.performance.webhooks import supabase_webhook_store
from tests.database.orchestrator.router import claim
from tests.support.acting import acting_as
from workers.performance.alerts import alerts
from workers.performance.webhooks import Send, webhooks


class DatabaseRpc:
    """Calls functions of schema `worker` as PostgREST would: by name, as service_role."""

    def __init__(self, db: psycopg.Connection) -> None:
        self._db = db

    async def call(self, function: str, params: Mapping[str, Any]) -> Any:
        names = [SQL("{} => %s").format(Identifier(name)) for name in params]
        call = SQL("select worker.{}({})").format(Identifier(function), SQL(", ").join(names))
        with acting_as(self._db, "service_role"):
            row = self._db.execute(
                call, [_value(name, value) for name, value in params.items()]
            ).fetchone()
        assert row is not None
        return row[0]


def _value(name: str, value: Any) -> Any:
    if name.endswith("_ids") or isinstance(value, str | int):
        return value
    return Jsonb(value, dumps=orjson.dumps)


def an_alert_rule(
    db: psycopg.Connection, metric: str = "queue_wait", desk_id: UUID | None = None, **changes: Any
) -> UUID:
    """A rule of that desk, written as the owner; every other rule is switched off."""
    columns = {
        "name": "Rule",
        "metric": metric,
        "desk_id": desk_id,
        "direction": "above",
        "raise_threshold": 60,
        "clear_threshold": 45,
        "severity": "high",
        "action": "notify_managers",
    } | changes
    db.execute("update public.alert_rules set is_active = false where is_active")
    row = db.execute(
        SQL("insert into public.alert_rules ({}) values ({}) returning id").format(
            SQL(", ").join(map(Identifier, columns)), SQL(", ").join([SQL("%s")] * len(columns))
        ),
        [Jsonb(value) if isinstance(value, list) else value for value in columns.values()],
    ).fetchone()
    assert row is not None
    return cast("UUID", row[0])


def tick(db: psycopg.Connection) -> None:
    """A minute passes."""
    with acting_as(db, "service_role"):
        db.execute(
            "select worker.emit_tick('clock.minutely', now() + make_interval(mins => ("
            "select count(*) from private.ticks)::integer))"
        )


def run_alerts(db: psycopg.Connection) -> list[Job]:
    """All jobs of the worker, in one batch; answers them."""
    jobs = claim(db, "performance.alerts")
    handle: Any = alerts(supabase_alert_store(cast("Any", DatabaseRpc(db))), AlertPolicy()).handle
    if jobs:
        results = asyncio.run(handle(jobs))
        assert set(results.values()) == {"recorded"}
    return jobs


def judge_now(db: psycopg.Connection) -> None:
    """A minute passes and the worker does what it does."""
    tick(db)
    assert run_alerts(db)


def run_webhooks(
    db: psycopg.Connection, send: Send, policy: WebhookPolicy | None = None
) -> dict[UUID | None, str]:
    """All jobs of the sender, in one batch; the result by delivery."""
    jobs = claim(db, "performance.webhooks")
    store = supabase_webhook_store(cast("Any", DatabaseRpc(db)))
    handle: Any = webhooks(store, send, policy or WebhookPolicy()).handle
    results = asyncio.run(handle(jobs)) if jobs else {}
    return {job.subject_id: results[job.id] for job in jobs}


def the_alert(db: psycopg.Connection, rule_id: UUID) -> dict[str, Any]:
    """The newest alert of the rule."""
    row = db.execute(
        "select to_jsonb(alert) from public.alerts alert where rule_id = %s"
        " order by opened_at desc, (state <> 'cleared') desc limit 1",
        [rule_id],
    ).fetchone()
    assert row is not None, "no alert was raised"
    return cast("dict[str, Any]", row[0])


def count_alerts(db: psycopg.Connection, rule_id: UUID) -> int:
    return cast("int", value(db, "select count(*) from public.alerts where rule_id = %s", rule_id))


def value(db: psycopg.Connection, statement: LiteralString, *values: Any) -> Any:
    row = db.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def notices(db: psycopg.Connection, person: UUID) -> list[str]:
    """Kinds of the notices of alerts that somebody got, in order."""
    rows = db.execute(
        "select kind from public.notifications where recipient_id = %s"
        " and (kind like 'alert_%%' or kind like 'webhook_%%') order by id",
        [person],
    )
    return [kind for (kind,) in rows]


def let_pass(db: psycopg.Connection, seconds: float, alert_id: str | None = None) -> None:
    """Makes the past of all alerts longer: the clock of the database is not ours to move."""
    db.execute(
        "update public.alerts set opened_at = opened_at - make_interval(secs => %(s)s),"
        " stepped_at = stepped_at - make_interval(secs => %(s)s),"
        " acknowledged_at = acknowledged_at - make_interval(secs => %(s)s),"
        " silenced_until = silenced_until - make_interval(secs => %(s)s),"
        " cleared_at = cleared_at - make_interval(secs => %(s)s)",
        {"s": seconds},
    )
    db.execute(
        "update private.alert_watches set began_at = began_at - make_interval(secs => %s)",
        [seconds],
    )


def events_of(db: psycopg.Connection, subject_id: Any) -> Sequence[str]:
    rows = db.execute(
        "select kind from public.events where subject_id = %s order by id", [subject_id]
    )
    return [kind for (kind,) in rows]
