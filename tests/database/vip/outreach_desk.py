"""Outreach and occasions on a plain connection: people, rows, and the real workers step by step."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, LiteralString, cast
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from lib.store.vip.occasions import supabase_occasion_store
from lib.store.vip.outreach import supabase_outreach_store
from tests.database.orchestrator.router import DatabaseRpc, call, claim
from tests.factories import a_client, a_manager, a_staff_member, a_vip_profile
from tests.support.acting import acting_as
from workers.vip.occasions import occasions
from workers.vip.outreach import outreach

WORKERS = ("vip.occasions", "vip.outreach")


@dataclass
class Desk:
    """A client, the agent who looks after them, their manager, and a connection to act on."""

    db: psycopg.Connection
    client: UUID
    agent: UUID
    manager: UUID

    def one(self, statement: LiteralString, *values: object) -> Any:
        """The first value of the first row, or None."""
        row = self.db.execute(statement, values).fetchone()
        return row[0] if row else None

    def as_(self, person: UUID, statement: str, *values: object) -> Any:
        """The answer of `select public.<statement>` to this person, in a request of their own."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        with acting_as(self.db, "authenticated", person):
            row = self.db.execute(f"select public.{statement}".encode(), values).fetchone()
        assert row is not None
        return row[0]

    def as_server(self, statement: str, *values: object) -> Any:
        """The answer of `select public.<statement>` to the server's own key."""
        with acting_as(self.db, "service_role"):
            row = self.db.execute(f"select public.{statement}".encode(), values).fetchone()
        assert row is not None
        return row[0]

    def agree(
        self, purpose: str = "marketing", channel: str = "in_app", version: str = "v1"
    ) -> None:
        """The client agrees to this."""
        self.as_(
            self.client, "give_consent(%s, %s, %s, %s)", self.client, purpose, channel, version
        )

    def withdraw(self, purpose: str = "marketing", channel: str | None = None) -> None:
        """The client takes it back."""
        self.as_(self.client, "withdraw_consent(%s, %s, %s)", self.client, purpose, channel)

    def queue(self, purpose: str = "marketing", **changes: Any) -> UUID:
        """The house wants to say something, now unless told; which outreach that is."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        found = self.one(
            "select private.queue_outreach(%s, %s, %s, %s, coalesce(%s, now()), %s, %s)",
            changes.get("client", self.client),
            purpose,
            changes.get("kind", "greeting"),
            changes.get("channel"),
            changes.get("at"),
            changes.get("key") or str(uuid4()),
            Jsonb({"subject": "Dzień dobry", **changes.get("details", {})}),
        )
        return cast("UUID", found)

    def read(self, outreach_id: UUID) -> Any:
        """The row."""
        return self.one(
            "select to_jsonb(known) from public.outreach known where known.id = %s", outreach_id
        )

    def state(self, outreach_id: UUID) -> tuple[str, str | None]:
        """State and reason."""
        row = self.read(outreach_id)
        return row["state"], row["reason"]

    def task(self, task_id: object) -> Any:
        """The row."""
        return self.one(
            "select to_jsonb(known) from public.outreach_tasks known where known.id = %s", task_id
        )

    def told(self, person: UUID, kind: str) -> int:
        """How often this person was told of this."""
        return int(
            self.one(
                "select count(*) from public.notifications where recipient_id = %s and kind = %s",
                person,
                kind,
            )
        )

    def run(self) -> list[str]:
        """Fires what is due and lets both workers work until nothing is left; the results."""
        results: list[str] = []
        for _ in range(20):
            self.db.execute("select set_config('luxury.causes', '', true)")
            with acting_as(self.db, "service_role"):
                call(self.db, "fire_timers", {"p_limit": 1000})
            done = self._work("vip.occasions") + self._work("vip.outreach")
            if not done:
                return results
            results += done
        raise AssertionError("the workers answer their own echo")

    def _work(self, worker: str) -> list[str]:
        jobs = claim(self.db, worker)
        if not jobs:
            return []
        rpc = cast("Any", DatabaseRpc(self.db))
        handle: Any = (
            occasions(supabase_occasion_store(rpc))
            if worker == "vip.occasions"
            else outreach(supabase_outreach_store(rpc))
        ).handle
        answers = asyncio.run(handle(jobs))
        return [answers[job.id] for job in jobs]

    def time_passes(self, **by: float) -> None:
        """As if everything planned for this client had been planned so much earlier."""
        for statement in AGEING:
            self.db.execute(statement, {"by": timedelta(**by), "client": self.client})


AGEING: tuple[LiteralString, ...] = (
    "update private.timers set due_at = due_at - %(by)s where subject_id in"
    " (select id from public.outreach where client_id = %(client)s"
    "  union select id from public.outreach_tasks where client_id = %(client)s)",
    "update public.outreach set due_at = due_at - %(by)s, expires_at = expires_at - %(by)s"
    " where client_id = %(client)s and due_at is not null",
    "update public.outreach_tasks set due_at = due_at - %(by)s, due_until = due_until - %(by)s"
    " where client_id = %(client)s",
    "update public.outreach_attempts set sent_at = sent_at - %(by)s where client_id = %(client)s",
)


def no_hour_is_quiet(db: psycopg.Connection) -> None:
    """Whatever time it is when the test runs."""
    db.execute(
        "update public.outreach_hours set quiet_from_minute = 0, quiet_until_minute = 0,"
        " quiet_weekdays = '{}', calendar_id = null"
    )


def with_adapter(desk: Desk, *kinds: str) -> None:
    """Another system carries messages, and the client's addresses are proved."""
    desk.db.execute(
        "insert into public.webhooks (name, url, events)"
        " values ('Kurier', 'https://kurier.example/hook', '{outreach.released}')"
    )
    desk.db.execute(
        "insert into private.webhook_secrets (webhook_id, secret)"
        " select id, repeat('s', 40) from public.webhooks on conflict do nothing"
    )
    values = {"email": f"{desk.client}@example.test", "phone": "+48600100200"}
    values["whatsapp"] = values["phone"]
    for kind in kinds:
        desk.db.execute(
            "insert into public.client_identities (client_id, kind, value, is_verified, source)"
            " values (%s, %s, %s, true, 'staff')"
            " on conflict (client_id, kind, value) do update set is_verified = true",
            [desk.client, kind, values[kind]],
        )


def a_desk_for_outreach(db: psycopg.Connection, tier: str = "vip_gold") -> Desk:
    """No hour is quiet, and no jobs but the test's own."""
    no_hour_is_quiet(db)
    db.execute("delete from private.timers")
    client = a_client(db, tier, name="Zofia Wrońska")
    agent = a_staff_member(db)
    if tier.startswith("vip"):
        a_vip_profile(db, client, dedicated_agent_id=agent)
    workers = [*WORKERS, "performance.webhooks"]
    db.execute("delete from private.jobs where worker = any (%s)", [workers])
    return Desk(db, client, agent, a_manager(db))
