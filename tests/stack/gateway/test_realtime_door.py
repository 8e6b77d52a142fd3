"""/realtime/v1 through the gateway: paths and keys."""

import asyncio
import json
from urllib.parse import quote

import httpx
import pytest
import websockets
from supabase import AsyncClient, acreate_client

from scripts.stack.state import StackState
from tests.stack.gateway.test_keys import BROWSER


def socket_url(site: StackState, key: str) -> str:
    return f"{site.url.replace('http', 'ws')}/realtime/v1/websocket?vsn=1.0.0&apikey={key}"


def test_the_http_side_is_reached_under_its_public_paths(visitor: httpx.Client) -> None:
    answer = visitor.get("/realtime/v1/api/ping")
    assert (answer.status_code, answer.json()) == (200, {"message": "Success"})
    body = {"messages": [{"topic": "t", "event": "e", "payload": {}}]}
    assert visitor.post("/realtime/v1/api/broadcast", json=body).status_code == 202
    assert visitor.get("/realtime/v1/nothing").status_code == 404


@pytest.mark.parametrize("topic", ["żółć", "100%", "room/1?#"])
async def test_encoded_topics_arrive_as_they_were_named(
    site: StackState, visitor: httpx.Client, topic: str
) -> None:
    async with websockets.connect(socket_url(site, site.publishable_key)) as socket:
        join = {"topic": f"realtime:{topic}", "event": "phx_join", "payload": {}, "ref": "1"}
        await socket.send(json.dumps(join))
        async with asyncio.timeout(10):
            while json.loads(await socket.recv())["event"] != "phx_reply":
                pass
            path = f"/realtime/v1/api/broadcast/{quote(topic, safe='')}/events/hej"
            answer = await asyncio.to_thread(visitor.post, path, json={"a": 1})
            assert answer.status_code == 202
            while (heard := json.loads(await socket.recv()))["event"] != "broadcast":
                pass
    assert (heard["topic"], heard["payload"]["event"]) == (f"realtime:{topic}", "hej")


@pytest.mark.parametrize("name", ["publishable_key", "secret_key", "anon_key", "service_role_key"])
async def test_every_kind_of_key_opens_a_socket(site: StackState, name: str) -> None:
    async with websockets.connect(socket_url(site, getattr(site, name))) as socket:
        join = {"topic": "realtime:door", "event": "phx_join", "payload": {}, "ref": "1"}
        await socket.send(json.dumps(join))
        async with asyncio.timeout(10):
            reply = json.loads(await socket.recv())
        assert (reply["event"], reply["payload"]["status"]) == ("phx_reply", "ok")


async def test_a_wrong_key_and_a_leaked_key_open_none(site: StackState) -> None:
    for key, agent in (("sb_publishable_wrong", None), (site.secret_key, BROWSER)):
        with pytest.raises(websockets.InvalidStatus) as caught:
            await websockets.connect(socket_url(site, key), user_agent_header=agent)
        assert caught.value.response.status_code == 401


async def test_official_clients_talk_through_it(site: StackState) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    ear, mouth = [await acreate_client(site.url, site.publishable_key) for _ in range(2)]
    try:
        joined = asyncio.Event()
        channel = ear.channel("gateway-door").on_broadcast("hello", heard.put_nowait)
        await channel.subscribe(lambda state, _error: joined.set() if state == "SUBSCRIBED" else 0)
        async with asyncio.timeout(10):
            await joined.wait()
        await _say(mouth, "hello")
        async with asyncio.timeout(10):
            assert "Ola" in str(await heard.get())
    finally:
        for client in (ear, mouth):
            await client.remove_all_channels()
            await client.realtime.close()


async def _say(client: AsyncClient, event: str) -> None:
    joined = asyncio.Event()
    channel = client.channel("gateway-door")
    await channel.subscribe(lambda state, _error: joined.set() if state == "SUBSCRIBED" else None)
    async with asyncio.timeout(10):
        await joined.wait()
    await channel.send_broadcast(event, {"name": "Ola"})
