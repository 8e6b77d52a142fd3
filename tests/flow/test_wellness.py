"""How a VIP client is, what they are offered and what is kept for them, by a running worker."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
from tests.database.vip.exclusive_house import an_item
from tests.factories_house import a_purchase, a_visit
from tests.support.people import Person, Reception
from tests.support.replica import replica
from tests.support.waiting import eventually_async

if TYPE_CHECKING:
    import subprocess


@pytest.fixture(scope="module")
def worker(stack: StackState) -> Iterator["subprocess.Popen[bytes]"]:
    with replica(stack, only="vip") as process:
        yield process


@pytest.fixture
def desk(stack: StackState) -> UUID:
    """A desk of its own."""
    with psycopg.connect(stack.db_url) as db:
        row = db.execute(
            "insert into public.desks (name) values (gen_random_uuid()::text) returning id"
        ).fetchone()
    assert row
    desk_id: UUID = row[0]
    return desk_id


async def a_vip(reception: Reception, desk: UUID, agent: Person) -> Person:
    client = await reception.sign_up()
    with psycopg.connect(reception.stack.db_url) as db:
        db.execute(
            "update public.profiles set tier = 'vip_platinum', desk_id = %s where id = %s",
            [desk, client.id],
        )
        db.execute(
            "insert into public.vip_client_profiles (client_id, tier, dedicated_agent_id)"
            " values (%s, 'vip_platinum', %s)",
            [client.id, agent.id],
        )
    return client


async def call(person: Person, function: str, **arguments: Any) -> Any:
    return (await person.api.rpc(function, arguments).execute()).data


async def test_what_a_client_does_becomes_a_score_a_task_and_an_offer(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    agent = await reception.hire(desk)
    client = await a_vip(reception, desk, agent)

    async def report() -> Any:
        return await call(agent, "get_vip_wellness_report", p_client_id=str(client.id))

    async def is_judged() -> bool:
        return (await report())["score"] is not None

    assert await eventually_async(is_judged)
    now = datetime.now(UTC)
    with psycopg.connect(reception.stack.db_url) as db:
        a_purchase(db, client.id, "serum_vitamin_c", purchased_at=now - timedelta(days=58))
        for days in (258, 272, 286, 300):
            a_visit(db, client.id, starts_at=now - timedelta(days=days))
        for days in (30, 40):
            a_visit(db, client.id, starts_at=now - timedelta(days=days), status="missed")
        db.execute("update public.wellness_settings set value = 10 where setting = 'fall_points'")

    async def has_fallen() -> bool:
        return any(each["is_fall"] for each in (await report())["history"])

    assert await eventually_async(has_fallen)
    tasks = await agent.api.table("outreach_tasks").select("kind, owner_id").execute()
    assert {"kind": "wellness_fall", "owner_id": str(agent.id)} in tasks.data

    async def is_offered() -> bool:
        answer = await call(client, "get_personalized_recommendations", p_client_id=str(client.id))
        return [each["kind"] for each in answer["recommendations"]] == ["refill"]

    assert await eventually_async(is_offered)
    profile = await call(client, "get_vip_client_profile", p_client_id=str(client.id))
    assert profile["team"]["dedicated_agent"]["id"] == str(agent.id)


async def test_a_place_given_back_reaches_the_next_who_waits_and_moves_on_at_its_deadline(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    manager = await reception.hire(desk, role="manager")
    agent = await reception.hire(desk)
    holder, first, second = [await a_vip(reception, desk, agent) for _ in range(3)]
    item = await call(
        manager,
        "save_exclusive_item",
        p_item=an_item(desk_id=str(desk), capacity=1),
    )
    for client in (holder, first, second):
        await call(client, "reserve_exclusive_access", p_item_id=item["id"])
    await call(holder, "release_exclusive_access", p_item_id=item["id"])

    def is_told(person: Person) -> Any:
        async def check() -> bool:
            rows: list[Any] = (
                await person.api.table("notifications").select("kind").execute()
            ).data
            return {"kind": "exclusive_place_offered"} in rows

        return check

    assert await eventually_async(is_told(first))
    due_at = datetime.now(UTC) + timedelta(seconds=1)
    with psycopg.connect(reception.stack.db_url) as db:
        db.execute(
            "update public.exclusive_reservations set offer_expires_at = %s"
            " where item_id = %s and state = 'offered'",
            [due_at, item["id"]],
        )
        db.execute(
            "select private.set_timers('exclusive_item.deadline_reached', array[%s::uuid],"
            " array[%s::timestamptz])",
            [item["id"], due_at],
        )
    assert await eventually_async(is_told(second))
    answer = await call(second, "reserve_exclusive_access", p_item_id=item["id"])
    assert answer["state"] == "reserved"
