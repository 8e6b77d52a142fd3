"""Two colleagues at one ticket see each other over the official client; the client never does."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from realtime import AsyncRealtimeChannel, RealtimeSubscribeStates

from scripts.stack.state import StackState
from tests.support.people import Person, Reception
from tests.support.waiting import eventually_async

SECONDS = 10


@pytest.fixture
async def people(reception: Reception) -> tuple[Person, Person, Person]:
    """Two managers of the default desk, whom routing gives nothing, and a client."""
    return (
        await reception.hire(role="manager", state="offline"),
        await reception.hire(role="manager", state="offline"),
        await reception.sign_up(),
    )


@pytest.fixture
async def ticket_id(people: tuple[Person, Person, Person]) -> str:
    arguments = {"p_subject": "Wizyta", "p_body": "Czy jest termin?", "p_channel": "email"}
    answer = await people[2].api.rpc("open_ticket", arguments).execute()
    ticket: Any = answer.data
    return str(ticket["id"])


def desk_channel(person: Person, ticket_id: str) -> AsyncRealtimeChannel:
    """The staff's own topic of a ticket, where one is present under one's own id."""
    options: Any = {"config": {"private": True, "presence": {"key": str(person.id)}}}
    return person.api.channel(f"ticket-desk:{ticket_id}", options)


async def join(channel: AsyncRealtimeChannel) -> RealtimeSubscribeStates:
    """The first state that joining leads to."""
    state: asyncio.Future[RealtimeSubscribeStates] = asyncio.get_running_loop().create_future()

    def settle(reached: RealtimeSubscribeStates, _: Exception | None) -> None:
        if not state.done():
            state.set_result(reached)

    await channel.subscribe(settle)
    return await asyncio.wait_for(state, SECONDS)


def doing(channel: AsyncRealtimeChannel, person: Person) -> list[str]:
    """What this person is seen doing there."""
    state: Any = channel.presence_state()
    return [one["doing"] for one in state.get(str(person.id), [])]


async def test_two_colleagues_see_each_other_typing_and_the_client_does_not(
    people: tuple[Person, Person, Person], ticket_id: str
) -> None:
    first, second, client = people
    mine, theirs = desk_channel(first, ticket_id), desk_channel(second, ticket_id)
    for channel in (mine, theirs):
        channel.on_presence_sync(lambda: None)
        assert await join(channel) == RealtimeSubscribeStates.SUBSCRIBED
    await mine.track({"doing": "viewing"})
    await theirs.track({"doing": "typing"})

    async def both_are_seen() -> bool:
        return doing(mine, second) == ["typing"] and doing(theirs, first) == ["viewing"]

    assert await eventually_async(both_are_seen, SECONDS)
    refused = await join(desk_channel(client, ticket_id))
    assert refused == RealtimeSubscribeStates.CHANNEL_ERROR


async def test_who_begins_to_write_is_announced_to_colleagues_once(
    people: tuple[Person, Person, Person], ticket_id: str, stack: StackState
) -> None:
    first, second, _ = people
    told: asyncio.Queue[Any] = asyncio.Queue()
    channel = desk_channel(second, ticket_id)
    channel.on_broadcast("drafting", told.put_nowait)
    channel.on_broadcast("done", told.put_nowait)
    assert await join(channel) == RealtimeSubscribeStates.SUBSCRIBED

    for body in ("Dzień", "Dzień dobry"):
        await first.api.rpc("save_draft", {"p_ticket_id": ticket_id, "p_body": body}).execute()
    answer = await second.api.rpc(
        "save_draft", {"p_ticket_id": ticket_id, "p_body": "Ja też"}
    ).execute()
    others: Any = answer.data
    assert [other["staff_id"] for other in others["others_drafting"]] == [str(first.id)]
    with psycopg.connect(stack.db_url) as db:
        db.execute("select realtime.send('{}', 'done', %s, true)", [f"ticket-desk:{ticket_id}"])

    heard = [await asyncio.wait_for(told.get(), SECONDS) for _ in range(3)]
    assert [message["event"] for message in heard] == ["drafting", "drafting", "done"]
    assert [UUID(message["payload"]["staff_id"]) for message in heard[:2]] == [first.id, second.id]
    assert "Dzień" not in str(heard)
