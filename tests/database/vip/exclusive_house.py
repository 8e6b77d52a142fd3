"""Exclusive access on a plain connection: doors as people, and the real worker step by step."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from lib.store.vip.exclusive_access import supabase_exclusive_access_store
from tests.database.orchestrator.router import DatabaseRpc, call, claim
from tests.factories import DEFAULT_DESK, a_client, a_manager, a_vip_profile
from tests.support.acting import acting_as
from workers.vip.exclusive_access import exclusive_access

WORKER = "vip.exclusive_access"


def an_item(**changes: object) -> dict[str, Any]:
    """The fields of a private showing next month: three places, of which Gold may have two."""
    now = datetime.now(UTC)
    return {
        "desk_id": str(DEFAULT_DESK),
        "kind": "house_event",
        "title_pl": "Wieczór z orchideami",
        "title_en": "An evening with orchids",
        "opens_at": (now - timedelta(days=1)).isoformat(),
        "closes_at": (now + timedelta(days=20)).isoformat(),
        "starts_at": (now + timedelta(days=21)).isoformat(),
        "ends_at": (now + timedelta(days=21, hours=4)).isoformat(),
        "capacity": 3,
        "quotas": {"vip_platinum": 3, "vip_gold": 2},
    } | changes


@dataclass
class Salon:
    """A manager, and a connection to act on."""

    db: psycopg.Connection
    manager: UUID

    def as_(self, person: UUID, statement: str, *values: object) -> Any:
        """The answer of `select public.<statement>` to this person, in a request of their own."""
        self.db.execute("select set_config('luxury.causes', '', true)")
        with acting_as(self.db, "authenticated", person):
            row = self.db.execute(f"select public.{statement}".encode(), values).fetchone()
        assert row is not None
        return row[0]

    def item(self, **changes: object) -> UUID:
        """The manager opens an item; its id."""
        return UUID(
            self.as_(self.manager, "save_exclusive_item(%s)", Jsonb(an_item(**changes)))["id"]
        )

    def client(self, tier: str = "vip_platinum", *keys: str) -> UUID:
        """A VIP client, let in by these access keys beside their tier."""
        client = a_client(self.db, tier)
        a_vip_profile(self.db, client)
        self.db.execute(
            "update public.vip_client_profiles set exclusive_access = %s where client_id = %s",
            [list(keys), client],
        )
        return client

    def reserve(self, item: UUID, client: UUID) -> Any:
        return self.as_(client, "reserve_exclusive_access(%s)", item)

    def release(self, item: UUID, client: UUID) -> Any:
        return self.as_(client, "release_exclusive_access(%s)", item)

    def states(self, item: UUID) -> list[str]:
        """Of all reservations, in the order they were asked for."""
        rows = self.db.execute(
            "select state from public.exclusive_reservations where item_id = %s"
            " order by queue_number",
            [item],
        )
        return [state for (state,) in rows]

    def taken(self, item: UUID) -> tuple[int, dict[str, int]]:
        """The counters of the item and of its quotas."""
        row = self.db.execute(
            "select taken_count, (select coalesce(jsonb_object_agg(tier, taken_count), '{}')"
            " from public.exclusive_quotas where item_id = id)"
            " from public.exclusive_items where id = %s",
            [item],
        ).fetchone()
        assert row is not None
        return row[0], row[1]

    def told(self, person: UUID) -> list[str]:
        """What this person was told, in order."""
        rows = self.db.execute(
            "select kind from public.notifications where recipient_id = %s order by id", [person]
        )
        return [kind for (kind,) in rows]

    def run(self) -> int:
        """The worker until nothing is left; how many jobs there were."""
        count = 0
        for _ in range(10):
            self.db.execute("select set_config('luxury.causes', '', true)")
            with acting_as(self.db, "service_role"):
                call(self.db, "fire_timers", {"p_limit": 1000})
            jobs = claim(self.db, WORKER)
            if not jobs:
                return count
            store = supabase_exclusive_access_store(cast("Any", DatabaseRpc(self.db)))
            handle: Any = exclusive_access(store).handle
            results = asyncio.run(handle(jobs))
            assert results.keys() == {job.id for job in jobs}
            count += len(jobs)
        raise AssertionError("the worker answers its own echo")

    def deadline_passes(self, item: UUID) -> None:
        """As if the open offers of this item had been made long ago."""
        self.db.execute(
            "update public.exclusive_reservations set offer_expires_at = now() - interval '1 s'"
            " where item_id = %s and state = 'offered'",
            [item],
        )
        self.db.execute(
            "update private.timers set due_at = now() - interval '1 s' where subject_id = %s",
            [item],
        )
        self.run()


def a_salon(db: psycopg.Connection) -> Salon:
    """No jobs but the test's own."""
    db.execute("delete from private.jobs where worker = %s", [WORKER])
    return Salon(db, a_manager(db))
