"""A desk whose answers are judged by the gate on chosen days, its goals, and the goals' worker."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any, LiteralString, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.types.json import Jsonb

from lib.events import Job, JobResult
from lib.store.success.goals import supabase_goal_store
from lib.success.goals import GoalPolicy
from tests.database.orchestrator.router import claim
from tests.database.performance.alerter import DatabaseRpc
from tests.factories import a_client, a_desk, a_manager, a_staff_member, a_ticket, an_agent
from tests.support.acting import acting_as
from tests.support.calling import call
from workers.success.goals import goals

WARSAW = ZoneInfo("Europe/Warsaw")
WORKER = "success.goals"
DAY = timedelta(days=1)
ANSWERS: LiteralString = """
with said as (
    insert into public.ticket_messages (ticket_id, author_id, author_kind, body)
    select %(ticket)s, %(agent)s, 'agent', 'Zapraszamy.' from generate_series(1, %(count)s)
    returning id
)
insert into public.brand_checks (
    message_id, ticket_id, agent_id, channel, tier, language, score, verdict, parts, findings,
    guidelines_version, checked_at
)
select id, %(ticket)s, %(agent)s, 'chat', 'vip_gold', 'pl', %(score)s,
    case when %(score)s >= 90 then 'pass' else 'warn' end, '[]', '[]', 1, %(at)s
from said
"""


class Achievers:
    """A desk with a manager, an agent and a VIP client with one ticket; an executive elsewhere."""

    def __init__(self, db: psycopg.Connection) -> None:
        self.db = db
        # What other tests left to judge is not this house's.
        db.execute("delete from private.jobs where worker = %s", [WORKER])
        db.execute("delete from public.success_goals")
        self.desk_id = a_desk(db)
        self.manager = a_manager(db, desk_id=self.desk_id)
        self.agent = an_agent(db, desk_id=self.desk_id)
        self.executive = a_staff_member(db, "executive", desk_id=a_desk(db))
        self.client = a_client(db, "vip_gold", desk_id=self.desk_id)
        self.ticket = a_ticket(db, self.client, desk_id=self.desk_id)
        self.today: date = datetime.now(WARSAW).date()

    def answer(self, days_ago: int, passed: int, warned: int = 0) -> None:
        """So many answers at noon of that day that passed the gate (98), or did not (70)."""
        noon = datetime.combine(self.today - DAY * days_ago, datetime.min.time(), WARSAW)
        for count, score in ((passed, 98), (warned, 70)):
            terms = {"ticket": self.ticket, "agent": self.agent, "count": count, "score": score}
            at = min(noon + timedelta(hours=12), datetime.now(WARSAW))
            self.db.execute(ANSWERS, {**terms, "at": at})

    def set(self, person_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
        """A goal of the desk's brand consistency: from 80 to 95 within forty days."""
        terms = {
            "title": "Styl bez zarzutu",
            "kpi": "brand_consistency",
            "baseline": 80,
            "target": 95,
            "starts_on": str(self.today - 40 * DAY),
            "due_on": str(self.today + 20 * DAY),
        }
        goal = {key: value for key, value in (terms | changes).items() if value is not None}
        answer: dict[str, Any] = call(
            self.db, person_id or self.manager, "set_success_goal(%s)", Jsonb(goal)
        )
        return answer

    def set_own(self, **changes: Any) -> dict[str, Any]:
        """A goal that its owner, the agent, tells of."""
        own = {"kpi": None, "measure": "Przeszkoleni", "unit": "osoby", "owner_id": self.agent}
        return self.set(**{key: str(v) if v else v for key, v in own.items()} | changes)

    def goal(self, goal_id: str) -> dict[str, Any]:
        row = self.db.execute(
            "select to_jsonb(goal) from public.success_goals goal where id = %s", [goal_id]
        ).fetchone()
        assert row is not None
        return cast("dict[str, Any]", row[0])

    def history(self, goal_id: str) -> list[Any]:
        """Kind and state of each step, in order."""
        return self.db.execute(
            "select kind, state from public.success_goal_updates where goal_id = %s order by id",
            [goal_id],
        ).fetchall()

    def told(self, person_id: UUID) -> list[str]:
        """What somebody was told, in order."""
        rows = self.db.execute(
            "select kind from public.notifications where recipient_id = %s order by id",
            [person_id],
        )
        return [kind for (kind,) in rows]


def claim_goals(db: psycopg.Connection) -> list[Job]:
    """Leases what the worker would do, now: it lets others go first by seconds."""
    db.execute("update private.jobs set ready_at = now() where worker = %s", [WORKER])
    return claim(db, WORKER)


def judge_goals(db: psycopg.Connection, jobs: list[Job]) -> list[JobResult]:
    handle: Any = goals(supabase_goal_store(cast("Any", DatabaseRpc(db))), GoalPolicy()).handle
    return list(asyncio.run(handle(jobs)).values())


def pass_day(db: psycopg.Connection) -> list[JobResult]:
    """The clock strikes midnight, and all jobs of the worker are done."""
    with acting_as(db, "service_role"):
        db.execute(
            "select worker.emit_tick('clock.daily', now() + make_interval(days => ("
            "select count(*) from private.ticks)::integer))"
        )
    return judge_goals(db, claim_goals(db))
