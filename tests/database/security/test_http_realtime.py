"""What a socket might overhear or say in somebody else's name. Numbered as the list of threats."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from realtime import (
    AsyncRealtimeChannel,
    AsyncRealtimeClient,
    RealtimePostgresChangesListenEvent,
    RealtimeSubscribeStates,
)
from supabase import AsyncClient

from scripts.stack.state import StackState
from tests.database.security.conftest import TICKET, Catalogue
from tests.support.people import Person, Reception

SECONDS = 10
SUBSCRIBED = RealtimeSubscribeStates.SUBSCRIBED
REFUSED = RealtimeSubscribeStates.CHANNEL_ERROR
JOBS = "jobs"


@pytest.fixture
async def alice(reception: Reception) -> Person:
    return await reception.sign_up()


@pytest.fixture
async def bob(reception: Reception) -> Person:
    return await reception.sign_up()


@pytest.fixture
async def agent(reception: Reception) -> Person:
    return await reception.hire(state="offline")


async def test_threat_22_changes_of_other_peoples_rows_are_not_heard(
    alice: Person, bob: Person, stack: StackState, offered: Catalogue
) -> None:
    stranger = AsyncRealtimeClient(f"{stack.url}/realtime/v1", stack.publishable_key)
    bobs, strangers = [
        {table: await changes_of(socket, table) for table in offered.published}
        for socket in (bob.api.realtime, stranger)
    ]
    own = await changes_of(alice.api.realtime, "ticket_messages")

    ticket_id = await open_ticket(alice)
    await alice.api.rpc(
        "reply_to_ticket", {"p_ticket_id": ticket_id, "p_body": "Jeszcze jedno."}
    ).execute()
    for _ in range(2):
        await asyncio.wait_for(own.get(), SECONDS)
    bobs_ticket = await open_ticket(bob)

    # Changes arrive in the order of their commits: what bob hears first is already his own.
    first = await asyncio.wait_for(bobs["support_tickets"].get(), SECONDS)
    assert first["data"]["record"]["id"] == bobs_ticket
    for change in heard_on(bobs):
        assert change["data"]["record"]["ticket_id"] == bobs_ticket
    assert heard_on(strangers) == []
    await stranger.remove_all_channels()
    await stranger.close()


async def test_threat_22_a_deletion_tells_its_key_and_no_more(
    alice: Person, bob: Person, stack: StackState
) -> None:
    ticket_id = await open_ticket(alice)
    changes = await changes_of(bob.api.realtime, "ticket_messages")
    with psycopg.connect(stack.db_url) as db:
        db.execute("delete from public.ticket_messages where ticket_id = %s", [ticket_id])
    data = (await asyncio.wait_for(changes.get(), SECONDS))["data"]
    assert data["old_record"].keys() == {"id"}


async def test_threat_23_private_topics_of_others_cannot_be_joined(
    alice: Person, bob: Person, agent: Person
) -> None:
    topic = f"ticket:{await open_ticket(alice)}"
    assert await state_of(private(alice.api, topic)) == SUBSCRIBED
    assert await state_of(private(agent.api, topic)) == SUBSCRIBED
    assert await state_of(private(bob.api, topic)) == REFUSED


async def test_threat_23_clients_do_not_hear_the_desk_and_nobody_hears_the_workers(
    bob: Person, agent: Person, stack: StackState
) -> None:
    desk = f"desk:{desk_of(stack, agent.id)}"
    assert await state_of(private(agent.api, desk)) == SUBSCRIBED
    assert await state_of(private(bob.api, desk)) == REFUSED
    assert await state_of(private(agent.api, JOBS)) == REFUSED
    assert await state_of(private(bob.api, JOBS)) == REFUSED


async def test_threat_23_a_client_cannot_speak_as_staff(
    alice: Person, bob: Person, agent: Person, stack: StackState
) -> None:
    topic = f"ticket:{await open_ticket(alice)}"
    heard: asyncio.Queue[Any] = asyncio.Queue()
    listening = private(agent.api, topic).on_broadcast("typing", heard.put_nowait)
    assert await state_of(listening) == SUBSCRIBED

    speaking = private(alice.api, topic)
    assert await state_of(speaking) == SUBSCRIBED
    await speaking.send_broadcast("typing", {"by": "alice, over her socket"})
    for person in (alice, bob):
        await broadcast_over_http(stack, person, topic)
    with psycopg.connect(stack.db_url) as db:
        db.execute("""select realtime.send('{"by": "the house"}', 'typing', %s, true)""", [topic])
    assert (await asyncio.wait_for(heard.get(), SECONDS))["payload"]["by"] == "the house"


async def test_threat_23_after_a_role_is_revoked_its_topics_are_closed(
    agent: Person, stack: StackState
) -> None:
    desk = f"desk:{desk_of(stack, agent.id)}"
    assert await state_of(private(agent.api, desk)) == SUBSCRIBED
    await agent.api.remove_all_channels()
    with psycopg.connect(stack.db_url) as db:
        db.execute("update public.staff_members set is_active = false where id = %s", [agent.id])
    assert await state_of(private(agent.api, desk)) == REFUSED


async def open_ticket(person: Person) -> str:
    answer = await person.api.rpc("open_ticket", dict(TICKET)).execute()
    ticket: Any = answer.data
    return str(ticket["id"])


async def changes_of(socket: AsyncRealtimeClient, table: str) -> "asyncio.Queue[Any]":
    """Changes of `table` that this person is told, from the moment this returns."""
    changes: asyncio.Queue[Any] = asyncio.Queue()
    ready = asyncio.Event()
    channel = socket.channel(f"changes of {table}")
    told: Any = changes.put_nowait
    channel.on_postgres_changes(
        RealtimePostgresChangesListenEvent.All, schema="public", table=table, callback=told
    )
    channel.on_system(lambda _: ready.set())
    await channel.subscribe()
    await asyncio.wait_for(ready.wait(), SECONDS)
    return changes


def private(api: AsyncClient, topic: str) -> AsyncRealtimeChannel:
    options: Any = {"config": {"private": True}}
    return api.channel(topic, options)


async def state_of(channel: AsyncRealtimeChannel) -> RealtimeSubscribeStates:
    """The first state that joining leads to."""
    state: asyncio.Future[RealtimeSubscribeStates] = asyncio.get_running_loop().create_future()

    def settle(reached: RealtimeSubscribeStates, _: Exception | None) -> None:
        if not state.done():
            state.set_result(reached)

    await channel.subscribe(settle)
    return await asyncio.wait_for(state, SECONDS)


async def broadcast_over_http(stack: StackState, person: Person, topic: str) -> None:
    session = await person.api.auth.get_session()
    assert session
    message = {"topic": topic, "event": "typing", "payload": {"by": "http"}, "private": True}
    async with httpx.AsyncClient() as http:
        await http.post(
            f"{stack.url}/realtime/v1/api/broadcast",
            json={"messages": [message]},
            headers={
                "apikey": stack.publishable_key,
                "Authorization": f"Bearer {session.access_token}",
            },
        )


def heard_on(queues: "dict[str, asyncio.Queue[Any]]") -> list[Any]:
    """Everything that has arrived so far."""
    return [queue.get_nowait() for queue in queues.values() for _ in range(queue.qsize())]


def desk_of(stack: StackState, staff_id: UUID) -> UUID:
    with psycopg.connect(stack.db_url) as db:
        row = db.execute(
            "select desk_id from public.staff_members where id = %s", [staff_id]
        ).fetchone()
    assert row
    return UUID(str(row[0]))
