"""Wellness and recommendations on a plain connection: people at the doors, the real workers."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg

from lib.events import Job
from lib.store.vip.recommendations import supabase_recommendation_store
from lib.store.vip.wellness import WellnessStore, supabase_wellness_store
from lib.vip.models.wellness import WellnessPlan
from lib.vip.recommendations import RecommendationPolicy
from lib.vip.wellness import WellnessPolicy, judge
from tests.database.orchestrator.router import DatabaseRpc, call, claim
from tests.factories import a_client, a_manager, a_ticket, a_vip_profile, an_agent
from tests.factories_house import a_visit
from tests.support.acting import acting_as
from workers.vip.recommendations import recommendations
from workers.vip.wellness import wellness

WELLNESS = "vip.wellness"
RECOMMENDATIONS = "vip.recommendations"


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


@dataclass
class Care:
    """A Platinum client, who looks after them, and a connection to act on."""

    db: psycopg.Connection
    client: UUID
    agent: UUID
    manager: UUID

    def as_(self, person: UUID, statement: str, *values: object) -> Any:
        """The answer of `select public.<statement>` to this person, in a request of their own."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        with acting_as(self.db, "authenticated", person):
            row = self.db.execute(f"select public.{statement}".encode(), values).fetchone()
        assert row is not None
        return row[0]

    def one(self, statement: str, *values: object) -> Any:
        """The first column of the first row, as the owner sees it."""
        row = self.db.execute(statement.encode(), values).fetchone()
        assert row is not None
        return row[0]

    def jobs(self, worker: str) -> list[Job]:
        """Fires what is due, also what a round spread over the next seconds, and leases all."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        self.db.execute(
            "update private.timers set due_at = now() where kind = 'wellness.requested'"
        )
        with acting_as(self.db, "service_role"):
            call(self.db, "fire_timers", {"p_limit": 1000})
        return claim(self.db, worker)

    def run(self, worker: str = WELLNESS) -> list[str]:
        """The worker until nothing is left; the results."""
        rpc = cast("Any", DatabaseRpc(self.db))
        handle: Any = (
            wellness(supabase_wellness_store(rpc), WellnessPolicy()).handle
            if worker == WELLNESS
            else recommendations(supabase_recommendation_store(rpc), RecommendationPolicy()).handle
        )
        results: list[str] = []
        for _ in range(10):
            jobs = self.jobs(worker)
            if not jobs:
                return results
            done = asyncio.run(handle(jobs))
            results += [done[job.id] for job in jobs]
        raise AssertionError("the worker answers its own echo")

    def request(self) -> None:
        """As if the daily round had come to the client."""
        self.db.execute("select private.request_wellness(array[%s::uuid])", [self.client])

    def reports(self) -> list[tuple[int, str, bool]]:
        """Score, risk and whether it was a fall, of each report in order."""
        return self.db.execute(
            "select score, risk_status, is_fall from public.vip_wellness_reports"
            " where client_id = %s order by id",
            [self.client],
        ).fetchall()

    def tasks(self, kind: str) -> int:
        """Open tasks about the client."""
        return int(
            self.one(
                "select count(*) from public.outreach_tasks"
                " where client_id = %s and kind = %s and state = 'open'",
                self.client,
                kind,
            )
        )

    def reads(self) -> list[tuple[UUID | None, str, str]]:
        """Who looked at the client's file."""
        return self.db.execute(
            "select reader_id, subject, purpose from public.vip_profile_reads"
            " where client_id = %s order by id",
            [self.client],
        ).fetchall()

    def make_sad(self) -> None:
        """Away for long, two visits missed, three complaints: 39 points."""
        for days in (258, 272, 286, 300):
            a_visit(self.db, self.client, starts_at=ago(days))
        for days in (30, 40):
            a_visit(self.db, self.client, starts_at=ago(days), status="missed")
        for _ in range(3):
            a_ticket(self.db, self.client, category="complaint")

    def make_amends(self) -> None:
        """The complaints are forgotten, and the client comes again and again."""
        self.db.execute("delete from public.support_tickets where client_id = %s", [self.client])
        for days in (1, 8, 15, 22, 29, 36):
            a_visit(self.db, self.client, starts_at=ago(days))


def a_cared_for_client(db: psycopg.Connection) -> Care:
    """Everybody is there; no jobs but the test's own."""
    client, agent = a_client(db, "vip_platinum"), an_agent(db)
    a_vip_profile(db, client, dedicated_agent_id=agent)
    db.execute("delete from private.jobs where worker = any(%s)", [[WELLNESS, RECOMMENDATIONS]])
    db.execute(
        "delete from private.timers where kind = 'wellness.requested' and subject_id <> %s",
        [client],
    )
    return Care(db, client, agent, a_manager(db))


def a_store(db: psycopg.Connection) -> WellnessStore:
    return supabase_wellness_store(cast("Any", DatabaseRpc(db)))


def judged(db: psycopg.Connection, jobs: list[Job]) -> WellnessPlan:
    """The first half of a batch: what would be written if nothing changed meanwhile."""
    ids = [job.subject_id for job in jobs if job.subject_id]
    return judge(asyncio.run(a_store(db).wellness_contexts(ids)), WellnessPolicy())


def record(db: psycopg.Connection, jobs: list[Job], plan: WellnessPlan) -> list[str]:
    """The second half."""
    return list(asyncio.run(a_store(db).record_wellness(jobs, plan)).values())
