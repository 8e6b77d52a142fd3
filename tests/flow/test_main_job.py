"""A client opens a ticket, the right person has it, sees it live, and the reason is stored."""

import asyncio
from collections.abc import Iterator
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
    with replica(stack, only="orchestrator") as process:
        yield process


@pytest.fixture
def desk(stack: StackState) -> Iterator[UUID]:
    """A desk of its own, so that colleagues of other tests take none of its work."""
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        row = db.execute(
            "insert into public.desks (name) values (gen_random_uuid()::text) returning id"
        ).fetchone()
        assert row
        yield row[0]
        db.execute("update public.staff_members set state = 'offline' where desk_id = %s", [row[0]])


async def listen(person: Person, table: str) -> "asyncio.Queue[dict[str, Any]]":
    """Changes of `table` that this person may see, from the moment this returns."""
    changes: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    ready = asyncio.Event()
    channel = person.api.channel(f"{table}-of-{person.id}")
    channel.on_postgres_changes("*", schema="public", table=table, callback=changes.put_nowait)
    channel.on_system(lambda _: ready.set())
    await channel.subscribe()
    await asyncio.wait_for(ready.wait(), 10)
    return changes


async def open_ticket(reception: Reception, desk: UUID, client: Person, **details: Any) -> str:
    """Opens a ticket as the client, who belongs to the test's own desk."""
    with psycopg.connect(reception.stack.db_url) as db:
        db.execute("update public.profiles set desk_id = %s where id = %s", [desk, client.id])
    arguments = {
        "p_subject": "Wizyta w piątek",
        "p_body": "Dzień dobry, czy mogę przełożyć wizytę?",
        "p_channel": "chat",
        "p_language": "pl",
    }
    answer = await client.api.rpc("open_ticket", arguments | details).execute()
    return str(answer.data["id"])


async def assignee(person: Person, ticket_id: str) -> str | None:
    answer = (
        await person.api.table("support_tickets")
        .select("assignee_id")
        .eq("id", ticket_id)
        .maybe_single()
        .execute()
    )
    return answer.data["assignee_id"] if answer else None


async def test_the_agent_who_speaks_the_language_sees_the_ticket_live(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    polish = await reception.hire(desk, languages=("pl",))
    german = await reception.hire(desk, languages=("de",))
    client = await reception.sign_up()
    seen = await listen(polish, "support_tickets")
    unseen = await listen(german, "support_tickets")

    ticket_id = await open_ticket(reception, desk, client)

    async with asyncio.timeout(10):
        while True:
            change = (await seen.get())["data"]["record"]
            if change["assignee_id"] == str(polish.id):
                break
    assert change["id"] == ticket_id
    assert change["status"] == "assigned"
    while not unseen.empty():
        assert unseen.get_nowait()["data"]["record"]["assignee_id"] is None

    decision = (
        await polish.api.table("routing_decisions").select("*").eq("ticket_id", ticket_id).execute()
    ).data[0]
    chosen = next(c for c in decision["candidates"] if c["agent_id"] == str(polish.id))
    assert sum(chosen["parts"].values()) == chosen["score"] == decision["score"]
    told = polish.api.table("routing_explanations").select("standing")
    why = (
        await told.eq("decision_id", decision["id"]).eq("agent_id", str(german.id)).execute()
    ).data
    assert why == [{"standing": "language_missing"}]


async def test_a_ticket_waits_until_somebody_comes_online(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    late = await reception.hire(desk, languages=("uk",), state="offline")
    client = await reception.sign_up()
    ticket_id = await open_ticket(reception, desk, client, p_language="uk")

    await late.api.rpc("set_presence", {"p_state": "online"}).execute()

    async def has_it() -> bool:
        return await assignee(client, ticket_id) == str(late.id)

    assert await eventually_async(has_it)


async def test_the_conversation_reaches_both_sides_live(
    reception: Reception, desk: UUID, worker: "subprocess.Popen[bytes]"
) -> None:
    agent = await reception.hire(desk)
    client = await reception.sign_up()
    ticket_id = await open_ticket(reception, desk, client)

    async def has_it() -> bool:
        return await assignee(agent, ticket_id) == str(agent.id)

    assert await eventually_async(has_it)
    heard = await listen(client, "ticket_messages")
    await agent.api.rpc(
        "add_ticket_note", {"p_ticket_id": ticket_id, "p_body": "Stała klientka."}
    ).execute()
    await agent.api.rpc(
        "reply_to_ticket", {"p_ticket_id": ticket_id, "p_body": "Oczywiście, z przyjemnością."}
    ).execute()

    message = (await asyncio.wait_for(heard.get(), 10))["data"]["record"]
    assert message["body"] == "Oczywiście, z przyjemnością."
    assert heard.empty()
