"""Broadcasts over HTTP."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest

from tests.stack.realtime.phoenix import Phoenix, token

PRIVATE = {"private": True}


@pytest.fixture
def post(realtime_url: str) -> Callable[..., httpx.Response]:
    """Posts to the server: `post("/api/broadcast", json={...})`, as anon unless told otherwise."""
    base = realtime_url.replace("ws://", "http://")

    def sent(path: str, role: str = "anon", **more: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {token(role)}", **more.pop("headers", {})}
        return httpx.post(base + path, headers=headers, **more)

    return sent


def message(topic: str, **more: Any) -> dict[str, Any]:
    return {"topic": topic, "event": "say", "payload": {"a": 1}, **more}


def test_a_batch_reaches_its_topics(
    client: Phoenix, post: Callable[..., httpx.Response], topic: str
) -> None:
    client.join(topic)
    key = "11111111-1111-4111-8111-111111111111"
    answer = post("/api/broadcast", json={"messages": [message(topic), message(topic, id=key)]})
    assert (answer.status_code, answer.content) == (202, b"")
    heard = {"type": "broadcast", "event": "say", "payload": {"a": 1}}
    assert client.next().payload == heard
    assert client.next().payload == {**heard, "meta": {"id": key}}


@pytest.mark.parametrize(
    ("messages", "problems"),
    [
        (
            [{"topic": "x"}, message("x")],
            [{"payload": ["can't be blank"], "event": ["can't be blank"]}, {}],
        ),
        ([message("x", payload="text")], [{"payload": ["is invalid"]}]),
        ([message("x", payload="x" * 4_000_000)], [{"payload": ["is invalid"]}]),
        ([message("x", private="maybe")], [{"private": ["is invalid"]}]),
    ],
)
def test_a_batch_with_a_problem_is_refused_as_a_whole(
    client: Phoenix,
    post: Callable[..., httpx.Response],
    messages: list[Any],
    problems: list[Any],
) -> None:
    client.join("x")
    answer = post("/api/broadcast", json={"messages": messages})
    assert (answer.status_code, answer.json()) == (422, {"errors": {"messages": problems}})
    assert client.is_quiet()


def test_what_is_too_large_is_refused(post: Callable[..., httpx.Response], topic: str) -> None:
    large = message(topic, payload={"x": "y" * 3_100_000})
    assert post("/api/broadcast", json={"messages": [large]}).status_code == 422


@pytest.mark.parametrize(
    "headers", [{"authorization": "Bearer nonsense"}, {"authorization": "", "apikey": "nonsense"}]
)
def test_callers_need_a_token(
    post: Callable[..., httpx.Response], topic: str, headers: dict[str, str]
) -> None:
    for path in ("/api/broadcast", f"/api/broadcast/{topic}/events/e"):
        answer = post(path, json={"messages": [message(topic)]}, headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


def test_the_token_may_be_in_the_apikey_header(
    realtime_url: str, client: Phoenix, topic: str
) -> None:
    client.join(topic)
    url = f"{realtime_url.replace('ws://', 'http://')}/api/broadcast"
    body = {"messages": [message(topic)]}
    assert httpx.post(url, json=body, headers={"apikey": token()}).status_code == 202
    assert client.next().event == "broadcast"


def test_private_messages_need_the_right_to_write(
    client: Phoenix,
    sql: psycopg.Connection,
    post: Callable[..., httpx.Response],
    topic: str,
) -> None:
    client.join(topic, PRIVATE, access_token=token("service_role"))
    batch = {"messages": [message(topic, private=True)]}
    assert post("/api/broadcast", json=batch).status_code == 202
    one = f"/api/broadcast/{topic}/events/one?private=true"
    refused = post(one, json={"a": 1})
    assert (refused.status_code, refused.json()) == (403, {"message": "Unauthorized"})
    assert client.is_quiet()
    assert post("/api/broadcast", role="service_role", json=batch).status_code == 202
    assert client.next().payload["event"] == "say"
    assert post(one, role="service_role", json={"a": 1}).status_code == 202
    assert client.next().payload["event"] == "one"


@pytest.mark.parametrize("topic", ["room/1", "zażółć", "a b"])
def test_one_message_goes_to_the_topic_of_its_path(
    client: Phoenix, post: Callable[..., httpx.Response], topic: str
) -> None:
    client.join(topic)
    path = f"/api/broadcast/{quote(topic, safe='')}/events/{quote('e/1', safe='')}"
    assert post(path, json={"a": [1.5]}).status_code == 202
    assert client.next().payload == {
        "type": "broadcast",
        "event": "e/1",
        "payload": {"a": ["1.5"]},
    }


def test_one_message_may_be_bytes(
    client: Phoenix, post: Callable[..., httpx.Response], topic: str
) -> None:
    client.join(topic)
    headers = {"content-type": "application/octet-stream"}
    path = f"/api/broadcast/{topic}/events/e"
    assert post(path, content=b"\x00\xff", headers=headers).status_code == 202
    full = f"realtime:{topic}".encode()
    assert client.next().payload == bytes([4, len(full), 1, 0, 0]) + full + b"e\x00\xff"


def test_other_media_types_are_refused(post: Callable[..., httpx.Response], topic: str) -> None:
    headers = {"content-type": "text/plain"}
    answer = post(f"/api/broadcast/{topic}/events/e", content=b"x", headers=headers)
    assert answer.status_code == 415
    assert answer.json() == {
        "error": "Unsupported Media Type. Use application/json or application/octet-stream"
    }


def test_too_many_messages_are_refused(other_server: Callable[..., str], topic: str) -> None:
    url = other_server(max_messages_per_second=2).replace("ws://", "http://")
    headers = {"authorization": f"Bearer {token()}"}
    batch = {"messages": [message(topic)] * 3}
    answer = httpx.post(f"{url}/api/broadcast", json=batch, headers=headers)
    assert answer.status_code == 429
    text = "Too many messages to broadcast, please reduce the batch size"
    assert answer.json() == {"message": text}
    assert answer.headers["x-rate-limit"] == "2"
