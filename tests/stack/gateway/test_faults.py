"""What clients see when PostgREST is down, slow, or talks nonsense."""

import httpx
import pytest

from scripts.stack.state import StackState, free_port
from tests.stack.gateway.serving import serving
from tests.stack.gateway.upstreams import CHUNK, Silence, echo, port_of, proxy_to, speaking

SHAPE = {"code", "details", "hint", "message"}


def ask(url: str, site: StackState, method: str = "GET", content: bytes = b"") -> httpx.Response:
    headers = {"apikey": site.publishable_key, "origin": "http://app.test"}
    return httpx.request(method, f"{url}/notes", headers=headers, content=content, timeout=20)


def test_a_server_that_is_down_is_503_in_the_shape_of_postgrest(site: StackState) -> None:
    with proxy_to(site, free_port()) as url:
        answer = ask(url, site)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["retry-after"] == "1"
    assert set(answer.json()) == SHAPE
    assert answer.json()["code"] == "PGRST000"


@pytest.mark.parametrize("nonsense", [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nconte"])
def test_a_server_that_hangs_up_or_babbles_is_503(site: StackState, nonsense: bytes) -> None:
    with speaking(nonsense) as port, proxy_to(site, port) as url:
        for method, content in (("GET", b""), ("POST", b"{}"), ("HEAD", b"")):
            assert ask(url, site, method, content).status_code == 503


def test_a_server_that_is_silent_is_504(site: StackState) -> None:
    with (
        serving(Silence(), has_lifespan=False) as behind,
        proxy_to(site, port_of(behind), timeout_seconds=0.3) as url,
    ):
        answer = ask(url, site)
        long = ask(url, site, "POST", CHUNK * 32)
    assert answer.status_code == long.status_code == 504
    assert set(answer.json()) == SHAPE
    assert answer.json()["code"] == "PGRST003"


def test_the_gateway_recovers_by_itself(site: StackState) -> None:
    port = free_port()
    with proxy_to(site, port) as url:
        assert ask(url, site).status_code == 503
        for _ in range(2):
            with serving(echo, port, has_lifespan=False):
                assert ask(url, site).status_code == 206
        assert ask(url, site).status_code == 503


def test_an_answer_cut_short_is_not_passed_off_as_whole(site: StackState) -> None:
    announced = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[1,2"
    in_chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n[1,2\r\n"
    for half in (announced, in_chunks):
        with (
            speaking(half) as port,
            proxy_to(site, port) as url,
            pytest.raises(httpx.RemoteProtocolError),
        ):
            ask(url, site)


def test_an_answer_that_becomes_nonsense_is_not_passed_off_as_whole(site: StackState) -> None:
    nonsense = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[1\r\nno length"
    with speaking(nonsense) as port, proxy_to(site, port, timeout_seconds=1) as url:
        try:
            answer = ask(url, site)
        except httpx.RemoteProtocolError:
            return
    assert answer.status_code == 503


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_needs_no_length(site: StackState, status: bytes) -> None:
    head = b"HTTP/1.1 %s\r\ncontent-length: 5\r\netag: x\r\n\r\n" % status
    with speaking(head) as port, proxy_to(site, port) as url:
        for method in ("GET", "HEAD", "PATCH"):
            answer = ask(url, site, method)
            assert (b"%d" % answer.status_code, answer.content) == (status[:3], b"")
            assert answer.headers["etag"] == "x"


def test_an_answer_without_a_length_ends_with_its_connection(site: StackState) -> None:
    with speaking(b"HTTP/1.1 200 OK\r\n\r\n[1,2]") as port, proxy_to(site, port) as url:
        assert ask(url, site).json() == [1, 2]


def test_an_answer_before_the_end_of_an_upload_reaches_the_client(site: StackState) -> None:
    early = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\n{}"
    with speaking(early, hears_body=False) as port, proxy_to(site, port) as url:
        answer = httpx.post(
            f"{url}/notes",
            headers={"apikey": site.publishable_key},
            content=(CHUNK for _ in range(20)),
        )
    assert (answer.status_code, answer.json()) == (413, {})


def test_bytes_after_an_answer_are_not_given_to_the_next_request(site: StackState) -> None:
    doubled = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1HTTP/1.1 200 OK\r\n\r\n2"
    with speaking(doubled) as port, proxy_to(site, port) as url:
        for _ in range(3):
            answer = ask(url, site)
            assert answer.text == "1" or answer.status_code == 503
