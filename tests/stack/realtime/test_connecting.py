"""Opening a connection, and what holds for every frame on it."""

import json
import logging
from collections.abc import Callable

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_socket

from tests.stack.realtime.phoenix import Frame, Phoenix, token
from tests.support.waiting import eventually

REFUSED = [
    ("", "API key is missing"),
    ("nonsense", "The token provided is not a valid JWT"),
    (token(secret="another-secret-of-at-least-32-characters"), "Failed to validate JWT signature"),
    (token(lasts=-5), "Token has expired"),
]


@pytest.mark.parametrize(("key", "text"), REFUSED)
def test_a_connection_without_a_valid_key_is_refused(
    realtime_url: str, key: str, text: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        Phoenix(realtime_url, key)
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body or b"") == {"error": text}


def test_a_refused_connection_is_no_error_in_the_log(
    realtime_url: str, client: Phoenix, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("uvicorn.error")
    log.addHandler(caplog.handler)
    try:
        with pytest.raises(InvalidStatus):
            Phoenix(realtime_url, "nonsense")
        assert client.is_quiet()
    finally:
        log.removeHandler(caplog.handler)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_the_key_may_come_in_a_header(realtime_url: str) -> None:
    client = Phoenix(realtime_url, "nonsense", **{"x-api-key": token()})
    assert client.is_quiet()
    client.close()


@pytest.mark.parametrize("vsn", ["3.0.0", "1.1.0", "nonsense"])
def test_unknown_versions_are_refused(realtime_url: str, vsn: str) -> None:
    address = f"{realtime_url}/socket/websocket?apikey={token()}&vsn={vsn}"
    with pytest.raises(InvalidStatus) as refused:
        open_socket(address, proxy=None)
    assert refused.value.response.status_code == 403
    assert not refused.value.response.body


def test_version_1_is_the_default(realtime_url: str) -> None:
    with open_socket(f"{realtime_url}/socket/websocket?apikey={token()}", proxy=None) as socket:
        beat = {"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": None}
        socket.send(json.dumps(beat))
        assert json.loads(socket.recv(timeout=5)) == {
            "ref": None,
            "topic": "phoenix",
            "event": "phx_reply",
            "payload": {"status": "ok", "response": {}},
        }


@pytest.mark.parametrize("vsn", [1, 2])
def test_heartbeats_are_answered(connect: Callable[..., Phoenix], vsn: int) -> None:
    assert connect(vsn=vsn).is_quiet()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '["1","2","t","e"]', "[1,2,3,4,5]", '"x"', "NaN", '"\\ud800"']
)
def test_malformed_frames_are_ignored(client: Phoenix, text: str) -> None:
    client.socket.send(text)
    client.socket.send(text.encode())
    assert client.is_quiet()


def test_frames_without_a_ref_are_malformed_in_version_1(connect: Callable[..., Phoenix]) -> None:
    client = connect(vsn=1)
    client.socket.send('{"topic":"phoenix","event":"heartbeat","payload":{}}')
    assert client.is_quiet()


def test_more_than_five_parts_are_fine(client: Phoenix) -> None:
    client.socket.send('[null,"9","phoenix","heartbeat",{},"more"]')
    assert client.next().ref == "9"


@pytest.mark.parametrize(
    ("topic", "event"),
    [("other:x", "phx_join"), ("realtime:x", "broadcast"), ("realtime:x", "access_token")],
)
def test_topics_not_joined_are_unmatched(client: Phoenix, topic: str, event: str) -> None:
    client.send(["7", "8", topic, event, {}])
    payload = {"status": "error", "response": {"reason": "unmatched topic"}}
    assert client.next() == Frame(None, "8", topic, "phx_reply", payload)


def test_leaving_a_topic_not_joined_is_fine(client: Phoenix, topic: str) -> None:
    client.push(topic, "phx_leave", {})
    assert client.next().payload == {"status": "ok", "response": {}}


def test_frames_above_five_megabytes_close_the_connection(client: Phoenix) -> None:
    client.socket.send("x" * 5_000_001)
    with pytest.raises(ConnectionClosed) as closed:
        client.next()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_silence_closes_the_connection_but_pings_keep_it(
    other_server: Callable[..., str], connect: Callable[..., Phoenix]
) -> None:
    url = other_server(idle_seconds=0.5)
    silent, pinging = connect(url=url), connect(url=url)

    def is_closed() -> bool:
        pinging.socket.ping().wait(timeout=0.1)
        return silent.socket.close_code is not None

    eventually(is_closed)
    assert silent.socket.close_code == 1000
    assert pinging.is_quiet()


def test_a_connection_without_channels_is_dropped_in_the_end(
    other_server: Callable[..., str], connect: Callable[..., Phoenix]
) -> None:
    client = connect(url=other_server(no_channel_seconds=0.1))
    with pytest.raises(ConnectionClosed):
        client.next()


def test_the_number_of_connections_can_be_limited(
    other_server: Callable[..., str], connect: Callable[..., Phoenix]
) -> None:
    url = other_server(max_sockets=1)
    assert connect(url=url).is_quiet()
    with pytest.raises(InvalidStatus) as refused:
        connect(url=url)
    assert refused.value.response.status_code == 429
    assert json.loads(refused.value.response.body or b"") == {"error": "Too many connected users"}


def test_signs_of_life(realtime_url: str) -> None:
    address = realtime_url.replace("ws://", "http://")
    assert httpx.get(f"{address}/api/ping").json() == {"message": "Success"}
    assert httpx.get(f"{address}/healthcheck").text == "ok"
