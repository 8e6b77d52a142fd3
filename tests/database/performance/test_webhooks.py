"""The outbox: one delivery for each step and webhook, tried until it arrives or is given up."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from lib.performance.webhooks import WebhookPolicy
from tests.database.orchestrator.router import claim
from tests.database.performance.alerter import (
    an_alert_rule,
    judge_now,
    notices,
    run_webhooks,
    the_alert,
    value,
)
from tests.factories import a_client, a_desk, a_manager, a_ticket, an_admin
from tests.support.acting import acting_as
from tests.support.calling import call, refusal, rows

EVENTS = ["alert.raised", "alert.acknowledged", "alert.cleared"]


class Receiver:
    """Answers what it is told to, and remembers what it was sent."""

    def __init__(self, *answers: int | str) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, Mapping[str, str], bytes]] = []

    async def __call__(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int | None, str | None]:
        self.sent.append((url, headers, body))
        answer = self.answers.pop(0) if self.answers else 200
        return (answer, None) if isinstance(answer, int) else (None, answer)

    @property
    def ids(self) -> list[str]:
        return [headers["X-Luxury-Delivery"] for _, headers, _ in self.sent]


@pytest.fixture
def admin(db: psycopg.Connection) -> UUID:
    return an_admin(db)


@pytest.fixture
def hook(db: psycopg.Connection, admin: UUID) -> dict[str, Any]:
    made: dict[str, Any] = call(
        db, admin, "create_webhook('Dyżurny', 'https://hooks.example.test/x', %s)", EVENTS
    )
    return made


@pytest.fixture
def raised(db: psycopg.Connection, hook: dict[str, Any]) -> str:
    """An alert that was raised after the webhook was made."""
    desk = a_desk(db)
    a_manager(db, desk_id=desk)
    rule = an_alert_rule(db, desk_id=desk)
    a_ticket(db, a_client(db, desk_id=desk), desk_id=desk, waiting_seconds=100)
    judge_now(db)
    return str(the_alert(db, rule)["id"])


def deliveries(db: psycopg.Connection, admin: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call(db, admin, "get_webhook_deliveries()")
    return found


def come_due(db: psycopg.Connection) -> None:
    """The pause before the next attempt is over."""
    db.execute("update private.webhook_deliveries set next_attempt_at = now()")
    db.execute("update private.timers set due_at = now() where kind = 'webhook.retry_reached'")
    db.execute("select private.fire_due_timers(100)")


def test_a_step_is_delivered_once_signed_and_tells_what_happened(
    db: psycopg.Connection, admin: UUID, hook: dict[str, Any], raised: str
) -> None:
    receiver = Receiver()
    assert set(run_webhooks(db, receiver).values()) == {"recorded"}
    assert run_webhooks(db, receiver) == {}
    [(url, headers, body)] = receiver.sent
    assert url == hook["url"]
    assert headers["X-Luxury-Signature"].startswith("v1=")
    [sent] = deliveries(db, admin)
    assert (sent["state"], sent["attempts"], sent["last_status"]) == ("delivered", 1, 200)
    assert sent["body"].encode() == body
    told = value(db, "select %s::jsonb", sent["body"])
    assert (told["id"], told["type"]) == (sent["id"], "alert.raised")
    assert told["data"]["alert_id"] == raised


def test_only_what_was_asked_for_is_told(
    db: psycopg.Connection, admin: UUID, hook: dict[str, Any], raised: str
) -> None:
    call(db, admin, "silence_alert(%s, now() + interval '1 h', 'Test')", raised)
    call(db, admin, "acknowledge_alert(%s)", raised)
    told = sorted(one["event"] for one in deliveries(db, admin))
    assert told == ["alert.acknowledged", "alert.raised"]


def test_what_fails_is_repeated_with_the_same_id_and_bytes_until_it_arrives(
    db: psycopg.Connection, admin: UUID, raised: str
) -> None:
    receiver = Receiver(500, "timeout", 200)
    run_webhooks(db, receiver)
    [failed] = deliveries(db, admin)
    assert (failed["state"], failed["last_error"]) == ("pending", "http_500")
    assert run_webhooks(db, receiver) == {}
    come_due(db)
    run_webhooks(db, receiver)
    come_due(db)
    run_webhooks(db, receiver)
    assert deliveries(db, admin)[0]["state"] == "delivered"
    assert len(receiver.ids) == 3
    assert len(set(receiver.ids)) == len({body for _, _, body in receiver.sent}) == 1


def test_after_the_last_attempt_it_is_dead_and_an_admin_may_send_it_again(
    db: psycopg.Connection, admin: UUID, raised: str
) -> None:
    policy = WebhookPolicy(max_attempts=2)
    run_webhooks(db, Receiver(500), policy)
    come_due(db)
    run_webhooks(db, Receiver(503), policy)
    [dead] = deliveries(db, admin)
    assert (dead["state"], dead["attempts"], dead["last_error"]) == ("dead", 2, "http_503")
    again = call(db, admin, "replay_webhook_delivery(%s)", dead["id"])
    assert (again["state"], again["attempts"]) == ("pending", 0)
    assert refusal(db, admin, "replay_webhook_delivery(%s)", dead["id"])[1] == "delivery_pending"
    come_due(db)
    receiver = Receiver()
    run_webhooks(db, receiver, policy)
    assert receiver.ids == [dead["id"]]
    assert deliveries(db, admin)[0]["state"] == "delivered"


def test_a_process_that_dies_after_sending_sends_the_same_id_again(
    db: psycopg.Connection, admin: UUID, raised: str
) -> None:
    first = Receiver()
    [job] = claim(db, "performance.webhooks")
    with acting_as(db, "service_role"):
        contexts = value(db, "select worker.webhook_contexts(array[%s::uuid])", job.subject_id)
    [delivery] = contexts["deliveries"]
    first.sent.append((delivery["url"], {"X-Luxury-Delivery": delivery["id"]}, b""))
    db.execute(
        "update private.jobs set lease_until = now() - interval '1 s' where id = %s", [job.id]
    )
    second = Receiver()
    run_webhooks(db, second)
    assert second.ids == first.ids
    assert [one["state"] for one in deliveries(db, admin)] == ["delivered"]


def test_a_late_process_does_not_undo_what_another_one_noted(
    db: psycopg.Connection, admin: UUID, raised: str
) -> None:
    run_webhooks(db, Receiver(500))
    [known] = deliveries(db, admin)
    late = [{"id": known["id"], "outcome": "dead", "status": 500, "error": "x", "attempts": 0}]
    db.execute("select private.settle_deliveries(%s)", [Jsonb(late)])
    assert deliveries(db, admin)[0]["state"] == "pending"


def test_a_receiver_that_is_gone_is_switched_off_at_once_and_the_admins_are_told(
    db: psycopg.Connection, admin: UUID, hook: dict[str, Any], raised: str
) -> None:
    run_webhooks(db, Receiver(410))
    [known] = rows(db, admin, "select is_active, disabled_reason from public.webhooks")
    assert known == (False, "gone")
    assert "webhook_disabled" in notices(db, admin)
    assert deliveries(db, admin)[0]["state"] == "dead"
    replay = refusal(db, admin, "replay_webhook_delivery(%s)", deliveries(db, admin)[0]["id"])
    assert replay[1] == "webhook_disabled"
    call(db, admin, "update_webhook(%s, p_is_active => true)", hook["id"])
    [known] = rows(db, admin, "select is_active, disabled_reason from public.webhooks")
    assert known == (True, None)


def test_a_receiver_that_fails_for_too_long_is_switched_off_and_a_success_forgives(
    db: psycopg.Connection, admin: UUID, raised: str
) -> None:
    run_webhooks(db, Receiver(500))
    assert value(db, "select failing_at is not null from public.webhooks")
    come_due(db)
    run_webhooks(db, Receiver(200))
    assert value(db, "select failing_at is null from public.webhooks")
    call(db, admin, "acknowledge_alert(%s)", raised)
    run_webhooks(db, Receiver(500))
    db.execute("update public.webhooks set failing_at = now() - interval '4 days'")
    come_due(db)
    run_webhooks(db, Receiver(500))
    assert value(db, "select disabled_reason from public.webhooks") == "failing"


def test_nothing_is_sent_to_a_webhook_that_was_switched_off_meanwhile(
    db: psycopg.Connection, admin: UUID, hook: dict[str, Any], raised: str
) -> None:
    call(db, admin, "update_webhook(%s, p_is_active => false)", hook["id"])
    receiver = Receiver()
    run_webhooks(db, receiver)
    assert receiver.sent == []
    assert deliveries(db, admin)[0]["last_error"] == "webhook_disabled"


def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    db: psycopg.Connection, admin: UUID, hook: dict[str, Any], raised: str
) -> None:
    changed = call(db, admin, "rotate_webhook_secret(%s)", hook["id"])
    assert changed["secret"] != hook["secret"]
    receiver = Receiver()
    run_webhooks(db, receiver)
    assert receiver.sent[0][1]["X-Luxury-Signature"].count("v1=") == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/",
        "https://anna@example.test/",
        "ftp://example.test/",
        "https://[::1]/",
        "https://example.test/ with blanks",
        "javascript:alert(1)",
        "http://localhost.example.test/",
    ],
)
def test_addresses_that_cannot_be_are_refused(
    db: psycopg.Connection, admin: UUID, url: str
) -> None:
    asked = refusal(db, admin, "create_webhook('X', %s, '{alert.raised}')", url)
    assert asked[:2] == ("PT422", "url_invalid")


def test_unknown_events_are_refused(db: psycopg.Connection, admin: UUID) -> None:
    asked = refusal(db, admin, "create_webhook('X', 'https://a.test/', '{ticket.opened}')")
    assert asked[:2] == ("PT422", "unknown_event")
