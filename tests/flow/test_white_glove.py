"""A welcome from the client's request to its end, carried by a running worker."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import pytest

from scripts.stack.state import StackState
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


async def reaches(person: Person, service_id: str, status: str) -> bool:
    """Whether the service gets there within seconds."""

    async def is_there() -> bool:
        read = await call(person, "get_white_glove_service", p_service_id=service_id)
        return bool(read["status"] == status)

    return await eventually_async(is_there)


async def complete(agent: Person, service_id: str, key: str) -> None:
    """The agent does the task as soon as it is theirs."""
    step: dict[str, Any] = {}

    async def is_ready() -> bool:
        table = agent.api.table("white_glove_steps").select("*")
        rows: list[Any] = (
            await table.eq("service_id", service_id).eq("step_key", key).execute()
        ).data
        step.update(rows[0])
        return bool(step["state"] == "ready" and step["owner_id"] == str(agent.id))

    assert await eventually_async(is_ready)
    await call(agent, "complete_white_glove_step", p_step_id=step["id"])


async def test_a_welcome_is_carried_to_its_end(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    agent = await reception.hire(desk)
    client = await a_vip(reception, desk, agent)
    await call(
        client,
        "give_consent",
        p_client_id=str(client.id),
        p_purpose="white_glove_contact",
        p_channel="email",
        p_wording_version="v1",
    )
    service = await call(
        client,
        "activate_white_glove_service",
        p_client_id=str(client.id),
        p_service_type="welcome",
    )
    assert service["status"] == "requested"
    assert await reaches(client, service["id"], "confirmed")
    await complete(agent, service["id"], "introduction")
    await complete(agent, service["id"], "preferences")
    assert await reaches(client, service["id"], "delivered")
    await call(client, "confirm_white_glove_service", p_service_id=service["id"])
    assert await reaches(client, service["id"], "closed")
    told = (await client.api.table("notifications").select("kind").order("id").execute()).data
    kinds = [row["kind"] for row in told]
    assert kinds == ["white_glove_notice", "white_glove_confirmation_asked"]


async def test_what_is_overdue_is_told_at_its_moment(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    agent = await reception.hire(desk)
    client = await a_vip(reception, desk, agent)
    service = await call(
        agent,
        "trigger_white_glove_service",
        p_client_id=str(client.id),
        p_service_type="lost_item",
    )
    assert await reaches(agent, service["id"], "planned")
    due_at = datetime.now(UTC) + timedelta(seconds=1)
    with psycopg.connect(reception.stack.db_url) as db:
        db.execute(
            "update public.white_glove_steps set due_at = %s where service_id = %s"
            " and state = 'ready'",
            [due_at, service["id"]],
        )
        db.execute(
            "select private.set_timers('service.deadline_reached', array[%s::uuid],"
            " array[%s::timestamptz])",
            [service["id"], due_at],
        )

    async def is_told() -> bool:
        query = agent.api.table("notifications").select("created_at")
        rows: list[Any] = (await query.eq("kind", "white_glove_step_overdue").execute()).data
        return len(rows) == 1 and datetime.fromisoformat(rows[0]["created_at"]) >= due_at

    assert await eventually_async(is_told)
