"""The sender against a real receiver: what arrives, what does not, and where it never goes."""

import asyncio
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from lib.performance.models.webhooks import Delivery
from lib.performance.webhooks import WebhookPolicy, headers_of
from lib.store.webhook_client import is_open, webhook_sender
from tests.support.receiver import Receiver, a_receiver
from tests.unit.performance.test_webhooks import a_delivery
from tests.workers.orchestrator.building import a_job
from tests.workers.performance.test_webhooks import RememberingStore
from workers.performance.webhooks import webhooks

SECRET = "whsec_" + "a" * 58


def to(receiver: Receiver, number: int = 1, secret: str = SECRET, **changes: Any) -> Delivery:
    return a_delivery(number, url=receiver.url, secrets=(SecretStr(secret),), **changes)


async def deliver(
    receiver: Receiver, deliveries: Sequence[Delivery], timeout_seconds: float = 5
) -> RememberingStore:
    store = RememberingStore(deliveries)
    jobs = [a_job(number, one.id) for number, one in enumerate(deliveries)]
    send = webhook_sender(timeout_seconds=timeout_seconds, allows_private=True)
    await webhooks(store, send, WebhookPolicy()).handle(jobs)
    return store


async def test_a_receiver_can_tell_who_sent_it() -> None:
    async with a_receiver(SECRET) as receiver:
        store = await deliver(receiver, [to(receiver)])
        assert [result.outcome for result in store.results] == ["delivered"]
        assert receiver.effects == {str(UUID(int=1)): {"id": 1}}
        await deliver(receiver, [to(receiver, 2, secret="b" * 40)])
        assert receiver.forged == 1
        assert len(receiver.effects) == 1


async def test_a_changed_body_is_not_genuine() -> None:
    send = webhook_sender(timeout_seconds=5, allows_private=True)
    async with a_receiver(SECRET) as receiver:
        headers = headers_of(to(receiver), datetime.now(UTC))
        assert await send(receiver.url, headers, b'{"id": 2}') == (401, None)


async def test_what_was_sent_twice_has_one_effect() -> None:
    async with a_receiver(SECRET) as receiver:
        receiver.answers = [500, 200, 200]
        for attempts in range(3):
            await deliver(receiver, [to(receiver, attempts=attempts)])
        assert receiver.seen == [str(UUID(int=1))] * 3
        assert list(receiver.effects) == [str(UUID(int=1))]


@pytest.mark.parametrize(
    ("answer", "status", "error", "outcome"),
    [
        (500, 500, "http_500", "retry"),
        (410, 410, "http_410", "dead"),
        ("redirect", 302, "http_302", "retry"),
        ("hang", None, "timeout", "retry"),
    ],
)
async def test_what_is_no_arrival(
    answer: int | str, status: int | None, error: str, outcome: str
) -> None:
    async with a_receiver(SECRET) as receiver:
        receiver.answers = [answer]
        store = await deliver(receiver, [to(receiver)], timeout_seconds=0.3)
        [result] = store.results
        assert (result.status, result.error, result.outcome) == (status, error, outcome)
        assert receiver.elsewhere == 0


async def test_a_receiver_that_hangs_holds_up_nobody_else() -> None:
    async with a_receiver(SECRET) as receiver:
        receiver.answers = ["hang"]
        both = [to(receiver, 1), to(receiver, 2, webhook_id=UUID(int=101))]
        async with asyncio.timeout(5):
            store = await deliver(receiver, both, timeout_seconds=0.3)
        assert sorted(result.outcome for result in store.results) == ["delivered", "retry"]


async def test_nobody_listens() -> None:
    async with a_receiver(SECRET) as receiver:
        gone = to(receiver)
    store = await deliver(receiver, [gone])
    assert store.results[0].error == "unreachable"


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:9/x", "address_refused"),
        ("https://127.0.0.1/x", "address_refused"),
        ("https://localhost/x", "address_refused"),
        ("https://10.0.0.5/x", "address_refused"),
        ("https://169.254.169.254/latest", "address_refused"),
        ("https://nobody.invalid/x", "unknown_host"),
    ],
)
async def test_threat_510_nothing_is_sent_into_the_houses_own_network(url: str, error: str) -> None:
    assert await webhook_sender(timeout_seconds=5)(url, {}, b"{}") == (None, error)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.1.2.3"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1"),
        *("ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"),
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_threat_511_addresses_of_no_single_receiver_on_the_internet_are_closed(
    address: str,
) -> None:
    assert not is_open(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.0.6.139", "2a00:1450:401b:810::200e"])
def test_addresses_of_the_internet_are_open(address: str) -> None:
    assert is_open(address)


async def test_threat_512_a_name_that_changes_its_mind_cannot_lead_inside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One look-up decides: if any of its addresses is inside, nothing is sent."""
    answers = [("93.184.216.34", 443), ("10.0.0.5", 443)]

    async def lookup(*_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(2, 1, 6, "", address) for address in answers]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    headers: Mapping[str, str] = {}
    send = webhook_sender(timeout_seconds=5)
    assert await send("https://example.test/x", headers, b"{}") == (None, "address_refused")


NAME = "hooks.example.test"


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for one name, trusted by this process; every name leads to this machine."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", f"/CN={NAME}"),
            *("-addext", f"subjectAltName=DNS:{NAME}"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


@pytest.mark.parametrize(
    ("name", "answer"), [(NAME, (200, None)), ("other.example.test", (None, "unreachable"))]
)
async def test_the_certificate_is_checked_against_the_name_not_the_address(
    tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    answer: tuple[int | None, str | None],
) -> None:
    async with a_receiver(SECRET, tls=tls) as receiver:
        port = int(receiver.url.rpartition(":")[2].partition("/")[0])

        async def lookup(*_: object, **__: object) -> list[tuple[Any, ...]]:
            return [(2, 1, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
        delivery = to(receiver)
        send = webhook_sender(timeout_seconds=5, allows_private=True)
        headers = headers_of(delivery, datetime.now(UTC))
        found = await send(f"https://{name}:{port}/hook", headers, delivery.body.encode())
        assert found == answer
        assert len(receiver.effects) == (1 if answer[0] else 0)
