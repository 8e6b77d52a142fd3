"""From a completed visit to a colleague's task and a client's message, carried by a worker."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from scripts.stack.state import StackState
from tests.support.people import Person, Reception
from tests.support.replica import replica
from tests.support.waiting import eventually_async

if TYPE_CHECKING:
    import subprocess

CHECK_AFTER = timedelta(hours=24)
LOUD = (
    "update public.outreach_hours set quiet_from_minute = 0, quiet_until_minute = 0,"
    " quiet_weekdays = '{}', calendar_id = null"
)
USUAL = (
    "update public.outreach_hours set quiet_from_minute = 1200, quiet_until_minute = 540,"
    " quiet_weekdays = '{7}', calendar_id = '00000000-0000-4000-8000-0000000000c1'"
)


@pytest.fixture(scope="module")
def worker(stack: StackState) -> Iterator["subprocess.Popen[bytes]"]:
    """At an hour that is not quiet, whatever time it is."""
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        db.execute(LOUD)
        with replica(stack, only="vip") as process:
            yield process
        db.execute(USUAL)


@pytest.fixture
async def server(stack: StackState) -> AsyncIterator[httpx.AsyncClient]:
    """The booking system, with the server's key."""
    headers = {"apikey": stack.secret_key}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=15) as http:
        yield http


async def a_visit_is_told(server: httpx.AsyncClient, client: Person, ended_at: datetime) -> None:
    """A massage, after which somebody asks a day later."""
    visit = {
        "client_id": str(client.id),
        "treatment_id": "massage_deep",
        "source": "versum",
        "external_ref": str(uuid4()),
        "status": "completed",
        "starts_at": (ended_at - timedelta(hours=1)).isoformat(),
        "ended_at": ended_at.isoformat(),
    }
    answer = await server.post("/rest/v1/rpc/record_visits", json={"p_visits": [visit]})
    assert [one["status"] for one in answer.raise_for_status().json()] == ["recorded"]


async def found(person: Person, table: str, **equal: Any) -> list[Any]:
    query = person.api.table(table).select("*")
    for column, value in equal.items():
        query = query.eq(column, value)
    rows: list[Any] = (await query.execute()).data
    return rows


def is_vip_of(stack: StackState, client: UUID, agent: UUID) -> None:
    with psycopg.connect(stack.db_url) as db:
        db.execute("update public.profiles set tier = 'vip_gold' where id = %s", [client])
        db.execute(
            "insert into public.vip_client_profiles (client_id, tier, dedicated_agent_id)"
            " values (%s, 'vip_gold', %s)",
            [client, agent],
        )


async def test_a_day_after_the_visit_somebody_asks(
    reception: Reception, server: httpx.AsyncClient, worker: "subprocess.Popen[bytes]"
) -> None:
    agent = await reception.hire()
    vip, client = await reception.sign_up(), await reception.sign_up("Adam Lis")
    is_vip_of(reception.stack, vip.id, agent.id)
    due_at = datetime.now(UTC) + timedelta(seconds=2)
    for one in (vip, client):
        await a_visit_is_told(server, one, due_at - CHECK_AFTER)

    async def is_told() -> bool:
        told = await found(client, "notifications", kind="outreach")
        return len(told) == 1 and datetime.fromisoformat(told[0]["created_at"]) >= due_at

    async def is_asked() -> bool:
        return bool(await found(agent, "notifications", kind="outreach_task_opened"))

    assert await eventually_async(is_told, 15)
    assert await eventually_async(is_asked, 15)
    (message,) = await found(client, "outreach", client_id=str(client.id))
    assert (message["state"], message["purpose"]) == ("delivered", "service_reminder")
    assert "Masaż głęboki" in message["details"]["body"]
    (task,) = await found(agent, "outreach_tasks", client_id=str(vip.id))
    assert datetime.fromisoformat(task["due_at"]) >= due_at
    arguments = {"p_task_id": task["id"], "p_outcome": "reached", "p_note": "Wszystko dobrze"}
    done: Any = (await agent.api.rpc("complete_outreach_task", arguments).execute()).data
    assert (done["state"], done["outcome"]) == ("done", "reached")
    assert await found(vip, "outreach_tasks") == []
