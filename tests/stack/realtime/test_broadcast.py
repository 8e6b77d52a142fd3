"""Broadcasts between clients, in both versions, as text and binary."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.stack.realtime.frames import JSON, RAW, UserBroadcast
from tests.stack.realtime.phoenix import Frame, Phoenix, binary_push

SAY = {"type": "broadcast", "event": "say", "payload": {"a": 1}}


def binary(client: Phoenix, topic: str, push: UserBroadcast, ref: str = "b") -> None:
    join_ref = client.join_refs.get(topic)
    client.socket.send(binary_push(join_ref, ref, f"realtime:{topic}", push))


@pytest.mark.parametrize("vsn", [1, 2])
def test_others_hear_a_broadcast_as_it_was_sent(
    connect: Callable[..., Phoenix], topic: str, vsn: int
) -> None:
    sender, receiver = connect(vsn=3 - vsn), connect(vsn=vsn)
    for client in (sender, receiver):
        client.join(topic)
    odd = {"event": "say", "payload": 12345678901234567890123, "more": ["żółw", None, True]}
    sender.push(topic, "broadcast", odd)
    assert receiver.next() == Frame(None, None, f"realtime:{topic}", "broadcast", odd)
    assert sender.is_quiet()


@pytest.mark.parametrize("hears_itself", [True, False])
@pytest.mark.parametrize("has_ack", [True, False])
def test_self_and_ack(client: Phoenix, topic: str, hears_itself: bool, has_ack: bool) -> None:  # noqa: FBT001
    client.join(topic, {"broadcast": {"self": hears_itself, "ack": has_ack}})
    ref = client.push(topic, "broadcast", SAY)
    if hears_itself:
        assert client.next().payload == SAY
    if has_ack:
        reply = {"status": "ok", "response": {}}
        assert client.next() == Frame("1", ref, f"realtime:{topic}", "phx_reply", reply)
    assert client.is_quiet()


def test_another_channel_of_the_same_connection_hears_it(
    connect: Callable[..., Phoenix], topic: str
) -> None:
    one, two = connect(), connect()
    one.join(topic)
    two.join(topic)
    one.push(topic, "broadcast", SAY)
    assert two.next().payload == SAY


@pytest.mark.parametrize("payload", [[], "text", 5, None])
def test_payloads_must_be_maps(client: Phoenix, topic: str, payload: Any) -> None:
    client.join(topic, {"broadcast": {"self": True}})
    client.push(topic, "broadcast", payload)
    assert client.is_quiet()


def test_a_binary_frame_with_json_reaches_both_versions(
    connect: Callable[..., Phoenix], topic: str
) -> None:
    sender, first, second = connect(), connect(vsn=1), connect(vsn=2)
    for client in (sender, first, second):
        client.join(topic, {"broadcast": {"ack": True}})
    binary(sender, topic, UserBroadcast("ping", JSON, b'{"a":1}', b'{"ignored":1}'))
    assert sender.next().payload["status"] == "ok"
    assert first.next().payload == {"type": "broadcast", "event": "ping", "payload": {"a": 1}}
    full = f"realtime:{topic}".encode()
    head = bytes([4, len(full), 4, 0, 1])
    assert second.next().payload == head + full + b"ping" + b'{"a":1}'


def test_raw_bytes_reach_version_2_alone(connect: Callable[..., Phoenix], topic: str) -> None:
    sender, first, second = connect(), connect(vsn=1), connect(vsn=2)
    for client in (sender, first, second):
        client.join(topic)
    binary(sender, topic, UserBroadcast("żółw", RAW, b"\x00\xff"))
    full, event = f"realtime:{topic}".encode(), "żółw".encode()
    head = bytes([4, len(full), len(event), 0, 0])
    assert second.next().payload == head + full + event + b"\x00\xff"
    assert first.is_quiet()


def test_what_only_claims_to_be_json_is_kept_from_version_1(
    connect: Callable[..., Phoenix], topic: str
) -> None:
    sender, first, second = connect(), connect(vsn=1), connect(vsn=2)
    for client in (sender, first, second):
        client.join(topic)
    binary(sender, topic, UserBroadcast("e", JSON, b"{no"))
    assert second.next().payload.endswith(b"{no")
    assert first.is_quiet()


def test_a_binary_frame_to_a_topic_not_joined_is_unmatched(client: Phoenix, topic: str) -> None:
    binary(client, topic, UserBroadcast("e", JSON, b"{}"))
    frame = client.next()
    assert (frame.ref, frame.payload["response"]) == ("b", {"reason": "unmatched topic"})


def test_what_is_too_large_is_dropped(
    other_server: Callable[..., str], connect: Callable[..., Phoenix], topic: str
) -> None:
    client = connect(url=other_server(max_payload_bytes=1000))
    client.join(topic, {"broadcast": {"self": True, "ack": True}})
    client.push(topic, "broadcast", {"event": "e", "payload": "x" * 1000})
    assert client.next().payload == {
        "status": "error",
        "response": {"error": "payload_size_exceeded"},
    }
    assert client.is_quiet()


def test_each_senders_order_is_kept(connect: Callable[..., Phoenix], topic: str) -> None:
    sender, receiver = connect(), connect()
    for client in (sender, receiver):
        client.join(topic)
    for number in range(500):
        sender.push(topic, "broadcast", {"event": "n", "payload": {"number": number}})
    heard = [receiver.next().payload["payload"]["number"] for _ in range(500)]
    assert heard == list(range(500))


def test_too_many_messages_close_the_channel(
    other_server: Callable[..., str], connect: Callable[..., Phoenix], topic: str
) -> None:
    client = connect(url=other_server(max_messages_per_second=2))
    client.join(topic, {"broadcast": {"self": True}})
    for _ in range(12):
        client.push(topic, "broadcast", SAY)
    told = client.until("system")
    assert told.payload["message"] == "Too many messages per second"
    assert client.until("phx_close").join_ref == "1"


def test_a_client_that_does_not_read_disturbs_nobody(
    other_server: Callable[..., str], connect: Callable[..., Phoenix], topic: str
) -> None:
    url = other_server(max_queued_bytes=3_000_000)
    sender, stalled, reader = connect(url=url), connect(url=url), connect(url=url)
    for client in (sender, stalled, reader):
        client.join(topic)
    large = {"event": "e", "payload": "x" * 1_000_000}
    stalled.socket.socket.setsockopt(1, 8, 4096)
    for _ in range(30):
        sender.push(topic, "broadcast", large)
        assert reader.next().payload == large
    assert sender.is_quiet()
