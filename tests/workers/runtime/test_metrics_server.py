"""The pages of a replica stand up to whoever calls them, and to whoever was there first."""

import asyncio
import socket

import pytest

from lib.errors import ConfigurationError
from tests.fakes.jobs import FakeJobStore
from tests.fakes.realtime import FakeRealtime
from tests.workers.runtime.running import recording, settings, until
from tests.workers.runtime.scraping import Watched, watched
from workers.runtime.lifecycle import Runtime


async def say(replica: Watched, request: bytes) -> bytes:
    """Send these bytes; return all that comes back until the other side hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", replica.port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("request_line", "answer"),
    [
        (b"GET /metrics HTTP/1.1", b"HTTP/1.1 200 OK"),
        (b"GET /metrics?name=x HTTP/1.0", b"HTTP/1.1 200 OK"),
        (b"GET / HTTP/1.1", b"HTTP/1.1 404 Not Found"),
        (b"GET /../etc/passwd HTTP/1.1", b"HTTP/1.1 404 Not Found"),
        (b"POST /metrics HTTP/1.1", b"HTTP/1.1 405 Method Not Allowed"),
        (b"\xff\xfe", b"HTTP/1.1 400 Bad Request"),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1", b""),
    ],
    ids=["page", "query", "no page", "a file", "another verb", "no HTTP", "too long"],
)
async def test_an_answer_for_every_request(request_line: bytes, answer: bytes) -> None:
    store = FakeJobStore()
    async with watched(recording(store), store) as replica:
        told = await say(replica, request_line + b"\r\nHost: x\r\n\r\n")
        assert told.partition(b"\r\n")[0] == answer
        assert (await replica.get("/metrics")).status_code == 200


async def test_a_head_has_the_pages_length_and_no_body() -> None:
    store = FakeJobStore()
    async with watched(recording(store), store) as replica:
        told = await say(replica, b"HEAD /healthz HTTP/1.1\r\n\r\n")
    head, _, body = told.partition(b"\r\n\r\n")
    assert b"Content-Length: " in head
    assert body == b""


async def test_one_caller_too_many_is_cut_off_and_work_goes_on() -> None:
    store = FakeJobStore()
    async with watched(recording(store), store) as replica:
        silent = [await asyncio.open_connection("127.0.0.1", replica.port) for _ in range(16)]
        assert await say(replica, b"GET /healthz HTTP/1.1\r\n\r\n") == b""
        ids = store.add("test.work", 3)
        await until(lambda: store.finished == ids)
        for _, writer in silent:
            writer.close()
        await asyncio.gather(*(reader.read() for reader, _ in silent))
        assert (await replica.get("/metrics")).status_code == 200


@pytest.mark.parametrize(
    ("variable", "host"),
    [("WORKER_METRICS_PORT", "127.0.0.1"), ("WORKER_METRICS_HOST", "192.0.2.1")],
)
async def test_a_port_that_cannot_be_opened_stops_the_start_and_is_named(
    variable: str, host: str
) -> None:
    store = FakeJobStore()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        chosen = settings(worker_metrics_port=taken.getsockname()[1], worker_metrics_host=host)
        runtime = Runtime([recording(store)], store, FakeRealtime().make_socket, chosen)
        with pytest.raises(ConfigurationError, match=rf"^{variable}: ") as raised:
            await runtime.run()
    assert raised.value.variable == variable
    assert store.claims == []
