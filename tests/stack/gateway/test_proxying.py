"""What the way to REST keeps, drops and never holds in memory."""

import json
import resource
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from scripts.stack.state import StackState
from tests.stack.gateway.serving import serving
from tests.stack.gateway.upstreams import (
    CHUNK,
    MEGABYTE,
    Fountain,
    Silence,
    echo,
    port_of,
    proxy_to,
)
from tests.support.waiting import eventually

LARGE = 200 * MEGABYTE


@pytest.fixture(scope="module")
def echo_url(site: StackState) -> Iterator[str]:
    """The way to REST, with a server behind it that shows what arrives."""
    with serving(echo, has_lifespan=False) as behind, proxy_to(site, port_of(behind)) as url:
        yield url


@pytest.fixture
def keyed(site: StackState) -> Iterator[httpx.Client]:
    """A client with a key."""
    with httpx.Client(headers={"apikey": site.publishable_key}, timeout=60) as client:
        yield client


def peak_bytes() -> int:
    """The most memory this process (client, gateway and upstream) has ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_what_decides_about_the_answer_arrives_unchanged(
    keyed: httpx.Client, echo_url: str
) -> None:
    sent = {
        "prefer": "count=exact,resolution=merge-duplicates",
        "range": "0-24",
        "accept-profile": "worker",
        "accept": "application/vnd.pgrst.object+json",
        "if-none-match": '"x"',
    }
    query = "select=*,profiles!inner(*)&body=eq.%C5%BC+%26&or=(a.eq.1,b.is.null)"
    answer = keyed.patch(f"{echo_url}/no%20tes?{query}", headers=sent, content=b"{}")
    seen = answer.json()
    headers = dict(seen["headers"])
    assert (seen["method"], seen["path"], seen["query"]) == ("PATCH", "/no%20tes", query)
    assert {name: headers[name] for name in sent} == sent
    assert (headers["content-length"], seen["size"]) == ("2", 2)


def test_nothing_is_added_but_who_asks(site: StackState, echo_url: str) -> None:
    port = port_of(echo_url.removesuffix("/rest/v1"))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(
            b"GET /rest/v1/..//n?&a=[]{}+%%20 HTTP/1.1\r\nhost: x\r\napikey: %s\r\n"
            b"x-a: \xc5\xbc\r\nx-a: 2\r\nconnection: close\r\n\r\n" % site.publishable_key.encode()
        )
        with client.makefile("rb") as answer:
            seen = json.loads(answer.read().partition(b"\r\n\r\n")[2])
    names = [name for name, _ in seen["headers"]]
    assert (seen["path"], seen["query"]) == ("/..//n", "&a=[]{}+%20")
    assert sorted(names) == ["authorization", "host", "x-a", "x-a", "x-forwarded-for"]
    assert [value for name, value in seen["headers"] if name == "x-a"] == ["\u017c", "2"]


def test_preferences_sent_apart_arrive_as_one(keyed: httpx.Client, echo_url: str) -> None:
    sent = [("prefer", "count=planned"), ("x-a", "1"), ("Prefer", "return=minimal,missing=default")]
    seen = keyed.get(f"{echo_url}/notes", headers=sent).json()["headers"]
    preferred = [value for name, value in seen if name == "prefer"]
    assert preferred == ["count=planned, return=minimal,missing=default"]
    assert ["x-a", "1"] in seen


def test_hop_by_hop_headers_go_no_further(keyed: httpx.Client, echo_url: str) -> None:
    sent = {
        "connection": "keep-alive, x-private",
        "x-private": "1",
        "te": "trailers",
        "proxy-authorization": "Basic eDp5",
        "x-forwarded-for": "10.0.0.1",
    }
    headers = dict(keyed.get(f"{echo_url}/notes", headers=sent).json()["headers"])
    assert not {"connection", "x-private", "te", "proxy-authorization"} & headers.keys()
    assert headers["x-forwarded-for"] == "127.0.0.1"


def test_the_answer_keeps_its_headers(keyed: httpx.Client, echo_url: str) -> None:
    answer = keyed.get(f"{echo_url}/notes")
    assert answer.status_code == 206
    assert answer.headers["content-range"] == "0-24/3573"
    assert answer.headers["location"] == "/notes?id=eq.7"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.headers.get_list("access-control-allow-origin") == ["*"]
    assert "keep-alive" not in answer.headers
    assert len(answer.headers.get_list("date")) == 1


def test_a_head_request_gets_headers_only(keyed: httpx.Client, echo_url: str) -> None:
    for _ in range(3):
        answer = keyed.head(f"{echo_url}/notes")
        assert (answer.status_code, answer.content) == (206, b"")
        assert answer.headers["content-range"] == "0-24/3573"


def test_connections_to_postgrest_are_reused(keyed: httpx.Client, echo_url: str) -> None:
    ports = {keyed.post(f"{echo_url}/notes", json={}).json()["port"] for _ in range(20)}
    assert len(ports) == 1


def test_a_large_answer_is_not_held_in_memory(keyed: httpx.Client, site: StackState) -> None:
    fountain = Fountain(LARGE // len(CHUNK))
    with (
        serving(fountain, has_lifespan=False) as behind,
        proxy_to(site, port_of(behind)) as url,
        keyed.stream("GET", f"{url}/notes") as answer,
    ):
        before = peak_bytes()
        assert sum(len(piece) for piece in answer.iter_raw()) == LARGE
        assert peak_bytes() - before < 20 * MEGABYTE


def test_a_large_upload_is_not_held_in_memory(keyed: httpx.Client, echo_url: str) -> None:
    before = peak_bytes()
    pieces = (CHUNK for _ in range(LARGE // len(CHUNK)))
    in_chunks = keyed.post(f"{echo_url}/notes", content=pieces).json()
    assert in_chunks["size"] == LARGE
    assert dict(in_chunks["headers"])["transfer-encoding"] == "chunked"
    pieces = (CHUNK for _ in range(LARGE // len(CHUNK)))
    announced = {"content-length": str(LARGE)}
    at_length = keyed.post(f"{echo_url}/notes", content=pieces, headers=announced).json()
    assert at_length["size"] == LARGE
    assert dict(at_length["headers"])["content-length"] == str(LARGE)
    assert peak_bytes() - before < 20 * MEGABYTE


def test_a_client_that_does_not_read_slows_the_server_behind(site: StackState) -> None:
    fountain = Fountain(LARGE // len(CHUNK))
    with (
        serving(fountain, has_lifespan=False) as behind,
        proxy_to(site, port_of(behind)) as url,
        socket.create_connection(("127.0.0.1", port_of(url.removesuffix("/rest/v1")))) as client,
    ):
        key = site.publishable_key.encode()
        client.sendall(b"GET /rest/v1/notes HTTP/1.1\r\nhost: x\r\napikey: %s\r\n\r\n" % key)
        eventually(lambda: _is_still(fountain))
        assert fountain.sent * len(CHUNK) < 40 * MEGABYTE


def _is_still(fountain: Fountain) -> bool:
    before = fountain.sent
    deadline = time.monotonic() + 0.5
    while time.monotonic() < deadline:
        if fountain.sent != before:
            return False
    return before > 0


def test_a_client_that_leaves_ends_the_request_behind(site: StackState) -> None:
    silence = Silence()
    with serving(silence, has_lifespan=False) as behind, proxy_to(site, port_of(behind)) as url:
        port = port_of(url.removesuffix("/rest/v1"))
        with socket.create_connection(("127.0.0.1", port)) as client:
            key = site.publishable_key.encode()
            client.sendall(b"GET /rest/v1/notes HTTP/1.1\r\nhost: x\r\napikey: %s\r\n\r\n" % key)
            assert silence.is_asked.wait(10)
        assert silence.is_alone.wait(10)


def test_a_client_that_leaves_a_download_ends_it(site: StackState) -> None:
    fountain = Fountain(1_000_000_000)
    with serving(fountain, has_lifespan=False) as behind, proxy_to(site, port_of(behind)) as url:
        headers = {"apikey": site.publishable_key}
        with httpx.stream("GET", f"{url}/notes", headers=headers) as answer:
            next(answer.iter_raw())
        eventually(lambda: _is_still(fountain), 20)


def test_two_lengths_of_one_body_are_refused(site: StackState, echo_url: str) -> None:
    """Request smuggling: what the gateway reads as one request must not become two behind it."""
    port = port_of(echo_url.removesuffix("/rest/v1"))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(
            b"POST /rest/v1/notes HTTP/1.1\r\nhost: x\r\napikey: %s\r\ncontent-length: 4\r\n"
            b"transfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /rest/v1/x HTTP/1.1\r\n\r\n"
            % site.publishable_key.encode()
        )
        assert client.recv(65_536).startswith(b"HTTP/1.1 400")
