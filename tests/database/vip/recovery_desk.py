"""Recovery on a plain connection: doors as people, and the real worker step by step."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString, cast
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from lib.events import Job
from lib.store.vip.recovery import RecoveryStore, supabase_recovery_store
from lib.vip.models.recovery import RecoveryPlan
from lib.vip.recovery import RecoveryPolicy, decide
from tests.database.orchestrator.router import DatabaseRpc, claim
from tests.factories import a_client, a_desk, a_manager, a_staff_member, a_vip_profile
from tests.support.calling import call
from workers.vip.recovery import recovery

POLICY = RecoveryPolicy()
WORKER = "vip.recovery"
MOMENTS = (
    "opened_at",
    "began_at",
    "assigned_at",
    "taken_at",
    "due_at",
    "callback_due_at",
    "called_back_at",
    "resolved_at",
    "closed_at",
)
AGEING: LiteralString = "update public.recovery_cases set " + ", ".join(
    f"{column} = {column} - %(by)s" for column in MOMENTS
)


@dataclass
class Desk:
    """A Platinum client, their people, and a connection to act on."""

    db: psycopg.Connection
    client: UUID
    agent: UUID
    deputy: UUID
    relationship_manager: UUID
    colleague: UUID
    manager: UUID
    boss: UUID

    def as_(self, person: UUID, statement: LiteralString, *values: object) -> Any:
        """The answer of `select public.<statement>` to this person, in a request of their own."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        return call(self.db, person, statement, *values)

    def tell(self, event: str, subject: UUID, **payload: Any) -> None:
        """Something happens elsewhere in the house."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        self.db.execute(
            "insert into public.events (kind, subject_id, payload) values (%s, %s, %s)",
            [event, subject, Jsonb(payload)],
        )

    def survey(self, score: int | None, survey: UUID | None = None, kind: str = "cycle") -> UUID:
        """The client answers a survey."""
        survey = survey or uuid4()
        self.tell(
            "survey.answered", survey, client_id=str(self.client), csat=score, kind=kind, nps=None
        )
        return survey

    def opened(self, score: int = 2) -> UUID:
        """A case for a low score, with an owner."""
        self.survey(score)
        self.run()
        return self.case_ids()[-1]

    def case_ids(self) -> list[UUID]:
        return [
            row[0]
            for row in self.db.execute(
                "select id from public.recovery_cases where client_id = %s order by opened_at",
                [self.client],
            ).fetchall()
        ]

    def read(self, case_id: UUID) -> Any:
        """The case as the manager sees it."""
        return self.as_(self.manager, "get_recovery_case(%s)", case_id)

    def jobs(self) -> list[Job]:
        return claim(self.db, WORKER)

    def run(self) -> list[str]:
        """The worker until nothing is left; the results."""
        results: list[str] = []
        for _ in range(20):
            jobs = self.jobs()
            if not jobs:
                return results
            handle: Any = recovery(a_store(self.db), POLICY).handle
            done: dict[int, str] = asyncio.run(handle(jobs))
            results += [done[job.id] for job in jobs]
        raise AssertionError("the worker answers its own echo")

    def time_passes(self, **by: float) -> None:
        """As if all cases had begun so much earlier, and their timers with them."""
        values = {"by": timedelta(**by)}
        self.db.execute(AGEING, values)
        self.db.execute("update private.timers set due_at = due_at - %(by)s", values)
        self.db.execute(
            "update public.recovery_history set occurred_at = occurred_at - %(by)s", values
        )
        self.fire()

    def fire(self) -> None:
        """Timers that are due become events, of recovery cases alone."""
        self.db.execute(
            "with gone as (delete from private.timers where kind like 'recovery_case.%%'"
            " and due_at <= clock_timestamp() returning *)"
            " insert into public.events (kind, subject_id) select kind, subject_id from gone"
        )

    def told(self, person: UUID) -> list[str]:
        """What this person was told about cases, in order."""
        rows = self.db.execute(
            "select kind from public.notifications where recipient_id = %s"
            " and kind like 'recovery_%%' order by id",
            [person],
        ).fetchall()
        return [kind for (kind,) in rows]

    def presence(self, person: UUID, state: str) -> None:
        self.db.execute("update public.staff_members set state = %s where id = %s", [state, person])

    def resolve(self, case_id: UUID, person: UUID | None = None) -> Any:
        return self.as_(
            person or self.manager,
            "resolve_recovery_case(%s, 'late_answer', 'Przeprosiny i masaż')",
            case_id,
        )

    def history(self, case_id: UUID) -> list[str]:
        return [each["kind"] for each in self.read(case_id)["history"]]


def a_recovery_desk(db: psycopg.Connection, tier: str = "vip_platinum") -> Desk:
    """A desk of its own; nothing else waits for the worker until the rollback."""
    desk = a_desk(db)
    client = a_client(db, tier, desk_id=desk)
    agent, deputy, colleague = (a_staff_member(db, desk_id=desk) for _ in range(3))
    relationship_manager = a_staff_member(db, "relationship_manager", desk_id=desk)
    a_vip_profile(
        db, client, dedicated_agent_id=agent, relationship_manager_id=relationship_manager
    )
    db.execute(
        "update public.vip_client_profiles set deputy_agent_id = %s where client_id = %s",
        [deputy, client],
    )
    manager, boss = a_manager(db, desk_id=desk), a_staff_member(db, "executive", desk_id=desk)
    db.execute("delete from private.jobs where worker = %s", [WORKER])
    db.execute("delete from private.timers")
    return Desk(db, client, agent, deputy, relationship_manager, colleague, manager, boss)


def a_store(db: psycopg.Connection) -> RecoveryStore:
    return supabase_recovery_store(cast("Any", DatabaseRpc(db)))


def plan_for(db: psycopg.Connection, jobs: list[Job]) -> RecoveryPlan:
    """The first half of a batch: what would be written if nothing changed meanwhile."""
    return decide(asyncio.run(a_store(db).recovery_contexts(jobs)), POLICY)


def record(db: psycopg.Connection, jobs: list[Job], plan: RecoveryPlan) -> dict[UUID | None, str]:
    """The second half; the result by subject."""
    results = asyncio.run(a_store(db).record_recovery(jobs, plan))
    return {job.subject_id: results[job.id] for job in jobs}
