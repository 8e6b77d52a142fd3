"""The workers of reports on a plain connection: real handlers and stores, no HTTP."""

import asyncio
from typing import Any, cast
from uuid import UUID

import psycopg

from lib.analytics.monthly_reports import MonthlyReportPolicy
from lib.store.analytics.reports import supabase_report_store
from tests.database.orchestrator.router import claim
from tests.database.performance.alerter import DatabaseRpc
from tests.support.acting import acting_as
from workers.analytics.monthly_reports import monthly_reports
from workers.analytics.reports import reports


def ask(db: psycopg.Connection, period: str, kind: str = "success", language: str = "pl") -> UUID:
    """The server asks for a report of the house."""
    function = f"request_{kind}_report"
    answer = as_server(db, function, period, language)
    return UUID(answer["id"])


def as_server(db: psycopg.Connection, function: str, *values: Any) -> Any:
    """What a public function answers to the server's key."""
    named = psycopg.sql.Identifier(function)
    places = psycopg.sql.SQL(", ").join([psycopg.sql.Placeholder()] * len(values))
    with acting_as(db, "service_role"):
        row = db.execute(
            psycopg.sql.SQL("select public.{}({})").format(named, places), values
        ).fetchone()
    assert row is not None
    return row[0]


def draw(db: psycopg.Connection) -> set[str]:
    """Every report that waits is drawn; answers what became of the jobs."""
    jobs = claim(db, "analytics.reports")
    handle: Any = reports(supabase_report_store(cast("Any", DatabaseRpc(db)))).handle
    return set(asyncio.run(handle(jobs)).values())


def begin_day(db: psycopg.Connection, policy: MonthlyReportPolicy) -> set[str]:
    """A day begins, for the worker of monthly reports."""
    with acting_as(db, "service_role"):
        db.execute("select worker.emit_tick('clock.daily', now())")
    jobs = claim(db, "analytics.monthly_reports")
    store = supabase_report_store(cast("Any", DatabaseRpc(db)))
    handle: Any = monthly_reports(store, policy).handle
    return set(asyncio.run(handle(jobs)).values())
