"""Surveys of a test's own clients: services that ended, what the worker does, what time brings."""

import asyncio
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from lib.events import Job
from lib.store.success.surveys import supabase_survey_store
from lib.success.surveys import SurveyPolicy
from tests.database.orchestrator.router import call, claim
from tests.database.performance.alerter import DatabaseRpc
from tests.factories import a_client, a_desk, a_manager, a_ticket, an_agent
from tests.support.acting import acting_as
from workers.success.surveys import surveys

WORKER = "success.surveys"
ALWAYS_OPEN = "00000000-0000-4000-8000-0000000000c2"


class Surveyed:
    """A desk with its people and one client who agrees to be asked; everybody is asked at once."""

    def __init__(self, db: psycopg.Connection, tier: str = "vip_gold") -> None:
        self.db = db
        # What other tests left to ask is not this house's.
        db.execute("delete from private.jobs where worker = %s", [WORKER])
        self.desk_id = a_desk(db)
        self.client = a_client(db, tier, desk_id=self.desk_id)
        self.agent = an_agent(db, desk_id=self.desk_id, capacity_units=100)
        self.colleague = an_agent(db, desk_id=self.desk_id, capacity_units=100)
        self.manager = a_manager(db, desk_id=self.desk_id)
        self.agree("in_app")
        rule(db, calendar_id=ALWAYS_OPEN, delay_seconds=60, sample_share=1)

    def agree(self, channel: str) -> None:
        self.db.execute(
            "insert into public.consents (client_id, purpose, channel, wording_version, proof)"
            " values (%s, 'feedback', %s, 'v1', 'formularz')",
            [self.client, channel],
        )

    def ticket(self, **details: Any) -> UUID:
        """A ticket of three days ago."""
        given: dict[str, Any] = {"assignee_id": self.agent, "waiting_seconds": 3 * 86400}
        return a_ticket(self.db, self.client, desk_id=self.desk_id, **given | details)

    def solved(self, seconds_ago: float = 3600, **details: Any) -> UUID:
        """A ticket whose cycle ended some time ago, as somebody with the console would write it."""
        ticket_id = self.ticket(**details)
        resolve(self.db, ticket_id, seconds_ago)
        return ticket_id

    def sent(self, **details: Any) -> dict[str, Any]:
        """The survey of a solved ticket, once the client has it."""
        ticket_id = self.solved(**details)
        run_surveys(self.db)
        deliver(self.db, survey_of(self.db, ticket_id))
        run_surveys(self.db)
        return survey_of(self.db, ticket_id)


def rule(db: psycopg.Connection, kind: str = "cycle", **changes: Any) -> None:
    """Changes the rules of a kind, for every tier."""
    for column, value in changes.items():
        statement: Any = f"update public.survey_rules set {column} = %s where kind = %s"
        db.execute(statement, [value, kind])


def resolve(db: psycopg.Connection, ticket_id: UUID, seconds_ago: float = 3600) -> None:
    db.execute(
        "update public.support_tickets set status = 'resolved',"
        " resolved_at = greatest(opened_at, now() - make_interval(secs => %s)) where id = %s",
        [seconds_ago, ticket_id],
    )


def run_surveys(db: psycopg.Connection) -> list[tuple[Job, str]]:
    """All jobs of the worker in one batch, with their results; stale ones are ready again."""
    jobs = claim(db, WORKER)
    store = supabase_survey_store(cast("Any", DatabaseRpc(db)))
    handle: Any = surveys(store, SurveyPolicy()).handle
    results = asyncio.run(handle(jobs)) if jobs else {}
    stale = [{**job.lease(), "seconds": 0} for job in jobs if results[job.id] == "stale"]
    if stale:
        with acting_as(db, "service_role"):
            call(db, "snooze_jobs", {"p_items": stale})
    # A batch is a transaction of its own: what comes next in the test's is not its effect.
    db.execute("select set_config('luxury.causes', '', true)")
    return [(job, results[job.id]) for job in jobs]


def run_timers(db: psycopg.Connection) -> None:
    """What is due becomes events; then the worker runs."""
    with acting_as(db, "service_role"):
        db.execute("select worker.fire_timers()")
    run_surveys(db)


def deliver(db: psycopg.Connection, survey: dict[str, Any], state: str = "sent") -> None:
    """The message with the link arrives, or goes nowhere, whatever the hour is."""
    is_sent = state == "sent"
    db.execute(
        "update public.outreach set state = %s, due_at = null,"
        " channel = case when %s then 'in_app' end, sent_at = case when %s then now() end,"
        " reason = case when %s then null else 'no_consent' end,"
        " settled_at = case when %s then null else now() end where id = %s",
        [state, is_sent, is_sent, is_sent, is_sent, survey["outreach_id"]],
    )


def survey_of(db: psycopg.Connection, ticket_id: UUID, cycle: int = 1) -> dict[str, Any]:
    """The only survey of that cycle."""
    rows = surveys_where(db, "ticket_id = %s and cycle = %s", ticket_id, cycle)
    assert len(rows) == 1, rows
    return rows[0]


def surveys_where(
    db: psycopg.Connection, condition: LiteralString, *values: Any
) -> list[dict[str, Any]]:
    rows = db.execute(
        "select to_jsonb(survey) from public.surveys survey where "
        + condition
        + " order by created_at, id",
        values,
    )
    return [row for (row,) in rows]


def state_of(db: psycopg.Connection, ticket_id: UUID, cycle: int = 1) -> tuple[str, str | None]:
    survey = survey_of(db, ticket_id, cycle)
    return survey["state"], survey["reason"]


def age(db: psycopg.Connection, survey_id: str, days: float) -> None:
    """The survey was asked and sent so long ago."""
    db.execute(
        "update public.surveys set asked_at = asked_at - %(by)s::interval,"
        " sent_at = sent_at - %(by)s::interval, expires_at = expires_at - %(by)s::interval,"
        " late_until = late_until - %(by)s::interval where id = %(id)s",
        {"by": f"{days} days", "id": survey_id},
    )
    db.execute(
        "update private.timers set due_at = due_at - %s::interval where subject_id = %s",
        [f"{days} days", survey_id],
    )


def a_token(db: psycopg.Connection, survey_id: str) -> str:
    """What the server puts into the link."""
    with acting_as(db, "service_role"):
        row = db.execute("select public.issue_survey_token(%s)", [survey_id]).fetchone()
    assert row is not None
    return cast("str", row[0]["token"])


def as_visitor(db: psycopg.Connection, function: LiteralString, *values: Any) -> Any:
    """What somebody who is not signed in is answered."""
    with acting_as(db, "anon"):
        row = db.execute("select public." + function, values).fetchone()
    assert row is not None
    return row[0]


def answer(db: psycopg.Connection, token: str, key: str | None = None, **answers: Any) -> Any:
    return as_visitor(db, "answer_survey(%s, %s, %s)", token, Jsonb(answers), key)


def events_of(db: psycopg.Connection, survey_id: str) -> list[str]:
    rows = db.execute(
        "select kind from public.events where subject_id = %s order by id", [survey_id]
    )
    return [kind for (kind,) in rows]
