"""The official Python client, unchanged, against our server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg
import pytest
from realtime import AsyncRealtimeClient, RealtimeSubscribeStates

from tests.stack.realtime.phoenix import token

Heard = asyncio.Queue[Any]


@pytest.fixture
async def official(realtime_url: str) -> AsyncIterator[Callable[..., Any]]:
    """Opens official clients, closed after the test."""
    clients: list[AsyncRealtimeClient] = []

    async def opened(role: str = "anon", url: str = realtime_url) -> AsyncRealtimeClient:
        client = AsyncRealtimeClient(f"{url}/socket", token(role))
        await client.connect()
        clients.append(client)
        return client

    yield opened
    for client in clients:
        await client.close()


async def heard(queue: Heard) -> Any:
    return await asyncio.wait_for(queue.get(), 10)


async def test_it_hears_changes_of_a_table(
    official: Callable[..., Any], sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key, n numeric")
    client, changes, states, system = await official(), Heard(), Heard(), Heard()
    channel = client.channel(topic)
    channel.on_postgres_changes("*", changes.put_nowait, table, filter="id=gt.0")
    channel.on_postgres_changes("INSERT", changes.put_nowait, table, schema="public")
    channel.on_system(system.put_nowait)
    await channel.subscribe(lambda state, _error: states.put_nowait(state))
    assert await heard(states) == RealtimeSubscribeStates.SUBSCRIBED
    assert (await heard(system)).message == "Subscribed to PostgreSQL"
    sql.execute(f"insert into public.{table} values (1, 10.50)")
    for _ in range(2):
        data = (await heard(changes))["data"]
        assert data["type"] == "INSERT"
        assert data["record"] == {"id": 1, "n": 10.5}
    sql.execute(f"delete from public.{table}")
    assert (await heard(changes))["data"]["old_record"] == {"id": 1}


async def test_it_broadcasts_and_is_present(official: Callable[..., Any], topic: str) -> None:
    anna, piotr = await official(), await official()
    messages, present = Heard(), Heard()
    listening = piotr.channel(topic)
    listening.on_broadcast("ping", messages.put_nowait)
    listening.on_presence_join(lambda key, _old, new: present.put_nowait((key, new)))
    listening.on_presence_sync(lambda: None)
    await listening.subscribe()
    speaking = anna.channel(topic, {"config": {"presence": {"key": "anna", "enabled": True}}})
    await speaking.subscribe()
    await speaking.send_broadcast("ping", {"a": 1})
    assert (await heard(messages))["payload"] == {"a": 1}
    await speaking.track({"status": "online"})
    key, metas = await heard(present)
    assert (key, metas[0]["status"]) == ("anna", "online")


async def test_it_is_refused_on_private_channels_without_a_policy(
    official: Callable[..., Any], topic: str
) -> None:
    client, states = await official("authenticated"), Heard()
    channel = client.channel(topic, {"config": {"private": True}})
    refused = asyncio.create_task(
        channel.subscribe(lambda state, error: states.put_nowait((state, str(error))))
    )
    state, error = await heard(states)
    assert state == RealtimeSubscribeStates.CHANNEL_ERROR
    assert "Unauthorized" in error
    refused.cancel()
    await asyncio.gather(refused, return_exceptions=True)


async def test_it_subscribes_again_after_the_server_hung_up(
    official: Callable[..., Any],
    other_server: Callable[..., str],
    sql: psycopg.Connection,
    new_table: Callable[..., str],
    topic: str,
) -> None:
    table = new_table("id int primary key")
    changes, system = Heard(), Heard()
    client = await official(url=other_server(idle_seconds=1.0))
    channel = client.channel(topic).on_postgres_changes("*", changes.put_nowait, table)
    channel.on_system(system.put_nowait)
    await channel.subscribe()
    for _ in range(2):
        assert (await heard(system)).message == "Subscribed to PostgreSQL"
    sql.execute(f"insert into public.{table} values (1)")
    assert (await heard(changes))["data"]["record"] == {"id": 1}


async def test_a_new_token_is_taken_over(
    official: Callable[..., Any], sql: psycopg.Connection, new_table: Callable[..., str], topic: str
) -> None:
    table = new_table("id int primary key")
    sql.execute(f"alter table public.{table} enable row level security")
    sql.execute(f"create policy p on public.{table} for select to authenticated using (true)")
    client, changes, system = await official("anon"), Heard(), Heard()
    channel = client.channel(topic).on_postgres_changes("*", changes.put_nowait, table)
    channel.on_system(system.put_nowait)
    await channel.subscribe()
    await heard(system)
    await client.set_auth(token("authenticated"))
    await heard(system)
    sql.execute(f"insert into public.{table} values (1)")
    assert (await heard(changes))["data"]["record"] == {"id": 1}
