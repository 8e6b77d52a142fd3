"""White-glove services on a plain connection: doors as people, and the real worker step by step."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg

from lib.events import Job
from lib.store.vip.white_glove import WhiteGloveStore, supabase_white_glove_store
from lib.vip.models.white_glove import WhiteGlovePlan
from lib.vip.white_glove import WhiteGlovePolicy, advance
from tests.database.orchestrator.router import DatabaseRpc, call, claim
from tests.factories import DEFAULT_DESK, a_client, a_manager, a_staff_member, a_vip_profile
from tests.support.acting import acting_as
from workers.vip.white_glove import white_glove

POLICY = WhiteGlovePolicy()
WORKER = "vip.white_glove"


@dataclass
class Desk:
    """A Platinum client, their people, and a connection to act on."""

    db: psycopg.Connection
    client: UUID
    agent: UUID
    deputy: UUID
    relationship_manager: UUID
    concierge: UUID
    manager: UUID
    partners: list[UUID] = field(default_factory=list)

    def as_(self, person: UUID, statement: str, *values: object) -> Any:
        """The answer of `select public.<statement>` to this person, in a request of their own."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        with acting_as(self.db, "authenticated", person):
            row = self.db.execute(f"select public.{statement}".encode(), values).fetchone()
        assert row is not None
        return row[0]

    def ask(self, service_type: str, hours: float | None = None, **options: Any) -> UUID:
        """The client asks for a service, so many hours from now; its id."""
        at = hours and datetime.now(UTC) + timedelta(hours=hours)
        client = options.get("client", self.client)
        answer = self.as_(
            client, "activate_white_glove_service(%s, %s, %s)", client, service_type, at
        )
        return UUID(answer["id"])

    def begin(self, service_type: str, hours: float | None = None, **options: Any) -> UUID:
        """As `ask`, and the house has looked at it."""
        service_id = self.ask(service_type, hours, **options)
        self.run()
        return service_id

    def read(self, service_id: UUID) -> Any:
        """The service as the manager sees it."""
        return self.as_(self.manager, "get_white_glove_service(%s)", service_id)

    def status(self, service_id: UUID) -> str:
        return str(self.read(service_id)["status"])

    def step(self, service_id: UUID, key: str) -> Any:
        return next(s for s in self.read(service_id)["steps"] if s["step_key"] == key)

    def states(self, service_id: UUID) -> dict[str, str]:
        return {s["step_key"]: s["state"] for s in self.read(service_id)["steps"]}

    def complete(self, service_id: UUID, *keys: str) -> None:
        """The agent does these tasks, and the house looks at it after each."""
        for key in keys:
            step_id = self.step(service_id, key)["id"]
            self.as_(self.agent, "complete_white_glove_step(%s)", step_id)
            self.run()

    def accept(self, service_id: UUID) -> UUID:
        """The partner who is asked says yes, taken down by the agent; who it was."""
        return self._answer(service_id, "true")

    def decline(self, service_id: UUID) -> UUID:
        """The partner who is asked, or had agreed, says no; who it was."""
        return self._answer(service_id, "false")

    def _answer(self, service_id: UUID, said: str) -> UUID:
        request = next(
            r
            for r in reversed(self.read(service_id)["partner_requests"])
            if r["state"] in ("asked", "accepted")
        )
        self.as_(self.agent, "answer_partner_request(%s, %s)", request["id"], said)
        self.run()
        return UUID(request["partner_id"])

    def confirm(self, service_id: UUID) -> None:
        self.as_(self.client, "confirm_white_glove_service(%s)", service_id)
        self.run()

    def told(self, person: UUID, kind: str) -> int:
        """How often this person was told of this."""
        row = self.db.execute(
            "select count(*) from public.notifications where recipient_id = %s and kind = %s",
            [person, kind],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def history(self, service_id: UUID) -> list[tuple[str | None, str, str | None]]:
        """Every change of state, in order: of which step (or None), to which, and why."""
        return self.db.execute(
            "select step.step_key, change.to_state, change.reason"
            " from public.white_glove_history change"
            " left join public.white_glove_steps step on step.id = change.step_id"
            " where change.service_id = %s and change.request_id is null order by change.id",
            [service_id],
        ).fetchall()

    def undone(self, service_id: UUID) -> list[str]:
        """The steps that were undone, in that order."""
        return [str(key) for key, state, _ in self.history(service_id) if state == "compensated"]

    def jobs(self) -> list[Job]:
        """Fires what is due and leases all there is to do."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        with acting_as(self.db, "service_role"):
            call(self.db, "fire_timers", {"p_limit": 1000})
        return claim(self.db, WORKER)

    def run(self) -> list[str]:
        """The worker until nothing is left; the results."""
        results: list[str] = []
        for _ in range(20):
            jobs = self.jobs()
            if not jobs:
                return results
            handle: Any = white_glove(a_store(self.db), POLICY).handle
            done = asyncio.run(handle(jobs))
            results += [done[job.id] for job in jobs]
        raise AssertionError("the worker answers its own echo")

    def time_passes(self, **by: float) -> None:
        """As if all of these services had happened so much earlier."""
        for statement in AGEING:
            self.db.execute(statement.encode(), {"by": timedelta(**by), "desk": DEFAULT_DESK})
        self.run()


AGEING = (
    "update private.timers set due_at = due_at - %(by)s where kind = 'service.deadline_reached'",
    "update public.white_glove_steps step set due_at = due_at - %(by)s"
    " from public.white_glove_services service where service.id = step.service_id"
    " and service.created_at = now()",
    "update public.partner_requests set asked_at = asked_at - %(by)s,"
    " expires_at = expires_at - %(by)s where service_id in"
    " (select id from public.white_glove_services where created_at = now())",
)


def a_desk_at_work(db: psycopg.Connection, tier: str = "vip_platinum") -> Desk:
    """Everybody is there; no jobs but the test's own."""
    db.execute("delete from private.jobs where worker = %s", [WORKER])
    client = a_client(db, tier, name="Zofia Wrońska")
    agent, deputy = a_staff_member(db), a_staff_member(db)
    boss = a_staff_member(db, "relationship_manager")
    a_vip_profile(db, client, dedicated_agent_id=agent, relationship_manager_id=boss)
    db.execute(
        "update public.vip_client_profiles set deputy_agent_id = %s where client_id = %s",
        [deputy, client],
    )
    concierge = a_staff_member(db, "concierge")
    return Desk(db, client, agent, deputy, boss, concierge, a_manager(db))


def with_partners(desk: Desk, kind: str, *names: str) -> Desk:
    """The house has these partners of the kind, the first is asked first."""
    for rank, name in enumerate(names, 1):
        row = desk.db.execute(
            "insert into public.partners (name, kind, rank) values (%s, %s, %s) returning id",
            [f"{name} {desk.client}", kind, rank],
        ).fetchone()
        assert row is not None
        desk.partners.append(row[0])
    return desk


def a_store(db: psycopg.Connection) -> WhiteGloveStore:
    return supabase_white_glove_store(cast("Any", DatabaseRpc(db)))


def decide(db: psycopg.Connection, jobs: Sequence[Job]) -> WhiteGlovePlan:
    """The first half of a batch: what would be written if nothing changed meanwhile."""
    ids = [job.subject_id for job in jobs if job.subject_id]
    return advance(asyncio.run(a_store(db).white_glove_contexts(ids)), POLICY)


def record(
    db: psycopg.Connection, jobs: Sequence[Job], plan: WhiteGlovePlan
) -> dict[UUID | None, str]:
    """The second half."""
    results = asyncio.run(a_store(db).record_white_glove(jobs, plan))
    return {job.subject_id: results[job.id] for job in jobs}


def on_leave(db: psycopg.Connection, person: UUID, days: float = 7, in_hours: float = 0) -> None:
    """Somebody is on leave, from (about) now or later; its timer fires at the next run."""
    db.execute(
        "insert into public.staff_absences (staff_id, starts_at, ends_at, kind)"
        " values (%s, now() + %s, now() + %s, 'leave')",
        [person, timedelta(hours=in_hours), timedelta(days=days)],
    )
