"""Conversations of a test's own desk, who judges them, and the workers on a plain connection."""

import asyncio
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from lib.events import Job
from lib.quality.audits import AuditPolicy
from lib.quality.standards import QualityPolicy
from lib.store.quality.audits import supabase_audit_store
from lib.store.quality.improvements import supabase_improvement_store
from lib.store.quality.standards import supabase_quality_store
from tests.database.orchestrator.router import call as call_worker
from tests.database.orchestrator.router import claim
from tests.database.performance.alerter import DatabaseRpc
from tests.factories import a_client, a_desk, a_manager, a_staff_member, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call
from workers.quality.audits import audits
from workers.quality.improvements import improvements
from workers.quality.standards import standards

ASKED = "Dzień dobry, czy mogę przełożyć sobotnią wizytę na niedzielę po południu?"
ANSWERED = (
    "Dzień dobry, Pani Zofio, oczywiście: niedziela, godzina 15. Dziękuję za wiadomość."
    " Czy mogę w czymś jeszcze pomóc? Życzę miłego dnia."
)


class Assessed:
    """A desk with an agent, two auditors and a manager, and a client of theirs."""

    def __init__(self, db: psycopg.Connection, tier: str = "vip_gold") -> None:
        self.db = db
        # What other tests left to check is not this house's.
        db.execute("delete from private.jobs where worker like 'quality.%'")
        self.desk_id = a_desk(db)
        self.client = a_client(db, tier, desk_id=self.desk_id)
        self.agent = an_agent(db, desk_id=self.desk_id, capacity_units=100)
        self.colleague = an_agent(db, desk_id=self.desk_id, capacity_units=100)
        self.auditor = a_staff_member(db, "quality_auditor", desk_id=self.desk_id)
        self.manager = a_manager(db, desk_id=self.desk_id)
        self.executive = a_staff_member(db, "executive", desk_id=self.desk_id)

    def second_auditor(self) -> UUID:
        """Somebody else who judges."""
        return a_staff_member(self.db, "quality_auditor", desk_id=self.desk_id)

    def solved(
        self,
        asked: str = ASKED,
        answered: str = ANSWERED,
        agent_id: UUID | None = None,
        **more: Any,
    ) -> UUID:
        """A conversation of today that ended."""
        agent_id = agent_id or self.agent
        details = {"assignee_id": agent_id, "waiting_seconds": 1800} | more
        ticket_id = a_ticket(self.db, self.client, desk_id=self.desk_id, **details)
        for author_id, kind, body, ago in (
            (self.client, "client", asked, 1799),
            (agent_id, "agent", answered, 1785),
        ):
            self.db.execute(
                "insert into public.ticket_messages"
                " (ticket_id, author_id, author_kind, body, created_at)"
                " values (%s, %s, %s, %s, now() - make_interval(secs => %s))",
                [ticket_id, author_id, kind, body, ago],
            )
        self.db.execute(
            "update public.support_tickets set status = 'resolved', resolution = 'Przełożono',"
            " resolved_at = now() - interval '10 minutes' where id = %s",
            [ticket_id],
        )
        return ticket_id

    def checked(self, count: int = 1, **details: Any) -> list[UUID]:
        """Conversations that ended and were checked."""
        ticket_ids = [self.solved(**details) for _ in range(count)]
        run_checks(self.db)
        return ticket_ids

    def audit(self, size: int = 2, **terms: Any) -> UUID:
        """An audit whose sample is drawn."""
        made = call(
            self.db,
            self.manager,
            "request_quality_audit(p_size => %s, p_timeframe => '2d', p_risk_share => %s::numeric)",
            size,
            terms.get("risk_share", 0.4),
        )
        run_audits(self.db)
        return UUID(made["id"])


def run_checks(db: psycopg.Connection) -> list[tuple[Job, str]]:
    """All jobs of quality.standards, also those that would wait for ten seconds."""
    store = supabase_quality_store(cast("Any", DatabaseRpc(db)))
    return _run(db, "quality.standards", standards(store, QualityPolicy()).handle)


def run_audits(db: psycopg.Connection) -> list[tuple[Job, str]]:
    """All jobs of quality.audits."""
    store = supabase_audit_store(cast("Any", DatabaseRpc(db)))
    return _run(db, "quality.audits", audits(store, AuditPolicy()).handle)


def run_improvements(db: psycopg.Connection) -> list[tuple[Job, str]]:
    """All jobs of quality.improvements, also those that would wait for seconds."""
    store = supabase_improvement_store(cast("Any", DatabaseRpc(db)))
    return _run(db, "quality.improvements", improvements(store).handle)


def _run(db: psycopg.Connection, worker: str, handle: Any) -> list[tuple[Job, str]]:
    db.execute("update private.jobs set ready_at = now() where worker = %s", [worker])
    jobs = claim(db, worker)
    results = asyncio.run(handle(jobs)) if jobs else {}
    stale = [{**job.lease(), "seconds": 0} for job in jobs if results[job.id] == "stale"]
    if stale:
        with acting_as(db, "service_role"):
            call_worker(db, "snooze_jobs", {"p_items": stale})
    # A batch is a transaction of its own: what comes next in the test's is not its effect.
    db.execute("select set_config('luxury.causes', '', true)")
    return [(job, results[job.id]) for job in jobs]


def one(db: psycopg.Connection, statement: Any, *values: Any) -> Any:
    """The first column of the only row, as the owner reads it."""
    row = db.execute(statement, values).fetchone()
    assert row is not None
    return row[0]


def answers_to(sheet: dict[str, Any], **answers: str) -> list[dict[str, Any]]:
    """Yes to everything, unless named: {"service_whole_need": "no"}, with a note."""
    given = {name.replace("_", ".", 1): answer for name, answer in answers.items()}
    return [
        {
            "standard": asked["standard"],
            "answer": given.get(asked["standard"], "yes"),
            "note": "Widać w rozmowie",
        }
        for asked in sheet["standards"]
    ]


def judge_all(db: psycopg.Connection, reviewer_id: UUID, **answers: str) -> list[dict[str, Any]]:
    """Everything this person is to judge, answered alike."""
    made = []
    for task in call(db, reviewer_id, "get_quality_tasks()"):
        sheet = call(db, reviewer_id, "get_quality_sample(%s)", task["sample_id"])
        made.append(submit(db, reviewer_id, task["sample_id"], answers_to(sheet, **answers)))
    return made


def submit(
    db: psycopg.Connection, reviewer_id: UUID, sample_id: str, answers: list[dict[str, Any]]
) -> dict[str, Any]:
    """The review as it was taken."""
    review: dict[str, Any] = call(
        db, reviewer_id, "submit_review(%s, %s)", sample_id, Jsonb(answers)
    )
    return review
