"""Presence: who is in a room."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.stack.realtime.phoenix import Phoenix

OK = {"status": "ok", "response": {}}


def track(client: Phoenix, topic: str, **payload: Any) -> None:
    client.push(topic, "presence", {"type": "presence", "event": "track", "payload": payload})
    assert client.next().payload == OK


def metas(shown: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The entries without their refs."""
    return {
        key: [{k: v for k, v in meta.items() if not k.startswith("phx_")} for meta in one["metas"]]
        for key, one in shown.items()
    }


def present(client: Phoenix, topic: str, key: str = "") -> dict[str, Any]:
    """Join with presence; the state it is told."""
    client.join(topic, {"presence": {"enabled": True, "key": key}})
    frame = client.next()
    assert (frame.event, frame.join_ref is None) == ("presence_state", client.vsn == 1)
    return dict(frame.payload)


@pytest.mark.parametrize("vsn", [1, 2])
def test_who_comes_and_goes_is_told(connect: Callable[..., Phoenix], topic: str, vsn: int) -> None:
    anna, piotr = connect(vsn=vsn), connect(vsn=vsn)
    assert present(anna, topic, "anna") == {}
    track(anna, topic, status="online")
    own = anna.next()
    assert (own.event, own.join_ref, own.ref) == ("presence_diff", None, None)
    assert metas(own.payload["joins"]) == {"anna": [{"status": "online"}]}
    assert own.payload["leaves"] == {}

    state = present(piotr, topic, "piotr")
    assert metas(state) == {"anna": [{"status": "online"}]}
    assert isinstance(state["anna"]["metas"][0]["phx_ref"], str)
    track(piotr, topic)
    assert metas(anna.next().payload["joins"]) == {"piotr": [{}]}
    piotr.close()
    assert metas(anna.next().payload["leaves"]) == {"piotr": [{}]}


def test_an_update_leaves_and_joins(client: Phoenix, topic: str) -> None:
    present(client, topic, "k")
    track(client, topic, a=1)
    first = client.next().payload["joins"]["k"]["metas"][0]
    track(client, topic, a=1)
    track(client, topic, a=2)
    diff = client.next().payload
    joined, left = diff["joins"]["k"]["metas"][0], diff["leaves"]["k"]["metas"][0]
    assert (joined["a"], joined["phx_ref_prev"], left) == (2, first["phx_ref"], first)
    client.push(topic, "presence", {"event": "UNTRACK"})
    assert client.next().payload == OK
    assert metas(client.next().payload["leaves"]) == {"k": [{"a": 2}]}


def test_one_key_may_be_present_more_than_once(connect: Callable[..., Phoenix], topic: str) -> None:
    for number in (1, 2):
        client = connect()
        present(client, topic, "same")
        track(client, topic, number=number)
    state = present(connect(), topic)
    assert metas(state) == {"same": [{"number": 1}, {"number": 2}]}


def test_a_key_is_made_up_for_who_has_none(client: Phoenix, topic: str) -> None:
    present(client, topic)
    track(client, topic)
    (key,) = client.next().payload["joins"]
    assert len(key) == 36


def test_tracking_switches_presence_on_and_brings_the_state(
    connect: Callable[..., Phoenix], topic: str
) -> None:
    anna, piotr = connect(), connect()
    present(anna, topic, "anna")
    track(anna, topic)
    piotr.join(topic, {"presence": {"key": "piotr"}})
    track(piotr, topic)
    told = {piotr.next().event, piotr.next().event}
    assert told == {"presence_diff", "presence_state"}


def test_on_public_channels_everybody_hears_who_comes(
    connect: Callable[..., Phoenix], topic: str
) -> None:
    anna, listener = connect(), connect()
    listener.join(topic)
    present(anna, topic, "anna")
    track(anna, topic)
    assert listener.next().event == "presence_diff"


@pytest.mark.parametrize(
    ("payload", "reply"),
    [
        (
            {"event": "track", "payload": "text"},
            {"status": "error", "response": {"reason": "Presence track payload must be a map"}},
        ),
        ({"event": "dance"}, {"status": "error", "response": {}}),
        ({"payload": {}}, OK),
        ({}, OK),
    ],
)
def test_other_presence_messages_are_answered(
    client: Phoenix, topic: str, payload: dict[str, Any], reply: dict[str, Any]
) -> None:
    client.join(topic)
    client.push(topic, "presence", payload)
    assert client.next().payload == reply
    assert client.is_quiet()


def test_presence_calls_of_a_channel_are_limited(client: Phoenix, topic: str) -> None:
    present(client, topic, "k")
    for number in range(5):
        track(client, topic, number=number)
        assert client.next().event == "presence_diff"
    client.push(topic, "presence", {"event": "untrack"})
    told = client.next()
    assert told.payload["message"] == "Client presence rate limit exceeded"
    assert client.next().event == "phx_close"


def test_a_server_may_force_presence(
    other_server: Callable[..., str], connect: Callable[..., Phoenix], topic: str
) -> None:
    client = connect(url=other_server(is_presence_forced=True))
    client.join(topic)
    assert client.next().event == "presence_state"
