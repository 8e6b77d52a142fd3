"""A desk with workflows, and the worker from claim to write, on a plain connection."""

import asyncio
from collections.abc import Mapping
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from lib.events import Job
from lib.orchestrator.models.workflows import WorkflowPlan
from lib.orchestrator.workflows import WorkflowPolicy, plan_workflows
from lib.store.orchestrator.workflows import WorkflowStore, supabase_workflow_store
from tests.database.orchestrator.router import DatabaseRpc, claim
from tests.factories import (
    a_client,
    a_desk,
    a_manager,
    a_ticket,
    a_vip_profile,
    an_admin,
    an_agent,
)
from tests.support.acting import acting_as
from tests.support.calling import call
from workers.orchestrator.workflows import workflows

POLICY = WorkflowPolicy()
WORKER = "orchestrator.workflows"
ALWAYS: dict[str, Any] = {"all": []}
SAVE: LiteralString = (
    "save_workflow(p_title => %s, p_event_kind => %s, p_conditions => %s, p_actions => %s,"
    " p_desk_id => %s, p_is_active => true, p_rank => %s)"
)


OF_PEOPLE: dict[str, Any] = {"field": "message.is_internal", "op": "eq", "value": False}


def is_field(field: str, value: Any, op: str = "eq") -> dict[str, Any]:
    """A comparison."""
    return {"field": field, "op": op, "value": value}


class Desk:
    """A Platinum client with a team, a ticket of theirs, and no workflow but the test's own."""

    def __init__(self, db: psycopg.Connection, *, with_house_workflows: bool = False) -> None:
        self.db = db
        if not with_house_workflows:
            db.execute("delete from public.workflows")
        db.execute("delete from private.jobs")
        self.desk_id = a_desk(db)
        self.client = a_client(db, "vip_platinum", desk_id=self.desk_id, name="Zofia Wrońska")
        self.agent = an_agent(db, desk_id=self.desk_id)
        self.dedicated = an_agent(db, desk_id=self.desk_id)
        self.colleague = an_agent(db, desk_id=self.desk_id)
        self.manager = a_manager(db, desk_id=self.desk_id)
        self.admin = an_admin(db)
        a_vip_profile(
            db,
            self.client,
            dedicated_agent_id=self.dedicated,
            relationship_manager_id=self.colleague,
        )
        self.ticket = a_ticket(db, self.client, desk_id=self.desk_id, subject="Zgubiony kolczyk")
        db.execute("delete from private.jobs")

    def save(
        self,
        event_kind: str,
        *actions: dict[str, Any],
        conditions: dict[str, Any] | None = None,
        title: str = "Reguła",
        rank: int = 50,
    ) -> UUID:
        """An active workflow of the desk, saved by its manager; its id."""
        saved = call(
            self.db,
            self.manager,
            SAVE,
            title,
            event_kind,
            Jsonb(ALWAYS if conditions is None else conditions),
            Jsonb(list(actions)),
            self.desk_id,
            rank,
        )
        return UUID(saved["id"])

    def says(self, body: str) -> None:
        """The client writes, of their own accord: it is caused by nothing before."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        with acting_as(self.db, "authenticated", self.client):
            self.db.execute("select public.reply_to_ticket(%s, %s)", [self.ticket, body])

    def ticket_now(self) -> dict[str, Any]:
        with self.db.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(
                "select * from public.support_tickets where id = %s", [self.ticket]
            ).fetchone()
        assert row is not None
        return row

    def notes(self) -> list[str]:
        rows = self.db.execute(
            "select body from public.ticket_messages"
            " where ticket_id = %s and is_internal order by created_at",
            [self.ticket],
        )
        return [body for (body,) in rows]

    def told(self, kind: str = "workflow_alert") -> set[UUID]:
        """Who has been told by a workflow."""
        rows = self.db.execute(
            "select recipient_id from public.notifications where kind = %s"
            " and (ticket_id = %s or details ->> 'client_id' = %s)",
            [kind, self.ticket, str(self.client)],
        )
        return {person for (person,) in rows}

    def runs(self, workflow: UUID | None = None) -> list[tuple[str, str]]:
        """Status and reason of each run, in order."""
        return self.db.execute(
            "select status, reason from public.workflow_runs"
            " where desk_id = %s and (%s::uuid is null or workflow_id = %s) order by id",
            [self.desk_id, workflow, workflow],
        ).fetchall()


class EventRpc(DatabaseRpc):
    """Also sends lists of numbers, which are ids of events."""

    def __init__(self, db: psycopg.Connection) -> None:
        super().__init__(db)
        self._events = db

    async def call(self, function: str, params: Mapping[str, Any]) -> Any:
        if function != "workflow_contexts":
            return await super().call(function, params)
        with acting_as(self._events, "service_role"):
            row = self._events.execute(
                "select worker.workflow_contexts(%s::bigint[])", [list(params["p_event_ids"])]
            ).fetchone()
        assert row is not None
        return row[0]


def a_store(db: psycopg.Connection) -> WorkflowStore:
    return supabase_workflow_store(cast("Any", EventRpc(db)))


def run_workflows(db: psycopg.Connection) -> list[str]:
    """One batch from claim to write; the results in the order of events."""
    jobs = claim(db, WORKER)
    if not jobs:
        return []
    results = asyncio.run(workflows(a_store(db), POLICY).handle(jobs))
    return [results[job.id] for job in jobs]


def settle(db: psycopg.Connection, *, most: int = 20) -> int:
    """Batches until nothing is left to do; how many it took."""
    for count in range(most):
        if not run_workflows(db):
            return count
    raise AssertionError("the workflows never come to rest")


def plan(db: psycopg.Connection, jobs: list[Job]) -> WorkflowPlan:
    """The first half of a batch: what would be written if nothing changed meanwhile."""
    contexts = asyncio.run(a_store(db).workflow_contexts([job.event_id for job in jobs]))
    return plan_workflows(contexts, POLICY)


def record(db: psycopg.Connection, jobs: list[Job], made: WorkflowPlan) -> list[str]:
    """The second half."""
    results = asyncio.run(a_store(db).record_workflows(jobs, made))
    return [results[job.id] for job in jobs]
